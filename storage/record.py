"""The one function that writes cases: row, history, clocks and outbox together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from casework.case import Decision, Event
from casework.clocks import Promise, encode, encode_moves
from storage import cards, clocks, hot, joint
from storage.outbox import PRIORITY, line_of
from storage.session import WriteSession


class Letter:
    """One row of the outbox to be: who, what, how urgent, not before when (town time)."""

    __slots__ = (
        "account", "buttons", "channel", "importance", "key", "more", "not_before", "recipient",
        "task", "text",
    )  # fmt: skip

    def __init__(
        self,
        channel: str,
        account: str,
        recipient: str,
        key: str,
        text: str,
        importance: str,
        not_before: datetime,
        buttons: tuple[tuple[str, str], ...] = (),
        more: Mapping[str, Any] | None = None,
        task: str = "send",
    ) -> None:
        self.channel = channel
        self.account = account
        self.recipient = recipient
        self.key = key
        self.text = text
        self.importance = importance
        self.not_before = not_before
        self.buttons = buttons
        self.more = more
        self.task = task


def record(
    session: WriteSession,
    decision: Decision,
    letters: Iterable[Letter],
    now: datetime,
    wall: datetime,
    message: int | None = None,
) -> None:
    """Write what was decided. `now` is the town's time, `wall` the real one."""
    case = decision.case
    if decision.before is None:
        session.insert_later(hot.INSERT_CASE, case)
    elif changes := decision.changes:
        session.run(hot.update_case(tuple(changes)), case_number=case.number, **changes)
    events = [_event(case.number, event, now, message) for event in decision.events]
    session.later(hot.INSERT_EVENT, events)
    _stop(session, case.number, decision.stop, now)
    if decision.start:
        where = {"case_number": case.number, "level": case.level}
        session.later_like(hot.INSERT_CLOCK, decision.start, _clock, **where)
    for data in (event.data for event in decision.events if not case.protected):
        if card := data.get("card"):
            for of in data["of"] if isinstance(data["of"], list) else [data["of"]]:
                cards.give(session, of, card, case.number, data["clock"] or "", now)
    for call in decision.calls:
        joint.save(session, call)
    for clock in decision.changed:
        clocks.change(session, clock)
    for villager in decision.parties:
        session.run(hot.INSERT_PARTY, case_number=case.number, villager=villager)
    post(session, letters, now, wall, case.number)


def note(session: WriteSession, case: int, event: Event, now: datetime) -> None:
    """Write something into a case's history that changes nothing of the case."""
    session.later(hot.INSERT_EVENT, [_event(case, event, now, None)])


def post(
    session: WriteSession,
    letters: Iterable[Letter],
    now: datetime,
    wall: datetime,
    case: int | None = None,
) -> None:
    """Put letters into the outbox. One that is there already (same key) is left as it is."""
    rows = [_outbox(letter, now, wall, case) for letter in letters]
    if rows:
        session.later(hot.INSERT_OUTBOX, rows)


def _event(case: int, event: Event, now: datetime, message: int | None) -> dict[str, Any]:
    return {
        "case_number": case,
        "at": now,
        "kind": event.kind,
        "actor": event.actor,
        "text": event.text,
        "data": dict(event.data),
        "message": message,
        "key": event.key,
    }


def _stop(session: WriteSession, case: int, names: tuple[str, ...], now: datetime) -> None:
    for name in names:
        if name == "*":
            session.run(hot.STOP_ALL_CLOCKS, case=case, now=now)
        else:
            session.run(hot.STOP_CLOCK, case=case, clock=name, now=now)


def _clock(promise: Promise) -> dict[str, Any]:
    return {
        "name": promise.name,
        "started_at": promise.started_at,
        "due_at": promise.due_at,
        "provisional": promise.provisional,
        "explained": promise.explained,
        "steps": encode(promise.steps),
        "next_step": 0 if promise.steps else None,
        "next_at": promise.steps[0].at if promise.steps else None,
        "due": promise.due.code,
        "moves": encode_moves(promise.moves),
    }


def _outbox(letter: Letter, now: datetime, wall: datetime, case: int | None) -> dict[str, Any]:
    priority = PRIORITY[letter.importance]
    return {
        "key": letter.key,
        "channel": letter.channel,
        "account": letter.account,
        "recipient": letter.recipient,
        "line": line_of(letter.channel, letter.account, letter.recipient, priority),
        "task": letter.task,
        "priority": priority,
        "text": letter.text,
        "more": _more(letter),
        "case_number": case,
        "created_at": now,
        "not_before": letter.not_before,
        "retry_at": wall,
        "state": "quiet" if letter.not_before > now else "pending",
    }


def _more(letter: Letter) -> dict[str, Any]:
    more = dict(letter.more) if letter.more else {}
    if letter.buttons:
        more["buttons"] = list(letter.buttons)
    return more
