"""Reading a method's TOML: everything that is wrong with it is said at once, in Chinese."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from hashlib import sha256
from itertools import product
from typing import Any, get_args

from casework.duration import Duration
from casework.methods.method import (
    ANY,
    Act,
    Audience,
    Card,
    ClockName,
    ClockRule,
    Level,
    Method,
    Share,
    Step,
)
from casework.town import LEVELS

KINDS = ("grievance", "consultation", "report", "suggestion", "other")
SUBKINDS = ("misconduct", "hazard")
URGENCIES = ("ordinary", "urgent", "emergency")

_STEP_TIME = re.compile(r"0|(?P<percent>[1-9]\d?)%|(?P<sign>[+-])(?P<duration>.+)")
_NOW = Duration(0, "min")
_UNKNOWN = Duration(9999, "wd")  # stands for a duration that could not be read


class MethodError(ValueError):
    """A method that cannot be used; `problems` has a sentence for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load(text: str, name: str) -> Method:
    """The method in this TOML `text`; `name` is what the file is called in the messages.

    Raises MethodError.
    """
    problems: list[str] = []
    root = _Table(_toml(text, name), name, problems)
    root.only("id", "name", "origin", "source", "level", "clock")
    levels = tuple(_level(table) for table in root.tables("level"))
    rungs = {level.name: level.covers for level in levels}
    clocks = tuple(rule for table in root.tables("clock") for rule in _rules(table, rungs))
    method = Method(
        id=root.text("id"),
        name=root.text("name"),
        origin=root.text("origin"),
        source=root.text("source"),
        levels=levels,
        clocks=clocks,
        digest=sha256(text.encode()).hexdigest()[:12],
    )
    if not problems:
        problems += [f"{name} · {problem}" for problem in _faults(method)]
    if problems:
        raise MethodError(problems)
    return method


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = f"第{line[1]}行" if line else "文件末尾"
        raise MethodError([f"{name} · {where}：不符合 TOML 写法（{error}）。"]) from None


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file: takes values out of it and notes what is wrong with them."""

    data: Mapping[str, Any]
    where: str
    problems: list[str]

    def wrong(self, key: str, what: str) -> None:
        self.problems.append(f"{self.where} · {key}：{what}")

    def only(self, *known: str) -> None:
        for key in self.data:
            if key not in known:
                self.wrong(key, f"没有这一项。{_nearest(key, known)}")

    def tables(self, key: str) -> list[_Table]:
        """The tables `[[key]]`, or the inline ones of a list; there must be at least one."""
        found = self.data.get(key)
        if not isinstance(found, list) or not found or not all(type(f) is dict for f in found):
            self.wrong(key, "至少要有一项。")
            return []
        return [
            _Table(
                entry,
                f"{self.where} · {key} 第{number}项 {entry.get('name', '')}".rstrip(),
                self.problems,
            )
            for number, entry in enumerate(found, 1)
        ]

    def text(self, key: str) -> str:
        value = self.data.get(key)
        if isinstance(value, str) and value.strip():
            return value
        self.wrong(key, "要写一段文字。")
        return ""

    def choices(self, key: str, known: tuple[str, ...], default: tuple[str, ...] = ()) -> Any:
        """One of the known words, or a list of them, as a tuple."""
        value = self.data.get(key)
        if value is None and default:
            return default
        words = value if isinstance(value, list) else [value]
        if value is None or not words:
            self.wrong(key, f"要写。{_nearest('', known)}")
            return ()
        for word in words:
            if word not in known:
                self.wrong(key, f"不认识“{word}”。{_nearest(word, known)}")
        return tuple(word for word in words if word in known)

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> Any:
        found = self.choices(key, known, () if default is None else (default,))
        if len(found) > 1:
            self.wrong(key, "只能写一个。")
        return found[0] if found else known[0]

    def duration(self, key: str) -> Duration:
        text = self.text(key)
        try:
            return Duration.parse(text) if text else _UNKNOWN
        except ValueError as error:
            self.wrong(key, str(error))
            return _UNKNOWN


def _level(table: _Table) -> Level:
    table.only("name", "title", "covers")
    return Level(table.text("name"), table.text("title"), table.choices("covers", LEVELS))


def _rules(table: _Table, rungs: Mapping[str, tuple[str, ...]]) -> Iterator[ClockRule]:
    """The rules of one `[[clock]]`: one for each combination of what it selects."""
    table.only("name", "due", "steps", "level", "kind", "subkind", "topic", "urgency")
    name, due = table.choice("name", get_args(ClockName)), table.duration("due")
    steps = tuple(_step(entry, name, due) for entry in table.tables("steps"))
    _same_moment(table, steps, due)
    for kind, subkind, topic, urgency, rung in product(
        table.choices("kind", KINDS, (ANY,)),
        table.choices("subkind", SUBKINDS, (ANY,)),
        [table.text("topic")] if "topic" in table.data else [ANY],
        table.choices("urgency", URGENCIES, (ANY,)),
        table.choices("level", tuple(rungs), (ANY,)),
    ):
        for level in rungs.get(rung, (ANY,)):
            yield ClockRule(name, due, steps, kind, subkind, topic, urgency, level)


def _step(table: _Table, clock: str, due: Duration) -> Step:
    table.only("at", "do", "to", "card")
    do = table.choice("do", get_args(Act))
    if (do == "settle") != (clock == "silence"):
        table.wrong("do", "只有 silence 时限才用 settle，而且必须用它。")
    to = () if do == "settle" else table.choices("to", get_args(Audience))
    return Step(_step_time(table, due), do, to, table.choice("card", get_args(Card), ""))


def _step_time(table: _Table, due: Duration) -> Duration | Share:
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


def _same_moment(table: _Table, steps: tuple[Step, ...], due: Duration) -> None:
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
        cases = (rule.name, rule.kind, rule.subkind, rule.topic, rule.urgency, rule.level)
        if cases in seen:
            yield f"clock：{rule.name} 有两条规则管同一类事项（{'、'.join(cases[1:])}）。"
        seen.add(cases)
    yield from _gaps(method)


def _gaps(method: Method) -> Iterator[str]:
    """The first sort of case that lacks a clock, and that of a 举报 told outside its ladder."""
    every = set(get_args(ClockName))
    kinds = [(kind, "") for kind in KINDS] + [("report", subkind) for subkind in SUBKINDS]
    for (kind, subkind), urgency, level in product(kinds, URGENCIES, LEVELS):
        rules = method.rules(kind, "", urgency, level, subkind)
        case = f"{kind}{subkind and '/' + subkind}、{urgency}、{level}"
        if missing := every - {rule.name for rule in rules}:
            yield f"clock：{case} 的事项没有时限 {'、'.join(sorted(missing))}。"
            return
        told = {audience for rule in rules for step in rule.steps for audience in step.to}
        if subkind == "misconduct" and "admin" in told:
            yield f"clock：{case} 是举报，不能通知 admin，只能在纪检线内办理。"
            return


def _nearest(word: object, known: tuple[str, ...]) -> str:
    close = get_close_matches(str(word), known, 1)
    return f"是不是“{close[0]}”？" if close else f"可以写：{'、'.join(k for k in known if k)}。"
