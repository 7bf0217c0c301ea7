"""Reading a method's TOML: everything that is wrong with it is said at once, in Chinese."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import product
from typing import Any, get_args

from casework.duration import Duration
from casework.methods import sections
from casework.methods.method import (
    ANY,
    Act,
    Audience,
    Card,
    Channel,
    ClockName,
    ClockRule,
    Level,
    Method,
    Rate,
    Share,
    Step,
    most_specific,
)
from casework.methods.sections import EXTENTS, KINDS, SUBKINDS, URGENCIES, Rungs
from casework.methods.table import Table
from casework.town import LEVELS

COMMON = "common"
ROUNDS = ("0", "1", "2")
AFTERWARDS = ("silence", "publish")  # clocks of what is done
NEEDED: tuple[ClockName, ...] = ("acknowledge", "reply", "settle", "decide", "silence")

_HEAD = ("id", "name", "origin", "source", "extends", "delegates", "rates")
_LISTS = ("level", "clock", "start", "track", "require", "stage", "pause", "consequence", "rhythm")
_STEP_TIME = re.compile(r"0|(?P<percent>[1-9]\d?)%|(?P<sign>[+-])(?P<duration>.+)")
_NOW = Duration(0, "min")


class MethodError(ValueError):
    """A method that cannot be used; `problems` has a sentence for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@cache
def common() -> str:
    """What no source has a figure for: our own choices, which a method can take over."""
    return files(__package__).joinpath(f"{COMMON}.toml").read_text(encoding="utf-8")


@lru_cache(maxsize=128)
def load(text: str, name: str, under: str | None = None) -> Method:
    """The method in this TOML `text`; `name` is what the file is called in the messages.

    `under` is the text that `extends = "common"` means, today's if it is not given. What a method
    says itself takes the place of what stands there. Raises MethodError.
    """
    problems: list[str] = []
    root = Table(_toml(text, name), name, problems)
    root.only(*_HEAD, *_LISTS, *sections.SINGLE)
    base = _base(root, under, problems)
    rungs: Rungs = {level.name: level.covers for level in map(_level, root.tables("level"))}
    tracks = sections.tracks(root, rungs)
    on = tuple(track.id for track in tracks)
    singles = {key: root.table(key) or base.table(key) for key in sections.SINGLE}
    method = Method(
        id=root.text("id"),
        name=root.text("name"),
        origin=root.text("origin"),
        source=root.text("source"),
        levels=tuple(_level(table) for table in root.tables("level", optional=True)),
        clocks=_clocks(root, base, rungs, on),
        digest=sha256((_extended(root, under) + text).encode()).hexdigest()[:12],
        starts=sections.starts(root, rungs),
        tracks=tracks,
        requirements=sections.requirements(root, rungs, on),
        stages=sections.stages(root),
        pauses=sections.pauses(root if "pause" in root.data else base),
        extension=sections.extension(singles["extension"]),
        hand_back=sections.hand_back(singles["hand_back"]),
        closing=sections.closing(singles["closing"]),
        publication=sections.publication(singles["publication"]),
        top=sections.top(singles["top"]),
        consequences=sections.consequences(root if "consequence" in root.data else base),
        rhythms=sections.rhythms(root, rungs),
        delegates=sections.levels(root, rungs, "delegates") or LEVELS,
        rates=tuple(root.some("rates", get_args(Rate))),  # type: ignore[arg-type]
        text=text,
    )
    if not problems:
        problems += [f"{name} · {problem}" for problem in _faults(method)]
    if problems:
        raise MethodError(list(dict.fromkeys(problems)))
    return method


def _extended(root: Table, under: str | None) -> str:
    if "extends" not in root.data:
        return ""
    return common() if under is None else under


def _base(root: Table, under: str | None, problems: list[str]) -> Table:
    """What the method takes over; an empty table if it states everything itself."""
    if "extends" in root.data:
        root.choice("extends", (COMMON,))
    text = _extended(root, under)
    return Table(_toml(text, f"{COMMON}.toml"), f"{COMMON}.toml", problems)


@lru_cache(maxsize=4)  # what all of them extend is the same text
def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"第{line[1]}行" if line else "文件末尾"
        raise MethodError([f"{name} · {where}：不符合 TOML 写法（{error}）。"]) from None


def _level(table: Table) -> Level:
    table.only("name", "title", "covers")
    return Level(table.text("name"), table.text("title"), table.choices("covers", LEVELS))


def _clocks(root: Table, base: Table, rungs: Rungs, on: tuple[str, ...]) -> tuple[ClockRule, ...]:
    """The method's own rules, then those it takes over for cases that it says nothing of itself."""
    own = [rule for table in root.tables("clock") for rule in _rules(table, rungs, on)]
    stated = {(rule.name, rule.selectors) for rule in own}
    taken = (
        rule for table in base.tables("clock", optional=True) for rule in _rules(table, rungs, on)
    )
    return (*own, *(rule for rule in taken if (rule.name, rule.selectors) not in stated))


