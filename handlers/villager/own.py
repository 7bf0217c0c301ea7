"""A villager's own cases as a page shows them: what they may read on their phone, and no more.

Reports about a person are on no page: they are followed by number and query word, in words.
"""

from __future__ import annotations

from dataclasses import dataclass

from casework.case import BEFORE_ANSWER, OPEN, Case
from casework.rights import Actor
from handlers import cards, telling, wording
from handlers.turn import Occasion
from storage import cases, media, people
from storage.book import Book
from storage.database import Moment
from storage.session import ReadSession


@dataclass(frozen=True, slots=True)
class Step:
    at: str
    who: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CaseView:
    number: int
    matter: str
    state: str
    open: bool
    responsible: str
    promised: str
    text: str = ""
    steps: tuple[Step, ...] = ()
    pictures: tuple[int, ...] = ()


def occasion(session: ReadSession, begun: Moment, book: Book, openid: str) -> Occasion | None:
    """The villager with this openid, who looks. None: nobody who has ever written to us."""
    villager = people.by_openid(session, openid)
    if villager is None:
        return None
    return Occasion(
        actor=Actor(f"villager:{villager}", villager=villager),
        now=begun.now,
        wall=begun.wall,
        book=book,
        session=session,  # type: ignore[arg-type]  # nothing is written
        origin="page",
    )


def all_of(at: Occasion) -> list[CaseView]:
    """The last cases, what is open first."""
    found = [case for case in cases.recent(at.viewer, at.session) if not case.protected]
    return sorted((_view(at, case) for case in found), key=lambda view: not view.open)


def one_of(at: Occasion, number: int) -> CaseView | None:
    """One case with what was said and done for the villager. Unknown, foreign and protected ones
    are alike."""
    case = cases.find(at.viewer, at.session, number)
    if case is None or case.protected:
        return None
    history = cases.events_of(case, at.session)
    own = case.villager == at.actor.villager
    pictures = [
        row.id or 0
        for row in media.of_case(at.viewer, at.session, number)
        if row.kind == "image" and (own or media.sender(at.session, row).startswith("wecom:"))
    ]
    steps = [
        Step(
            wording.when(event.at, at.now),
            cards.actor_name(at, event.actor),
            cards.event_title(event.kind),
            event.text,
        )
        for event in history
        if event.kind in cards.TOLD
    ]
    return _view(at, case, case.text if own else "", tuple(steps), tuple(pictures))


def picture(at: Occasion, number: int) -> str | None:
    """Where the small picture of a medium is, if it stands on a page of this villager's."""
    row = media.find(at.viewer, at.session, number)
    if row is None or row.kind != "image" or row.case_number is None:
        return None
    shown = one_of(at, row.case_number)
    return row.thumbnail if shown is not None and number in shown.pictures else None


def _view(
    at: Occasion,
    case: Case,
    text: str = "",
    steps: tuple[Step, ...] = (),
    pictures: tuple[int, ...] = (),
) -> CaseView:
    words = telling.case_words(case, at)
    waits = case.state in BEFORE_ANSWER and case.promised_at is not None
    return CaseView(
        number=case.number,
        matter=words["matter"],
        state=wording.state_of(case),
        open=case.state in OPEN,
        responsible=words["responsible"],
        promised=f"{words['promised']}{words['to_you']}" if waits else "",
        text=text,
        steps=steps,
        pictures=pictures,
    )
