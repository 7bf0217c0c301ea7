"""Letters that come late: after an outage, or from a platform that was out of order.

What was to be told in the daytime is not told in the middle of the night because nobody could send
it earlier; it waits for the next morning. A reminder of what has been done since is not sent at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from casework.case import Case
from casework.hours import after_quiet, opening
from casework.rights import THE_SERVICE, Viewer
from handlers.telling import CONVERSATION
from storage import cases, clocks, sending
from storage.book import Book
from storage.database import Moment
from storage.outbox import PRIORITY
from storage.sending import Claimed, Parcel
from storage.session import WriteSession

LATE: Final = timedelta(minutes=1)  # what is on time was written for this hour
URGENCY: Final = {priority: importance for importance, priority in PRIORITY.items()}
# sentences that only remind; a card, or that a case has climbed, has to be known however late
REMINDERS: Final = frozenset(
    {"reminded", "reminded_above", "reminded_to_decide", "own", "own_for_villager", "going_on"}
)


def timely(
    session: WriteSession, begun: Moment, book: Callable[[], Book], parcels: Sequence[Parcel]
) -> list[Parcel]:
    """Of what was claimed to be sent, what is to be sent now."""
    found = []
    for parcel in parcels:
        letters = tuple(each for each in parcel.letters if _goes(session, begun, book, each))
        if letters:
            found.append(replace(parcel, letters=letters))
    return found


def _goes(session: WriteSession, begun: Moment, book: Callable[[], Book], letter: Claimed) -> bool:
    if letter.task not in ("send", "give"):
        return True
    if is_overtaken(session, letter.key):
        sending.give_up(session, letter, "overtaken", 0, "")
        return False
    if begun.now - letter.not_before < LATE:
        return True
    awake = _awake(session, begun.now, book(), letter)
    if awake > begun.now:
        sending.sleep(session, letter, awake)
    return awake <= begun.now


def is_overtaken(session: WriteSession, key: str) -> bool:
    """A reminder by a clock (the letter's key: c17.2:1023:reminded:li) that has stopped since."""
    origin, _, rest = key.partition(":")
    clock = origin.removeprefix("c").partition(".")[0]
    if origin[:1] != "c" or not clock.isdigit() or not REMINDERS & set(rest.split(":")):
        return False
    return clocks.has_stopped(session, int(clock))


def _awake(session: WriteSession, now: datetime, book: Book, letter: Claimed) -> datetime:
    """When this letter may be read. An answer is waited for, at any hour."""
    if letter.key.startswith("reply:"):
        return now
    case = _case(session, book, letter)
    urgency = case.urgency if case is not None else URGENCY[letter.priority]
    if letter.channel == "wecom":
        return opening(book.town, book.calendar, urgency, now)
    talking = case is not None and now - case.heard_at < CONVERSATION
    return now if talking else after_quiet(book.town, urgency, now)


def _case(session: WriteSession, book: Book, letter: Claimed) -> Case | None:
    if letter.case_number is None:
        return None
    return cases.find(Viewer(THE_SERVICE, book.town), session, letter.case_number)
