"""What may stand in a town file: its tables, their keys, and what each key holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from typing import Any

from casework.rhythm import Rule
from casework.town import LEVELS, LISTS, READS, ROLES

Entries = dict[str, dict[str, dict[str, Any]]]

ID = re.compile(r"[\w.-]{1,40}")
PHONE = re.compile(r"(?=[0-9+(]+\d)[0-9+() -]{3,30}")
LONG = 14  # digits, with the country before them
MOBILE = re.compile(r"1[3-9]\d{9}")
SHORT = 6  # digits of a number like 12345; what begins so and is longer is a mobile's
WEBHOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="
ROBOT_KEY = re.compile(rf"(?:{re.escape(WEBHOOK)})?[0-9A-Za-z-]{{16,64}}")
MASK = "********"  # stands for a secret that is there: shown, and taken back as “what it was”
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
LONGEST_ANSWER = 500  # characters; with number and buttons it stays in one WeChat message
LONGEST_LINE = 100  # … of what an answer says besides
LONGEST_TITLE = 20
MOST_PAPERS = 12


def place(table: str, identity: str) -> str:
    """[[staff]] li: where something stands. There is but one [town]."""
    return "[town]" if table == "town" else f"[[{table}]] {identity}".rstrip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, with where it stands and how to mend it. All Chinese."""

    table: str  # a kind; "" for the file as a whole
    id: str
    key: str
    text: str

    def __str__(self) -> str:
        if not self.table:
            return self.text
        where = place(self.table, self.id)
        return f"{where} · {self.key}：{self.text}" if self.key else f"{where}：{self.text}"


