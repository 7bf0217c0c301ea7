"""Who does what when. The world goes from one due moment to the next; nothing sleeps.

Two things move time: what people do (a heap of deeds to come), and what is due by itself in the
database. What is due is looked at a few seconds late, as the scheduler does.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from casework.case import BEFORE_ANSWER, Case
from casework.rights import THE_SERVICE, Viewer
from handlers.message import Incoming
from storage import cases
from storage.database import Moment
from storage.session import ReadSession
from tests.simulation import sayings, traffic
from tests.simulation.deeds import (
    ADMIN,
    AFTER_THE_END,
    DAY,
    DEEDS,
    HABITS,
    HOUR,
    SEQUELS,
    Look,
    Word,
)
from tests.simulation.machine import Machine

ACCOUNT: Final = "gh_county"
NUMBER: Final = re.compile(r"编号\s*(\d+)")
LATE: Final = timedelta(seconds=30)  # until somebody looks at what is due …
LETTERS: Final = timedelta(minutes=10)  # … and until what is to be told goes out, several at once
URGENCY_SHARE: Final = {"ordinary": 1.0, "urgent": 0.1, "emergency": 0.02}
ENDS: Final = frozenset({"conclude", "rate", "decide", "reopen"})
TWICE: Final = 0.01  # of the messages the platform delivers again
METHODS: Final = ("/时限 改 村 办结 7天", "/时限 用 接诉即办", "/时限 用 四级化事法")
COMPARED: Final = 0.2  # of the new cases start the comparing, so that several are compared at once
GIVES_UP: Final = 4  # times that somebody tries to end a case

Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Scale:
    """How much happens in how long."""

    start: datetime
    days: int
    messages: int
    outages: tuple[float, ...] = (2, 9, 26, 80)  # hours
    jumps: tuple[float, ...] = (3, 30)  # hours by which the town's clock is moved
    set_backs: int = 3
    power_cuts: int = 12
    restarts: int = 12
    silences: int = 4  # a platform does not answer for some hours
    leaves: float = 3.0  # of each member of staff
    handovers: int = 6


@dataclass
class World:
    machine: Machine
    scale: Scale
    rng: Random
    heap: list[tuple[datetime, int, Act]] = field(default_factory=list)
    whose: dict[int, str] = field(default_factory=dict)
    gaps: list[tuple[datetime, datetime]] = field(default_factory=list)
    twice: list[tuple[datetime, datetime]] = field(default_factory=list)
    spoken: set[tuple[str, datetime]] = field(default_factory=set)  # who, and when
    worked: int = 0
    filed: int = 0

    def __post_init__(self) -> None:
        self._order = itertools.count()
        self._keys = itertools.count(1)
        self._delivering = False
        town = self.machine.book.town
        self.places = [
            town.full_name(unit.id) for unit in town.units.values() if unit.level == "group"
        ]

    # --- time ------------------------------------------------------------------------------

    @property
    def end(self) -> datetime:
        return self.scale.start + self.scale.days * DAY

    async def run(self) -> None:
        self._plan()
        machine, end = self.machine, self.end
        while True:
            following = min(self.heap[0][0], end)
            due = machine.next_moment()
            if due is not None and due <= following:
                if due <= machine.now:  # no clock: letters that have slept
                    await self._deliver()
                machine.until(due + LATE)
                await self._pulse()
                continue
            if following == end:
                break
            at, _, act = heapq.heappop(self.heap)
            machine.until(at)
            await act()
        machine.until(end)
        await self._pulse()
        await machine.deliver()

    def at(self, moment: datetime, act: Act) -> None:
        heapq.heappush(self.heap, (moment, next(self._order), act))

    def between(self, first: float, last: float) -> datetime:
        """A moment in this part of the whole time."""
        return self.scale.start + self.scale.days * DAY * self.rng.uniform(first, last)

    async def _pulse(self) -> None:
        self.worked += await self.machine.pulse()
        self._stirred()

    def _stirred(self) -> None:
        """There may be something to send."""
        if not self._delivering:
            self._delivering = True
            self.at(self.machine.now + LETTERS, self._deliver)

    # --- what will happen ------------------------------------------------------------------

    def _plan(self) -> None:
        scale, rng = self.scale, self.rng
        for moment in traffic.arrivals(rng, scale.start, scale.days, scale.messages):
            self.at(moment, self._arrives)
        for day in range(1, scale.days):
            self.at(scale.start + day * DAY, self._daily)
        for part, text in enumerate(METHODS, 1):
            at = self.between(part / 4, part / 4)
            self.at(at, partial(self._says, Word(ADMIN, text)))
            self.at(at + HOUR / 60, partial(self._says, Word(ADMIN, "确认")))
        duty = Word(ADMIN, "/排班 值班 赵国平 陈晓东")
        self.at(scale.start + HOUR, partial(self._says, duty))
        self._plan_absences()
        self._plan_troubles()
        self.at(self.end, self._deliver)

    def _plan_absences(self) -> None:
        rng, town = self.rng, self.machine.book.town
        staff = sorted(town.staff.values(), key=lambda each: each.id)
        for each in staff:
            for _ in range(int(self.scale.leaves + rng.random())):
                other = rng.choice(staff).name if rng.random() < 0.5 else ""
                text = f"请假 {rng.randrange(1, 8)}天 {other}".strip()
                self.at(self.between(0.01, 0.95), partial(self._says, Word(each.userid, text)))
        members = [each for each in staff if any("-g" in post for post in each.posts)]
        for _ in range(self.scale.handovers):
            one, other = rng.sample(members, 2)
            moment = self.between(0.05, 0.8)
            for when, pair in ((moment, (one, other)), (moment + 20 * DAY, (other, one))):
                text = f"/交接 {pair[0].name} {pair[1].name}"
                self.at(when, partial(self._says, Word(ADMIN, text)))

    def _plan_troubles(self) -> None:
        scale = self.scale
        for hours in scale.outages:
            self.at(self.between(0.05, 0.9), partial(self._outage, hours * HOUR))
        for hours in scale.jumps:
            self.at(self.between(0.05, 0.9), partial(self._jump, hours * HOUR))
        for _ in range(scale.set_backs):
            self.at(self.between(0.05, 0.95), self._set_back)
        for _ in range(scale.power_cuts):
            self.at(self.between(0.05, 0.95), self._power_cut)
        for _ in range(scale.restarts):
            self.at(self.between(0.05, 0.95), self._restart)
        for _ in range(scale.silences):
            moment, channel = self.between(0.05, 0.9), self.rng.choice(("wecom", "wechat"))
            self.at(moment, partial(self._silence, channel, True))
            hours = self.rng.uniform(1, 20)
            self.at(moment + hours * HOUR, partial(self._silence, channel, False))

    # --- what goes wrong -------------------------------------------------------------------

    async def _outage(self, lasts: timedelta) -> None:
        """Nobody is there; then the service starts, and looks first of all at what is due."""
        before = self.machine.now
        self.machine.until(before + lasts)
        self.gaps.append((before, self.machine.now))
        self.machine.restart()
        await self._pulse()

    async def _jump(self, by: timedelta) -> None:
        before = self.machine.now
        await self.machine.advance(by)
        self.gaps.append((before, self.machine.now))
        await self._pulse()

    async def _set_back(self) -> None:
        before = self.machine.now
        self.machine.set_back(timedelta(minutes=self.rng.randrange(5, 40)))
        self.twice.append((self.machine.now, before))

    async def _power_cut(self) -> None:
        """In the middle of what is due, if something is."""
        due = self.machine.next_moment()
        if due is not None:
            self.machine.until(due + LATE)
        await self.machine.power_cut()

    async def _restart(self) -> None:
        self.machine.restart()

    async def _silence(self, channel: str, down: bool) -> None:
        self.machine.phones[channel, ""].down = down

    async def _daily(self) -> None:
        await self.machine.look_after()

    # --- what people do --------------------------------------------------------------------

    async def _arrives(self) -> None:
        """Somebody says something. If it becomes a case, its life begins."""
        rng = self.rng
        who = f"o{rng.randrange(max(1, self.scale.messages // 2)):06d}"
        text = sayings.something(rng, rng.choice(self.places))
        reply = await self._say(Word(who, text, staff=False))
        found = NUMBER.search(reply)
        if found is None or int(found[1]) in self.whose:
            return
        number = int(found[1])
        self.whose[number] = who
        self.filed += 1
        case = self._look(number).case
        self._life(case)
        if self.rng.random() < COMPARED:
            self.at(self.machine.now + LETTERS, self.machine.compare)

    def _life(self, case: Case) -> None:
        """What will be done with a new case, and when."""
        rng, wait = self.rng, traffic.wait(self.rng)
        if wait is None:
            if rng.random() < 0.4:
                self._deed_at(self.machine.now + 4 * HOUR, "accept", case)
            self._deed_at(self.machine.now + rng.uniform(5, 60) * DAY, "urge", case)
            return
        wait *= URGENCY_SHARE[case.urgency]
        for name, habit in HABITS.items():
            if rng.random() < habit.chance:
                after = wait * rng.uniform(habit.earliest, habit.latest)
                self._deed_at(self.machine.now + after, name, case)

    def _deed_at(self, moment: datetime, name: str, case: Case, times: int = 0) -> None:
        hurries = case.urgency == "emergency" or self.rng.random() < 0.1
        if not hurries and name not in ("urge", "add", "withdraw", "answer", "rate"):
            moment = traffic.at_work(self.rng, moment)
        self.at(moment, partial(self._does, name, case.number, times))

    async def _does(self, name: str, number: int, times: int) -> None:
        look = self._look(number)
        if not look.case.open and name not in AFTER_THE_END:
            return
        words = DEEDS[name](look)
        for word in words:
            await self._say(word)
        if not words:
            return
        for sequel in SEQUELS.get(name, ()):
            if self.rng.random() < sequel.chance:
                hours = self.rng.uniform(sequel.earliest, sequel.latest)
                self._deed_at(self.machine.now + hours * HOUR, sequel.deed, look.case)
        if name in ENDS:
            self._goes_on(name, self._look(number).case, times)

    def _goes_on(self, name: str, after: Case, times: int) -> None:
        """It was not over with that: somebody comes back to it."""
        if name == "conclude" and after.state in BEFORE_ANSWER and times < GIVES_UP:
            self._deed_at(self.machine.now + DAY, "conclude", after, times + 1)
        if name in ("rate", "decide", "reopen") and after.state in BEFORE_ANSWER:
            again = (traffic.wait(self.rng) or 30 * DAY) / 3
            self._deed_at(self.machine.now + again, "conclude", after)

    def _look(self, number: int) -> Look:
        machine = self.machine

        def look(session: ReadSession, begun: Moment) -> Look:
            book = machine.shelf.book(session, begun.revision)
            case = cases.find(Viewer(THE_SERVICE, book.town), session, number)
            if case is None:
                raise LookupError(f"case {number} is gone")
            return Look(case, book, machine.now, self.rng, self.whose.get(number, ""))

        return machine.ask(look)

    async def _says(self, word: Word) -> None:
        await self._say(word)

    async def _say(self, word: Word) -> str:
        """Say something to the service; what it answers."""
        now = self.machine.now
        now -= timedelta(microseconds=now.microsecond % 1000)  # as it is stored
        self.spoken.add((word.who, now))
        incoming = Incoming(
            channel="wecom" if word.staff else "wechat",
            account=ACCOUNT,
            sender=word.who,
            key=f"{word.who}:{next(self._keys)}",
            kind="text",
            sent_at=self.machine.clock.wall,
            text=word.text,
        )
        reply = await self.machine.tell(incoming, twice=self.rng.random() < TWICE)
        self._stirred()
        return reply.text if reply is not None else ""

    async def _deliver(self) -> None:
        self._delivering = False
        await self.machine.deliver()
