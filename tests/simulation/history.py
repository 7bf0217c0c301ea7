"""What is in the database afterwards: the rows of each case, by case, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import sqlalchemy as sa

from casework.calendar import SHANGHAI
from storage.session import ReadSession

EPOCH: Final = datetime(1970, 1, 1, tzinfo=SHANGHAI) + timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history."""

    id: int
    at: datetime
    kind: str
    actor: str
    text: str
    data: dict[str, Any]
    key: str | None

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} {self.actor} {self.key or ''} {self.data}"


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of a clock, as it stands in the row."""

    at: datetime
    do: str
    card: str
    place: str
    by: str

    @property
    def consequence(self) -> bool:
        return self.do != "remind" or self.card != ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What has moved a due time: a pause, or an extension by so much."""

    why: str
    since: datetime
    until: datetime | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Timer:
    """The row of a clock."""

    id: int
    name: str
    level: str
    state: str
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    due: str
    moves: tuple[Moved, ...]
    steps: tuple[Planned, ...]
    next_step: int | None
    next_at: datetime | None
    paused_at: datetime | None

    def __str__(self) -> str:
        steps = " ".join(
            f"{s.do}{'/' + s.card if s.card else ''}@{s.at:%m-%dT%H:%M}" for s in self.steps
        )
        moves = "".join(f" {m.why}:{m.since:%m-%dT%H:%M}…{m.until or m.by}" for m in self.moves)
        return (
            f"clock {self.id} {self.name}@{self.level} {self.state} {self.started_at:%m-%dT%H:%M} + "
            f"{self.due} → {self.due_at:%m-%dT%H:%M} stopped {self.stopped_at} next {self.next_step} "
            f"{self.next_at} [{steps}]{moves}"
        )


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter of the outbox."""

    key: str
    channel: str
    recipient: str
    priority: int
    state: str
    created_at: datetime
    sent_at: datetime | None

    def __str__(self) -> str:
        return f"letter {self.key} to {self.recipient} {self.state} {self.created_at:%m-%dT%H:%M} {self.sent_at}"


@dataclass(frozen=True, slots=True)
class File:
    """Everything about one case."""

    row: dict[str, Any]
    lines: tuple[Line, ...] = ()
    timers: tuple[Timer, ...] = ()
    letters: tuple[Mail, ...] = field(default=())

    @property
    def number(self) -> int:
        number: int = self.row["number"]
        return number

    def __str__(self) -> str:
        """The case with its whole history, as a broken rule shows it."""
        shown = {key: value for key, value in self.row.items() if value not in (None, "", 0, False)}
        parts = [f"case {shown}", *self.lines, *self.timers, *self.letters]
        return "\n    ".join(str(part) for part in parts)


def files(session: ReadSession) -> Iterator[File]:
    """Every case with what belongs to it, in the order of the numbers."""
    lines = _grouped(session, "case_event", _line)
    timers = _grouped(session, "clock", _timer)
    letters = _grouped(session, "outbox", _mail)
    for row in _rows(session, "SELECT * FROM cases ORDER BY number"):
        number = row["number"]
        yield File(row, lines.of(number), timers.of(number), letters.of(number))


class Groups:
    """Rows of a table by case, taken as they come: both are in the order of the numbers."""

    def __init__(self, rows: Iterator[dict[str, Any]], make: Any) -> None:
        self.groups = groupby(rows, itemgetter("case_number"))
        self.make = make
        self.ahead: tuple[int, tuple[Any, ...]] | None = None

    def of(self, number: int) -> tuple[Any, ...]:
        while self.ahead is None or self.ahead[0] < number:
            found = next(self.groups, None)
            if found is None:
                return ()
            self.ahead = (found[0], tuple(self.make(row) for row in found[1]))
        return self.ahead[1] if self.ahead[0] == number else ()


def _grouped(session: ReadSession, table: str, make: Any) -> Groups:
    query = f"SELECT * FROM {table} WHERE case_number IS NOT NULL ORDER BY case_number, id"
    return Groups(_rows(session, query), make)


def _rows(session: ReadSession, query: str) -> Iterator[dict[str, Any]]:
    found = session.connection.execution_options(yield_per=2000).execute(sa.text(query))
    for row in found:
        yield dict(row._mapping)


def moment(milliseconds: int) -> datetime:
    return EPOCH + timedelta(milliseconds=milliseconds)


def _maybe(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else moment(milliseconds)


def decoded(value: Any) -> Any:
    """A JSON column, which one database gives as text and the other as a value."""
    return json.loads(value) if isinstance(value, str) else value


def _line(row: dict[str, Any]) -> Line:
    return Line(
        row["id"], moment(row["at"]), row["kind"], row["actor"], row["text"],
        decoded(row["data"]), row["key"],
    )  # fmt: skip


def _timer(row: dict[str, Any]) -> Timer:
    steps = (_planned(*step) for step in decoded(row["steps"]))
    moves = (
        Moved(why, moment(since), _maybe(until), by)
        for why, since, until, by in decoded(row["moves"]) or ()
    )
    return Timer(
        row["id"], row["name"], row["level"], row["state"], moment(row["started_at"]),
        moment(row["due_at"]), _maybe(row["stopped_at"]), row["due"], tuple(moves), tuple(steps),
        row["next_step"], _maybe(row["next_at"]), _maybe(row["paused_at"]),
    )  # fmt: skip


def _planned(
    at: int, do: str, to: list[str], card: str, place: str, by: str = "message", say: str = ""
) -> Planned:
    return Planned(moment(at), do, card, place, by)


def _mail(row: dict[str, Any]) -> Mail:
    return Mail(
        row["key"], row["channel"], row["recipient"], row["priority"], row["state"],
        moment(row["created_at"]), _maybe(row["sent_at"]),
    )  # fmt: skip
