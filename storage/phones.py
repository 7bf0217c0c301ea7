"""What stands on a person's phone: their own words and what was said to them. For the simulator."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from casework.calendar import SHANGHAI
from storage.columns import milliseconds, moment
from storage.message import MessageRow
from storage.outbox import PRIORITY, OutboxRow
from storage.session import ReadSession
from storage.villager import VillagerRow

PAGE = 200
IMPORTANCE = {number: name for name, number in PRIORITY.items()}


def villagers(session: ReadSession, account: str) -> list[str]:
    """The villagers who have written to this account."""
    return list(
        session.all(select(VillagerRow.openid).where(VillagerRow.account == account).limit(PAGE))
    )


def transcript(
    session: ReadSession, side: str, person: str, account: str, after: str
) -> dict[str, Any]:
    """Messages, replies and letters of one phone after a cursor, in order of time."""
    message_after, sent_after, shown = _cursor(after)
    channel = "wechat" if side == "villager" else "wecom"
    said = session.all(
        select(MessageRow)
        .where(
            MessageRow.person == f"{channel}:{account}:{person}", col(MessageRow.id) > message_after
        )
        .order_by(col(MessageRow.id))
        .limit(PAGE)
    )
    letters = session.all(
        select(OutboxRow)
        .where(
            OutboxRow.channel == channel,
            OutboxRow.recipient == person,
            OutboxRow.task == "send",
            OutboxRow.state == "sent",
            col(OutboxRow.sent_at) >= sent_after,
            col(OutboxRow.id).not_in(shown),
        )
        .order_by(col(OutboxRow.sent_at), col(OutboxRow.id))
        .limit(PAGE)
    )
    bubbles = sorted((*_said(said), *_letters(letters)), key=lambda each: each["order"])
    for bubble in bubbles:
        bubble.pop("order")
    following = _next(
        after, [row.id or 0 for row in said], [(row.sent_at, row.id) for row in letters]
    )
    return {"cursor": following, "messages": bubbles}


def changed(session: ReadSession, cursor: str) -> tuple[str, list[str] | None]:
    """Who may have something new since a cursor (None: nobody), and the next cursor."""
    message_after, sent_after, _ = _cursor(cursor)
    messages = session.all(
        select(MessageRow.id, MessageRow.person)
        .where(col(MessageRow.id) > message_after)
        .order_by(col(MessageRow.id))
    )
    letters = session.all(
        select(OutboxRow.channel, OutboxRow.recipient, OutboxRow.sent_at, OutboxRow.id)
        .where(OutboxRow.state == "sent", col(OutboxRow.sent_at) >= sent_after)
        .order_by(col(OutboxRow.id))
    )
    following = _next(cursor, [row[0] for row in messages], [(row[2], row[3]) for row in letters])
    if following == cursor:
        return cursor, None
    people = {
        _phone(channel, person) for _, who in messages for channel, _, person in [who.split(":", 2)]
    }
    people |= {_phone(row[0], row[1]) for row in letters}
    return following, sorted(people)


def _phone(channel: str, person: str) -> str:
    return f"{'villager' if channel == 'wechat' else 'staff'}:{person}"


def _said(rows: Iterable[MessageRow]) -> Iterable[dict[str, Any]]:
    for row in rows:
        event = row.more.get("event")
        text = row.text or (event[1] if event else "")
        kind = event[0] if event else row.kind
        yield _bubble(f"m{row.id}", "me", text, row.at, (row.at, 0, row.id), kind=kind)
        if row.reply:
            order = (row.at, 1, row.id)
            yield _bubble(f"r{row.id}", "them", row.reply, row.at, order, buttons=row.buttons)


def _letters(rows: Iterable[OutboxRow]) -> Iterable[dict[str, Any]]:
    for row in rows:
        at = row.sent_at or row.created_at
        buttons = [{"label": label, "text": text} for label, text in row.more.get("buttons", ())]
        yield _bubble(
            f"o{row.id}", "them", row.text, at, (at, 2, row.id),
            buttons=buttons, importance=IMPORTANCE[row.priority],
        )  # fmt: skip


def _bubble(
    identity: str,
    from_: str,
    text: str,
    at: datetime,
    order: tuple[Any, ...],
    buttons: Iterable[Any] = (),
    importance: str = "ordinary",
    kind: str = "text",
) -> dict[str, Any]:
    return {
        "id": identity,
        "from": from_,
        "text": text,
        "at": at.astimezone(SHANGHAI).isoformat(),
        "buttons": list(buttons),
        "importance": importance,
        "kind": kind,
        "media": None,
        "order": order,
    }


def _cursor(cursor: str) -> tuple[int, datetime, frozenset[int]]:
    """Last message, last moment of sending, and the letters already shown of that moment."""
    message, _, rest = cursor.partition("-")
    sent, *shown = rest.split(".") if rest else ["0"]
    return int(message or 0), moment(int(sent)), frozenset(int(each) for each in shown)


def _next(
    cursor: str, messages: list[int], letters: list[tuple[datetime | None, int | None]]
) -> str:
    message, sent, shown = _cursor(cursor)
    last = max([sent, *(at for at, _ in letters if at is not None)])
    same = {identity for at, identity in letters if at == last and identity is not None}
    if last == sent:
        same |= shown
    ids = "".join(f".{identity}" for identity in sorted(same))
    return f"{max([message, *messages])}-{milliseconds(last)}{ids}"