def _rules(table: Table, rungs: Rungs, on: tuple[str, ...]) -> Iterator[ClockRule]:
    """The rules of one `[[clock]]`: one for each combination of what it selects."""
    table.only("name", "due", "steps", "round", *sections.SELECTORS)
    name, due = table.choice("name", get_args(ClockName)), table.duration("due")
    steps = tuple(_step(entry, name, due) for entry in table.tables("steps"))
    _same_moment(table, steps, due)
    for kind, subkind, topic, urgency, extent, track, round, level in product(
        table.choices("kind", KINDS, (ANY,)),
        table.choices("subkind", SUBKINDS, (ANY,)),
        table.words("topic", (ANY,)),
        table.choices("urgency", URGENCIES, (ANY,)),
        table.choices("extent", EXTENTS, (ANY,)),
        table.choices("track", on, (ANY,)),
        table.choices("round", ROUNDS, (ANY,)),
        _standing_on(table, rungs),
    ):
        yield ClockRule(
            name, due, steps, kind, subkind, topic, urgency, level, track, extent, round
        )


def _standing_on(table: Table, rungs: Rungs) -> tuple[str, ...]:
    """The levels of the town that `level` means: those on the rungs that it names."""
    if "level" not in table.data:
        return (ANY,)
    named = table.choices("level", tuple(rungs))
    return tuple(level for rung in named for level in rungs[rung])


def _step(table: Table, clock: str, due: Duration) -> Step:
    table.only("at", "do", "to", "card", "by", "say")
    do = table.choice("do", get_args(Act))
    if do == "settle" and clock != "silence":
        table.wrong("do", "只有 silence 时限才用 settle。")
    if do == "escalate" and clock in AFTERWARDS:
        table.wrong("do", f"{clock} 时限走的时候事情已经办完，不能用 escalate。")
    if clock == "publish" and (do != "remind" or "card" in table.data):
        table.wrong("do", "publish 时限只能提醒（remind），不记牌。")
    to = () if do == "settle" else table.choices("to", get_args(Audience))
    return Step(
        _step_time(table, due),
        do,
        to,
        table.choice("card", get_args(Card), ""),
        table.choice("by", get_args(Channel), "message"),
        table.text("say", ""),
    )


def _step_time(table: Table, due: Duration) -> Duration | Share:
    text = table.text("at")
    found = _STEP_TIME.fullmatch(text)
    if found is None:
        if text:
            table.wrong("at", f"看不懂“{text}”，可以写 -1d、0、+1wd、50%。")
        return _NOW
    if found["percent"]:
        return Share(int(found["percent"]))
    if not found["sign"]:
        return _NOW
    try:
        distance = Duration.parse(found["duration"])
    except ValueError as error:
        table.wrong("at", str(error))
        return _NOW
    if found["sign"] == "+":
        return distance
    if distance.length >= due.length or (distance.unit == "wd" and due.unit != "wd"):
        table.wrong("at", f"“{text}”可能早于起算时间，期限只有{due}。")
    return Duration(-distance.amount, distance.unit)


def _same_moment(table: Table, steps: tuple[Step, ...], due: Duration) -> None:
    """Two reminders at one moment would be told twice; a working day counts as 24 hours here."""
    seen: set[tuple[timedelta, str]] = set()
    for step in steps:
        if isinstance(step.at, Share):
            at = due.length * (step.at.percent - 100) / 100
        else:
            at = step.at.length
        if (at, step.do) in seen:
            table.wrong("steps", f"同一时刻有两个 {step.do}，请并成一个。")
        seen.add((at, step.do))


def _faults(method: Method) -> Iterator[str]:
    """What can only be seen of the whole: ladder, rules that tie, cases left without a clock."""
    order = [LEVELS.index(covered) for level in method.levels for covered in level.covers]
    if order != sorted(set(order)):
        yield "level：层级要从低到高排列，镇里的每一层只能归一级。"
    seen = set()
    for rule in method.clocks:
        cases = (rule.name, *rule.selectors)
        if cases in seen:
            said = "、".join(selector for selector in rule.selectors if selector != ANY)
            yield f"clock：{rule.name} 有两条规则管同一类事项（{said or '全部'}）。"
        seen.add(cases)
    yield from _gaps(method)


def _gaps(method: Method) -> Iterator[str]:
    """The first sort of case that lacks a clock, and that of a 举报 told outside its ladder."""
    kinds = [(kind, "") for kind in KINDS] + [("report", subkind) for subkind in SUBKINDS]
    general = [rule for rule in method.clocks if ANY == rule.topic == rule.track == rule.extent]
    urgent = {
        urgency: [rule for rule in general if rule.urgency in (ANY, urgency)]
        for urgency in URGENCIES
    }
    for (kind, subkind), urgency, level in product(kinds, URGENCIES, LEVELS):
        rules = most_specific(urgent[urgency], (subkind, "0", "", "", kind, urgency, "", level))
        case = f"{kind}{subkind and '/' + subkind}、{urgency}、{level}"
        if missing := set(NEEDED) - {rule.name for rule in rules}:
            yield f"clock：{case} 的事项没有时限 {'、'.join(sorted(missing))}。"
            return
        told = {audience for rule in rules for step in rule.steps for audience in step.to}
        if subkind == "misconduct" and told & {"admin", "first"}:
            yield f"clock：{case} 是举报，不能通知 admin，只能在纪检线内办理。"
            return