class TownFileError(ValueError):
    """A town file that cannot be used; `problems` holds everything that was found."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def close(value: str, candidates: Iterable[str]) -> str:
    """；相近的有 "a"、"b": what may have been meant, "" if nothing is near."""
    cutoff = 0.5 if len(value) < 4 else 0.6  # 路登 and 路灯 share one character of two
    near = get_close_matches(value, list(candidates), n=3, cutoff=cutoff)
    return "；相近的有 " + "、".join(f'"{name}"' for name in near) if near else ""


# Well-shaped rows, and what a check yields.
Row = dict[str, Any]
Found = Iterator[Problem]

# What a key may hold: a function that returns what is wrong with a value, "" if nothing.
Check = Callable[[Any], str]


def text(value: Any) -> str:
    return "" if isinstance(value, str) else '要写成加英文双引号的文字，例如 "石墙村"。'


def words(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value):
        return ""
    return '要写成方括号里的一串文字，不能有空的，例如 ["老街", "场口"]。'


def flag(value: Any) -> str:
    return "" if isinstance(value, bool) else "要写 true（是）或 false（否），不加引号。"


def number(value: Any) -> str:
    good = isinstance(value, int) and not isinstance(value, bool)
    return "" if good else "要写成整数，不加引号，例如 2。"


def turn(value: Any) -> str:
    good = type(value) is int and 1 <= value <= 31
    return "" if good else "一班几天，要写 1 到 31 的整数，不加引号。"


def day(value: Any) -> str:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return '要写成加引号的日期，例如 "2026-03-02"。'
    return ""


def is_phone(value: str) -> bool:
    digits = re.sub(r"\D", "", value)
    if not PHONE.fullmatch(value):
        return False
    if len(digits) <= SHORT:
        return digits[:2] in ("11", "12", "95", "96")  # 110, 12345
    return bool(MOBILE.fullmatch(digits)) if digits.startswith("1") else 7 <= len(digits) <= LONG


def phone(value: Any) -> str:
    if isinstance(value, str) and (not value or is_phone(value)):
        return ""
    return '要写成加引号的电话号码，只用数字、空格和 - + ( )，例如 "0000-8200100"。'


def quiet(value: Any) -> str:
    good = isinstance(value, list) and len(value) == 2
    if good and all(isinstance(v, str) and CLOCK_TIME.fullmatch(v) for v in value):
        return "" if value[0] != value[1] else "起止时间不能相同，请写成两个不同的时间。"
    return '要写成起止两个时间，每个都是四位数的钟点，例如 ["21:30", "07:30"]。'


def clock(value: Any) -> str:
    good = isinstance(value, str) and (not value or CLOCK_TIME.fullmatch(value))
    return "" if good else '要写成四位数的钟点，例如 "08:30"；不要就写 ""。'


def point(value: Any) -> str:
    good = (
        isinstance(value, list) and len(value) == 2 and all(type(v) in (int, float) for v in value)
    )
    if good and -90 <= value[0] <= 90 and -180 <= value[1] <= 180:
        return ""
    return "要写成 [纬度, 经度]，十进制度数（WGS-84），例如 [30.6512, 104.0621]。"


def spans(value: Any) -> str:
    shape = '要写成一串起止时间，例如 ["08:30-12:00", "14:00-17:30"]。'
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        return shape
    times = [part for v in value for part in v.split("-")]
    if len(times) != 2 * len(value) or not all(CLOCK_TIME.fullmatch(part) for part in times):
        return shape
    return "" if times == sorted(set(times)) else "时间要从早到晚排，前后不能重叠。"


def market(value: Any) -> str:
    """{ days = [3, 6, 9], calendar = "lunar" }, { weekdays = ["周六"] }, with hours of its own."""
    if not isinstance(value, dict) or not value.keys() & {"days", "weekdays"}:
        return '要写成 { days = [3, 6, 9], calendar = "lunar" } 或 { weekdays = ["周六"] }。'
    if unknown := value.keys() - {"days", "weekdays", "calendar", "office"}:
        return (
            f"没有 {'、'.join(sorted(unknown))} 这一项；可以写 days、weekdays、calendar、office。"
        )
    days = value.get("days", [0])
    if not isinstance(days, list) or not all(type(d) is int and 0 <= d <= 9 for d in days):
        return "days 要写逢几赶集，例如 [3, 6, 9]，逢十写 0。"
    weekdays = value.get("weekdays", ["周一"])
    if not isinstance(weekdays, list) or not all(day in WEEKDAYS for day in weekdays):
        return 'weekdays 要写成 ["周六"] 这样。'
    if value.get("calendar", "solar") not in ("lunar", "solar"):
        return 'calendar 只能是 "lunar"（农历）或 "solar"（公历）。'
    return spans(value["office"]) if "office" in value else ""


def authority(value: Any) -> str:
    if not isinstance(value, dict) or set(value) != {"name", "phone"}:
        return '要写成 { name = "上级机关的名称", phone = "它的电话" }。'
    if not isinstance(value["name"], str) or not value["name"].strip():
        return "name 要写上级机关的名称，不能空着。"
    if not value["phone"] or phone(value["phone"]):
        return "phone 要写上级机关的电话，村民会看到它。"
    return ""


def robot_key(value: Any) -> str:
    """As it is shown with the robot: the whole address, or what stands behind key=."""
    if isinstance(value, str) and (value == MASK or ROBOT_KEY.fullmatch(value)):
        return ""
    return "要写群机器人的 Webhook 地址，或者地址里 key= 后面的那一串；在企业微信群里点开机器人就能看到。"


def robot_lists(value: Any) -> str:
    """{ daily = "每个工作日 08:30", overdue = "每个工作日 16:30" }: which, and when."""
    if not isinstance(value, dict) or not value or not value.keys() <= set(LISTS):
        return f'要写成 {{ daily = "每个工作日 08:30" }} 这样，可以写的是 {coded(LISTS)}。'
    for when in value.values():
        try:
            Rule.parse(str(when))
        except ValueError as error:
            return str(error)
    return ""


def answer(value: Any) -> str:
    return _at_most(value, LONGEST_ANSWER)


def title(value: Any) -> str:
    return _at_most(value, LONGEST_TITLE)


def line(value: Any) -> str:
    return _at_most(value, LONGEST_LINE)


def papers(value: Any) -> str:
    if wrong := words(value):
        return wrong
    long = next((item for item in value if len(item) > LONGEST_LINE), None)
    if long is not None:
        return _at_most(long, LONGEST_LINE)
    return "" if len(value) <= MOST_PAPERS else f"最多写 {MOST_PAPERS} 样，请合并几样。"


def _at_most(value: Any, most: int) -> str:
    if isinstance(value, str) and len(value) > most:
        return f"有 {len(value)} 个字，请缩短到 {most} 个字以内。"
    return text(value)


# Codes with the names under which people know them.
CODES = {
    **dict(zip(LISTS, ("当天的单子", "超期的", "挂红牌的"), strict=True)),
    **dict(zip(READS, ("企业微信", "微信里的企业微信插件"), strict=True)),
    **dict(zip(LEVELS, ("户", "组", "网格", "村", "乡镇", "县"), strict=True)),
    **dict(
        zip(
            ROLES,
            ("网格员", "村书记", "部门", "镇管理", "纪检", "县", "督查", "能人、志愿者、社团"),
            strict=True,
        )
    ),
}


def coded(codes: Iterable[str]) -> str:
    """village（村）、township（乡镇）: codes as they are written, with what they mean."""
    return "、".join(f"{code}（{CODES[code]}）" for code in codes)


def one_of(choices: tuple[str, ...]) -> Check:
    def check(value: Any) -> str:
        return "" if value in choices else f"只能是其中一个：{coded(choices)}。"

    return check


level = one_of(LEVELS)
role = one_of(ROLES)


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. `refers`: the kinds of which it names an id (or several)."""

    name: str
    check: Check
    required: bool = False
    refers: tuple[str, ...] = ()
    secret: bool = False  # shown and written out as MASK


