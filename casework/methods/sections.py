"""The sections of a method's TOML beside its ladder and clocks: where a case begins, what has to be
on record, how it ends, what comes again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from casework.methods.method import (
    Approver,
    Audience,
    Card,
    CardEffect,
    Cases,
    ClockName,
    Closing,
    Consequence,
    Discontent,
    Extension,
    Gate,
    HandBack,
    Job,
    Pause,
    PauseReason,
    Proof,
    Publication,
    Requirement,
    Rhythm,
    Stage,
    Start,
    Top,
    Track,
    Witness,
)
from casework.methods.table import Table
from casework.town import LEVELS

KINDS = ("grievance", "consultation", "report", "suggestion", "other")
SUBKINDS = ("misconduct", "hazard")
URGENCIES = ("ordinary", "urgent", "emergency")
EXTENTS = ("household", "group", "village", "township", "county")
# what a step of a case's life can be reached by: kinds of events in its history
EVENTS = (
    "open", "accept", "classify", "transfer", "assign", "supervise", "urge", "attest", "reply",
    "hand_up", "escalate", "conclude", "satisfied", "settle", "uphold", "stand", "publish",
    "archive",
)  # fmt: skip
SELECTORS = ("kind", "subkind", "topic", "urgency", "extent", "level", "track")
SINGLE = ("extension", "hand_back", "closing", "publication", "top")

Rungs = Mapping[str, tuple[str, ...]]  # a rung's name → the levels of the town on it

_PROMISES = ("reply", "settle")


def tracks(root: Table, rungs: Rungs) -> tuple[Track, ...]:
    return tuple(_track(table, rungs) for table in root.tables("track", optional=True))


def starts(root: Table, rungs: Rungs) -> tuple[Start, ...]:
    return tuple(_start(table, rungs) for table in root.tables("start", optional=True))


def requirements(root: Table, rungs: Rungs, on: tuple[str, ...]) -> tuple[Requirement, ...]:
    tables = root.tables("require", optional=True)
    return tuple(_requirement(table, rungs, on) for table in tables)


def stages(root: Table) -> tuple[Stage, ...]:
    return tuple(_stage(table) for table in root.tables("stage", optional=True))


def pauses(root: Table) -> tuple[Pause, ...]:
    found = tuple(_pause(table) for table in root.tables("pause", optional=True))
    if len({pause.reason for pause in found}) < len(found):
        root.wrong("pause", "同一个原因只能写一次。")
    return found


def consequences(root: Table) -> tuple[Consequence, ...]:
    return tuple(_consequence(table) for table in root.tables("consequence", optional=True))


def rhythms(root: Table, rungs: Rungs) -> tuple[Rhythm, ...]:
    found = tuple(_rhythm(table, rungs) for table in root.tables("rhythm", optional=True))
    if len({rhythm.id for rhythm in found}) < len(found):
        root.wrong("rhythm", "每一项的 id 要不同。")
    return found


def extension(table: Table | None) -> Extension:
    if table is None:
        return Extension()
    table.only("by", "times", "limit", "clocks")
    return Extension(
        by=table.choices("by", get_args(Approver), Extension().by),
        times=table.count("times"),
        limit=table.limit("limit"),
        clocks=table.choices("clocks", get_args(ClockName), _PROMISES),
    )


def hand_back(table: Table | None) -> HandBack:
    if table is None:
        return HandBack()
    table.only("window", "times", "consent")
    return HandBack(table.limit("window"), table.count("times"), table.flag("consent", False))


def closing(table: Table | None) -> Closing:
    if table is None:
        return Closing()
    table.only("accepts", "unsatisfied", "rounds", "archive")
    usual = Closing()
    return Closing(
        accepts=table.count("accepts", usual.accepts, most=5) or usual.accepts,
        unsatisfied=table.choice("unsatisfied", get_args(Discontent), usual.unsatisfied),
        rounds=table.count("rounds"),
        archive=table.flag("archive", False),
    )


def publication(table: Table | None) -> Publication:
    if table is None:
        return Publication()
    table.only("required", "days", "forms")
    forms = table.count("forms", 1) or 1
    return Publication(table.flag("required", True), table.limit("days"), forms)


def top(table: Table | None) -> Top:
    if table is None:
        return Top()
    table.only("urgency", "every", "to")
    usual, is_none = Top(), table.data.get("urgency") == []
    return Top(
        urgency=() if is_none else table.choices("urgency", URGENCIES, usual.urgency),
        every=table.limit("every"),
        to=table.choices("to", get_args(Audience), usual.to),
    )


def levels(table: Table, rungs: Rungs, key: str = "level") -> tuple[str, ...]:
    """The levels of the town on the rungs that are named."""
    named = table.some(key, tuple(rungs))
    return tuple(level for level in LEVELS for rung in named if level in rungs[rung])


def cases(
    table: Table, rungs: Rungs, on: tuple[str, ...] = (), keys: tuple[str, ...] = SELECTORS
) -> Cases:
    """The cases that a table selects; `on` are the tracks of the method."""
    return Cases(
        kind=table.some("kind", KINDS),
        subkind=table.some("subkind", SUBKINDS),
        topic=table.words("topic"),
        urgency=table.some("urgency", URGENCIES),
        extent=table.some("extent", EXTENTS),
        level=levels(table, rungs) if "level" in keys else (),
        track=table.some("track", on),
    )


_UNPLACED = ("kind", "subkind", "topic", "urgency", "extent")


def _track(table: Table, rungs: Rungs) -> Track:
    table.only("id", "name", "given", "stages", "first", *_UNPLACED)
    selected = any(key in table.data for key in _UNPLACED)
    first = table.flag("first", selected)
    return Track(
        id=table.text("id"),
        name=table.text("name"),
        given=table.flag("given", False),
        stages=table.flag("stages", False),
        cases=cases(table, rungs, keys=_UNPLACED) if first else None,
    )


def _start(table: Table, rungs: Rungs) -> Start:
    table.only("level", *_UNPLACED)
    table.choices("level", tuple(rungs))
    return Start(levels(table, rungs), cases(table, rungs, keys=_UNPLACED))


def _requirement(table: Table, rungs: Rungs, on: tuple[str, ...]) -> Requirement:
    table.only("name", "before", "by", "how", *SELECTORS)
    return Requirement(
        name=table.text("name"),
        before=table.choices("before", get_args(Gate)),
        by=table.choices("by", get_args(Witness), ("handler", "supervisor", "admin")),
        how=table.choice("how", get_args(Proof), "words"),
        cases=cases(table, rungs, on),
    )


def _stage(table: Table) -> Stage:
    table.only("name", "by")
    return Stage(table.text("name"), table.choices("by", EVENTS))


def _pause(table: Table) -> Pause:
    table.only("reason", "limit", "clocks")
    return Pause(
        table.choice("reason", get_args(PauseReason)),
        table.duration("limit"),
        table.choices("clocks", get_args(ClockName), _PROMISES),
    )


def _consequence(table: Table) -> Consequence:
    table.only("card", "count", "within", "do")
    return Consequence(
        card=table.choice("card", tuple(card for card in get_args(Card) if card)),
        count=table.count("count", 1) or 1,
        within=table.limit("within"),
        do=table.choice("do", get_args(CardEffect)),
    )


def _rhythm(table: Table, rungs: Rungs) -> Rhythm:
    table.only("id", "name", "when", "do", "to", "level", "text", "missed")
    return Rhythm(
        id=table.text("id"),
        name=table.text("name"),
        when=table.rule("when"),
        do=table.choice("do", get_args(Job)),
        to=table.choices("to", get_args(Audience), ("admin",)),
        level=levels(table, rungs),
        text=table.text("text", ""),
        missed=table.choice("missed", ("catch_up", "skip"), "catch_up"),
    )
