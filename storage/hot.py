"""The statements of the hot path: a message comes in, a case is opened or moved, letters go out.

Built once from the tables, compiled once per dialect. A test counts how many a new case needs.
PostgreSQL's INSERT … ON CONFLICT compiles to SQLite's as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from storage.case import CaseRow, EventRow, NumberRow, PartyRow
from storage.clock import ClockRow
from storage.message import MessageRow
from storage.outbox import OutboxRow
from storage.session import Hot, HotRead
from storage.villager import VillagerRow

message = MessageRow.__table__  # type: ignore[attr-defined]
villager = VillagerRow.__table__  # type: ignore[attr-defined]
cases = CaseRow.__table__  # type: ignore[attr-defined]
event = EventRow.__table__  # type: ignore[attr-defined]
party = PartyRow.__table__  # type: ignore[attr-defined]
number = NumberRow.__table__  # type: ignore[attr-defined]
clock = ClockRow.__table__  # type: ignore[attr-defined]
outbox = OutboxRow.__table__  # type: ignore[attr-defined]


def _given(table: sa.Table, names: Iterable[str]) -> dict[str, sa.BindParameter[object]]:
    """A bound value for each of these columns."""
    return {name: sa.bindparam(name, type_=table.c[name].type) for name in names}


def _insert(table: sa.Table, given: str, **fixed: str) -> Insert:
    """INSERT of the columns `given`; the `fixed` ones stand in the statement as SQL, which costs
    nothing to bind; what is not named is NULL."""
    constants: dict[str, sa.ColumnElement[object]] = {
        name: sa.literal_column(value) for name, value in fixed.items()
    }
    return insert(table).values(**_given(table, given.split()), **constants)


ORDINARY_SERIES = "ordinary"
_one: sa.ColumnElement[int] = sa.literal_column("1", sa.Integer)

# --- a message comes in -----------------------------------------------------------------------

INSERT_MESSAGE = Hot(
    _insert(
        message,
        "key person kind text more at received_at",
        state="'new'",
        buttons="'[]'",
        attempts="0",
        error="''",
    )
    .on_conflict_do_nothing(index_elements=["key"])
    .returning(message.c.id),
    apart=True,
)
KNOWN_MESSAGE = HotRead(
    sa.select(message.c.id, message.c.state, message.c.reply, message.c.buttons).where(
        message.c.key == sa.bindparam("key")
    )
)
FINISH_MESSAGE = Hot(
    sa.update(message)
    .where(message.c.id == sa.bindparam("message"))
    .values(
        **_given(message, ("reply", "buttons", "case_number", "attempts")),
        state=sa.literal_column("'done'"),
        retry_at=sa.null(),
    ),
    place=2,
)
FAIL_MESSAGE = Hot(
    sa.update(message)
    .where(message.c.id == sa.bindparam("message"))
    .values(**_given(message, ("state", "reply", "attempts", "retry_at", "error")))
)

# --- who is it --------------------------------------------------------------------------------

# What a person does gives the right to write to them; a tap does not shorten what a word gave.
_gives_more = sa.literal_column("excluded.open_until") > villager.c.open_until
_same_minute = villager.c.minute == sa.bindparam("minute", type_=sa.BigInteger)
MEET_VILLAGER = Hot(
    _insert(
        villager,
        "channel account openid first_at minute open_until allowed",
        name="''",
        phone="''",
        anonymous="false",
        follows="true",
        minute_messages="1",
        held="0",
        subscribed="false",
    )
    .on_conflict_do_update(
        index_elements=["channel", "account", "openid"],
        set_={
            "minute_messages": sa.case(
                (_same_minute, villager.c.minute_messages + _one),
                else_=_one,
            ),
            "minute": sa.bindparam("minute", type_=sa.BigInteger),
            "open_until": sa.case(
                (_gives_more, sa.literal_column("excluded.open_until")),
                else_=villager.c.open_until,
            ),
            "allowed": sa.case(
                (_gives_more, sa.literal_column("excluded.allowed")), else_=villager.c.allowed
            ),
        },
    )
    .returning(*villager.c),
    apart=True,
)

# --- cases ------------------------------------------------------------------------------------

CASE_COLUMNS = tuple(cases.c)
RECENT_CASES = HotRead(
    sa.select(*CASE_COLUMNS)
    .where(cases.c.villager == sa.bindparam("villager"))
    .order_by(cases.c.opened_at.desc(), cases.c.number.desc())
    .limit(12)
)
CASE = HotRead(sa.select(*CASE_COLUMNS).where(cases.c.number == sa.bindparam("number")))
CASE_FOR_UPDATE = HotRead(
    sa.select(*CASE_COLUMNS).where(cases.c.number == sa.bindparam("number")).with_for_update()
)
_ordinary = number.c.name == sa.literal_column(f"'{ORDINARY_SERIES}'")
NEXT_NUMBER = Hot(
    sa.update(number).where(_ordinary).values(last=number.c.last + _one).returning(number.c.last),
    apart=True,
)
SET_NUMBER = Hot(sa.update(number).where(_ordinary).values(_given(number, ["last"])))
INSERT_CASE = Hot(
    _insert(
        cases,
        "number state kind subkind field topic urgency ledger level unit place lead_post first_post "
        "villager anonymous protected query_word text channel method opened_at promised_at settle_by heard_at "
        "recused track extent wanted_by",
        bad_ratings="0",
        urged="0",
        reopened="0",
        extended="0",
        supervised="0",
        yellow_cards="0",
        red_cards="0",
        facts="''",
        called="''",
    )
)
INSERT_EVENT = Hot(
    _insert(event, "case_number at kind actor text data message key").on_conflict_do_nothing(),
    place=1,
)
PARTY = HotRead(
    sa.select(party.c.villager).where(
        party.c.case_number == sa.bindparam("case_number"),
        party.c.villager == sa.bindparam("villager"),
    )
)
_joined = sa.select(party.c.villager).where(party.c.case_number == sa.bindparam("case_number"))
PARTIES = HotRead(
    sa.select(*villager.c)
    .where(sa.or_(villager.c.id == sa.bindparam("first"), villager.c.id.in_(_joined)))
    .order_by(villager.c.id)
)
INSERT_PARTY = Hot(_insert(party, "case_number villager").on_conflict_do_nothing())


@cache
def update_case(columns: tuple[str, ...]) -> Hot:
    """The statement that changes just these columns of one case."""
    values = {name: sa.bindparam(name, type_=cases.c[name].type) for name in columns}
    return Hot(
        sa.update(cases).where(cases.c.number == sa.bindparam("case_number")).values(**values)
    )


# --- clocks -----------------------------------------------------------------------------------

INSERT_CLOCK = Hot(
    _insert(
        clock,
        "case_number name level started_at due_at provisional explained steps next_step next_at "
        "due moves",
        state="'running'",
    ),
    place=1,
)
_stopping = {
    "state": "stopped",
    "stopped_at": sa.bindparam("now", type_=clock.c.stopped_at.type),
    "next_step": sa.null(),
    "next_at": sa.null(),
}
_standing = "state due_at provisional explained moves steps next_at paused_at paused_for"
CHANGE_CLOCK = Hot(
    sa.update(clock)
    .where(clock.c.id == sa.bindparam("clock"), clock.c.state != "stopped")
    .values(**_given(clock, _standing.split()))
)
STOP_CLOCK = Hot(
    sa.update(clock)
    .where(
        clock.c.case_number == sa.bindparam("case"),
        clock.c.name == sa.bindparam("clock"),
        clock.c.state != "stopped",
    )
    .values(**_stopping)
)
# of what is done jointly 联办 the clocks end with it, not with a level of the case
STOP_ALL_CLOCKS = Hot(
    sa.update(clock)
    .where(
        clock.c.case_number == sa.bindparam("case"),
        clock.c.state != "stopped",
        sa.literal_column("name NOT IN ('sign_in','feedback','term')"),
    )
    .values(**_stopping)
)

# --- the outbox -------------------------------------------------------------------------------

INSERT_OUTBOX = Hot(
    _insert(
        outbox,
        "key channel account recipient line task priority text more case_number created_at "
        "not_before retry_at state",
        attempts="0",
        delivered="0",
        code="0",
        error="''",
    ).on_conflict_do_nothing(index_elements=["key"]),
    place=1,
)

# --- the sweep --------------------------------------------------------------------------------

# The case is locked, not the clock: whoever changes a clock has its case, so none waits for another.
DUE_CLOCKS = HotRead(
    sa.select(clock.c.id)
    .join_from(clock, cases, cases.c.number == clock.c.case_number)
    .where(
        sa.text("clock.next_at IS NOT NULL"),
        clock.c.next_at <= sa.bindparam("now", type_=clock.c.next_at.type),
    )
    .order_by(clock.c.next_at)
    .limit(sa.bindparam("limit", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=cases)
)
_clock = sa.select(
    clock.c.id,
    clock.c.case_number,
    clock.c.name,
    clock.c.level,
    clock.c.state,
    clock.c.started_at,
    clock.c.due_at,
    clock.c.provisional,
    clock.c.explained,
    clock.c.due,
    clock.c.moves,
    clock.c.steps,
    clock.c.next_step,
    clock.c.next_at,
    clock.c.paused_at,
    clock.c.paused_for,
).where(clock.c.state != "stopped")
DUE_CLOCK = HotRead(_clock.where(clock.c.id == sa.bindparam("clock"), clock.c.next_at.is_not(None)))
CLOCKS_OF_CASE = HotRead(
    _clock.where(clock.c.case_number == sa.bindparam("case")).order_by(clock.c.id)
)
MOVE_CLOCK = Hot(
    sa.update(clock)
    .where(clock.c.id == sa.bindparam("clock"), clock.c.state == "running")
    .values(**_given(clock, ("next_step", "next_at")))
)

# --- the courier ------------------------------------------------------------------------------

_now = sa.bindparam("now", type_=outbox.c.not_before.type)
_wall = sa.bindparam("wall", type_=outbox.c.retry_at.type)
_pending = sa.text("outbox.state = 'pending'")

WAKE_LETTERS = Hot(
    sa.update(outbox)
    .where(sa.text("outbox.state = 'quiet'"), outbox.c.not_before <= _now)
    .values(state=sa.literal_column("'pending'"))
)
# Each line once, by leaps through the index: a backlog of thousands in one line costs one leap.
_later, _head = outbox.alias("later"), outbox.alias("head")
_first = (
    sa.select(sa.func.min(outbox.c.line).label("line")).where(_pending).cte("lines", recursive=True)
)
_next_line = (
    sa.select(sa.func.min(_later.c.line))
    .where(sa.text("later.state = 'pending'"), _later.c.line > _first.c.line)
    .scalar_subquery()
)
_lines = _first.union_all(sa.select(_next_line).where(_first.c.line.is_not(None)))
_head_id = (
    sa.select(sa.func.min(_head.c.id))
    .where(sa.text("head.state = 'pending'"), _head.c.line == _lines.c.line)
    .scalar_subquery()
)
# A line whose first letter is on its way, or waits for its retry, is not free. Cases take turns: the
# tenth line of one case comes after the first of every other. So many of each channel.
_free = (
    sa.select(
        outbox.c.line,
        outbox.c.channel,
        outbox.c.priority,
        outbox.c.id,
        sa.func.row_number()
        .over(
            partition_by=(
                outbox.c.channel,
                outbox.c.priority,
                sa.func.coalesce(outbox.c.case_number, -outbox.c.id),
            ),
            order_by=outbox.c.id,
        )
        .label("turn"),
    )
    .join_from(_lines, outbox, outbox.c.id == _head_id)
    .where(
        outbox.c.retry_at <= _wall,
        sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until <= _wall),
    )
    .subquery("free")
)
_in_turn = (_free.c.priority, _free.c.turn, _free.c.id)
_placed = sa.select(
    *_free.c,
    sa.func.row_number().over(partition_by=_free.c.channel, order_by=_in_turn).label("place"),
).subquery("placed")
FREE_LINES = HotRead(
    sa.select(_placed.c.line, _placed.c.channel)
    .where(_placed.c.place <= sa.bindparam("lines", type_=sa.Integer))
    .order_by(_placed.c.priority, _placed.c.turn, _placed.c.id)
)
# A line that may not go yet: its first letter says until when.
REST_LINE = Hot(
    sa.update(outbox)
    .where(
        outbox.c.id
        == sa.select(sa.func.min(_head.c.id))
        .where(sa.text("head.state = 'pending'"), _head.c.line == sa.bindparam("of"))
        .scalar_subquery()
    )
    .values(retry_at=sa.bindparam("until", type_=outbox.c.retry_at.type))
)
CLAIM_LINE = Hot(
    sa.update(outbox)
    .where(
        outbox.c.id.in_(
            sa.select(_head.c.id)
            .where(
                sa.text("head.state = 'pending'"),
                _head.c.line == sa.bindparam("of"),
                # one that slept is before one that is on its way, and does not take it along
                sa.or_(_head.c.claimed_until.is_(None), _head.c.claimed_until <= _wall),
            )
            .order_by(_head.c.id)
            .limit(sa.bindparam("letters", type_=sa.Integer))
        )
    )
    .values(claimed_until=sa.bindparam("until", type_=outbox.c.claimed_until.type))
    .returning(*outbox.c)
)
LETTER_SENT = Hot(
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("letter"), _pending)
    .values(
        state="sent",
        sent_at=_now,
        claimed_until=sa.null(),
        attempts=outbox.c.attempts + 1,
        code=0,
        error="",
    )
)
