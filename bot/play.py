"""The town's clock moves forward (demo), and what is due on the way happens at its own moment."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.scheduler import Timed
from storage import clocks, town
from storage.database import Moment
from storage.session import ReadSession, WriteSession

Deliver = Callable[[], Awaitable[int]]
STEPS = 2000  # moments on one way; more is a mistake


@dataclass
class Played:
    now: datetime
    steps: list[tuple[datetime, int]] = field(default_factory=list)


async def play(timed: Timed, by: timedelta | None, deliver: Deliver) -> Played:
    """Advance by a span, or to the next moment at which something happens (None).

    `deliver` sends what can be sent (`Courier.round`): each letter leaves at its own moment.
    """
    now, following = await timed.database.aread(_look)
    if by is None:
        by = max(timedelta(0), following - now) if following is not None else timedelta(0)
    until, played = now + by, Played(now)
    for _ in range(STEPS):
        now, following = await timed.database.aread(_look)
        if following is None or following > until:
            break
        await _forward(timed, following - now)
        played.steps.append((following, await _happen(timed, deliver)))
    now, _ = await timed.database.aread(_look)
    await _forward(timed, until - now)
    await _happen(timed, deliver)
    played.now, _ = await timed.database.aread(_look)
    return played


async def _happen(timed: Timed, deliver: Deliver) -> int:
    """What is due happens, and what follows from it is delivered."""
    worked = await timed.sweep()
    await timed.beat()
    while await deliver():
        pass
    return worked


def _look(session: ReadSession, begun: Moment) -> tuple[datetime, datetime | None]:
    return begun.now, clocks.next_moment(session, begun.now)


async def _forward(timed: Timed, by: timedelta) -> None:
    """Forward only, and to the millisecond after the moment, so that it has come."""
    milliseconds = int(by / timedelta(milliseconds=1)) + 1
    if milliseconds > 0:

        def move(session: WriteSession, _: Moment) -> None:
            town.advance(session, milliseconds)

        await timed.database.awrite("clock", move)
