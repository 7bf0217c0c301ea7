"""What comes again 节奏: the day's list, the method's meetings and lists, what the service looks at.

The rows say when each is due next; here they are kept in step with what the town and its method
want, and worked: each turn once in a cluster, in slices (`cursor`), so that a list for hundreds of
people holds up nobody. A turn that was missed is made up for once, or left out, as its rule says.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from casework.rhythm import Rule
from handlers.timed import alike, daily, digest, meetings, robots
from handlers.turn import Occasion, by_itself
from storage import rhythm
from storage.book import Book
from storage.database import Moment
from storage.session import WriteSession

log = logging.getLogger("xiaoge.rhythm")

LATER: Final = timedelta(minutes=10)
LATE: Final = timedelta(hours=2)  # what is later than this was missed

# Works a slice of a turn: (occasion, the turn's time, cursor) → the next cursor, None at the end.
Work = Callable[[Occasion, datetime, str | None], str | None]


@dataclass(frozen=True, slots=True)
class Job:
    rule: Rule
    work: Work
    catch_up: bool = True


def jobs(book: Book) -> Iterator[tuple[str, Job]]:
    """All that comes again in this town: (id, job)."""
    yield "calendar", Job(Rule.parse("每天 07:30"), daily.calendar)
    yield "answers", Job(Rule.parse("每天 07:30"), daily.answers)
    yield "closed_texts", Job(Rule.parse("每天 07:30"), alike.forget)
    yield "sent_counts", Job(Rule.parse("每天 07:30"), daily.counts)
    yield "leaves", Job(Rule.parse("每天 07:30"), daily.leaves)
    yield "ratings", Job(Rule.parse("每季度首月5日 09:00"), daily.ratings)
    if book.town.digest is not None:
        at = f"每天 {book.town.digest:%H:%M}"
        yield "digest", Job(Rule.parse(at), digest.work, catch_up=False)
    for robot in book.town.robots.values():
        for name, rule in robot.lists.items():
            work = partial(robots.work, robot, name)
            yield f"robot:{robot.id}:{name}", Job(rule, work, catch_up=False)
    method = book.methods[book.town.method]
    for each in method.rhythms:
        work = partial(meetings.work, each)
        yield f"{method.id}:{each.id}", Job(each.when, work, each.missed == "catch_up")


def beat(session: WriteSession, begun: Moment, book: Book) -> bool:
    """Work a slice of what is due; False if nothing is."""
    wanted = dict(jobs(book))
    _keep_in_step(session, begun, book, wanted)
    row = rhythm.due(session, begun.now)
    if row is None or row.slot is None:
        return False
    job = wanted[row.id]
    following = job.rule.after(begun.now, book.calendar)
    if row.cursor is None and not job.catch_up and begun.now - row.slot > LATE:
        rhythm.turn(session, row.id, begun.now, following)
        return True
    occasion = by_itself(session, begun, book, f"r{row.id}:{row.slot:%Y%m%d%H%M}")
    try:
        with session.nested():
            cursor = job.work(occasion, row.slot, row.cursor)
            if cursor is None:
                rhythm.turn(session, row.id, begun.now, following)
            else:
                rhythm.go_on(session, row.id, cursor)
    except Exception:
        log.exception("rhythm %s failed", row.id)
        rhythm.postpone(session, row.id, begun.now + LATER)
    return True


def _keep_in_step(
    session: WriteSession, begun: Moment, book: Book, wanted: Mapping[str, Job]
) -> None:
    """Rows for what is wanted now, none for what is wanted no more."""
    there = rhythm.rules(session)
    new = {
        identity: (job.rule.text, job.rule.after(begun.now, book.calendar))
        for identity, job in wanted.items()
        if there.get(identity) != job.rule.text
    }
    if new:
        rhythm.plan(session, new)
    if gone := [identity for identity in there if identity not in wanted]:
        rhythm.drop(session, gone)