UNITS = ("unit", "department")

KEYS: Mapping[str, tuple[Key, ...]] = {
    "town": (
        Key("name", text, required=True),
        Key("county", text),
        Key("method", text, required=True),
        Key("intake", text, required=True, refers=("post",)),
        Key("discipline", text, required=True, refers=("post",)),
        Key("duty", text, required=True, refers=("post",)),
        Key("authority", authority, required=True),
        Key("quiet", quiet),
        Key("urgent_at_night", flag),
        Key("quiet_days", flag),
        Key("office", spans),
        Key("market", market),
        Key("digest", clock),
        Key("reads", one_of(READS)),
        Key("notice", text),
        Key("examples", flag),
    ),
    "unit": (
        Key("name", text, required=True),
        Key("level", level, required=True),
        Key("parent", text, refers=("unit",)),
        Key("aliases", words),
    ),
    "department": (
        Key("name", text, required=True),
        Key("phone", phone),
        Key("topics", words),
        Key("direct", words),
        Key("aliases", words),
    ),
    "post": (
        Key("title", text, required=True),
        Key("unit", text, required=True, refers=UNITS),
        Key("role", role, required=True),
    ),
    "staff": (
        Key("name", text, required=True),
        Key("userid", text, required=True),
        Key("phone", phone),
        Key("posts", words, required=True, refers=("post",)),
        Key("rank", number),
        Key("kin", words),
        Key("skills", words),
        Key("reads", one_of(READS)),
        Key("backup", text, refers=("staff",)),
    ),
    "roster": (
        Key("post", text, required=True, refers=("post",)),
        Key("people", words, required=True, refers=("staff",)),
        Key("start", day, required=True),
        Key("days", turn),
    ),
    "place": (
        Key("name", text, required=True),
        Key("unit", text, required=True, refers=("unit",)),
        Key("aliases", words),
        Key("point", point),
    ),
    "robot": (
        Key("name", text, required=True),
        Key("key", robot_key, required=True, secret=True),
        Key("unit", text, required=True, refers=UNITS),
        Key("lists", robot_lists, required=True),
        Key("reads", one_of(READS)),
    ),
    "answer": (
        Key("questions", words, required=True),
        Key("words", words, required=True),
        Key("text", answer, required=True),
        Key("title", title),
        Key("needs", words),
        Key("unless", words),
        Key("papers", papers),
        Key("place", line),
        Key("hours", line),
        Key("phone", phone),
        Key("basis", line),
        Key("scope", line),
        Key("body", line),
        Key("how", line),
        Key("term", line),
        Key("conduct", line),
        Key("topic", text),
        Key("post", text, refers=("post",)),
        Key("version", number),
        Key("valid_until", day),
        Key("example", flag),
        Key("stopped", flag),
    ),
}
KINDS = tuple(KEYS)
SECRETS = frozenset((kind, key.name) for kind, keys in KEYS.items() for key in keys if key.secret)

# What a kind is called, and which key names it.
CALLED = {
    "town": ("乡镇", "name"),
    "unit": ("机构", "name"),
    "department": ("部门", "name"),
    "post": ("岗位", "title"),
    "staff": ("人员", "name"),
    "place": ("地名", "name"),
    "answer": ("答案", "questions"),
    "roster": ("值班表", "post"),
    "robot": ("群机器人", "name"),
}

DEFAULT_QUIET = ("21:30", "07:30")
DEFAULT_OFFICE = ("08:30-12:00", "14:00-17:30")
DEFAULT_RANK = 1


def clock_time(value: str) -> time:
    """07:30 → a time of day; the value has passed `quiet`."""
    hours, minutes = value.split(":")
    return time(int(hours), int(minutes))
