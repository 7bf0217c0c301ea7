"""A question that the town can answer at once: short first, more on request, a way to a person at the
end. What was told is remembered, so that 材料, 详细 and 没解决 know what they are about."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from casework.routing import Assignment, knowing
from casework.town import Answer, Town
from handlers import wording
from handlers.acting import NotThat
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Occasion, Turn
from nlp.lexicon import shipped
from storage import told_answers
from storage.told_answers import ToldAnswer

REMEMBERED: Final = timedelta(hours=24)
FEW_PAPERS: Final = 90  # characters of papers that are read at once; more of them on request
FIELDS: Final = ("basis", "scope", "body", "how", "term", "conduct")


def tell(turn: Turn, answer: Answer) -> Reply:
    """The answer, and that it was told."""
    if turn.message is not None:
        told_answers.keep(
            turn.session, turn.person.id, turn.message, answer.id, answer.version, turn.now
        )
    return Reply(short(turn, answer))


def papers(turn: Turn, _: object) -> Reply:
    """材料: all that has to be brought, of the answer told last."""
    answer = _told(turn)
    return Reply(list_of_papers(answer)) if answer.papers else Reply(short(turn, answer))


def details(turn: Turn, _: object) -> Reply:
    """详细: the six fields, of the answer told last."""
    return Reply(whole(turn, _told(turn)))


def asked_more(turn: Turn, _: object) -> Reply:
    """那去哪里办: all that we know, of the answer told just before."""
    told = spoken_of(turn)
    answer = turn.town.answers.get(told.answer) if told is not None else None
    if answer is None:
        raise NotThat
    return Reply(whole(turn, answer))


def of_ones_own(turn: Turn, answer: Answer) -> Reply:
    """她今年82, after an answer: for whom it is, and who can say whether that is so."""
    who = wording.responsible(turn.town, post_of(turn.town, answer), turn.now)
    scope = say("villager.answer_scope", value=answer.scope) + "\n" if answer.scope else ""
    return Reply(say("villager.of_the_answer", title=answer.name, scope=scope, responsible=who))


def spoken_of(turn: Turn) -> ToldAnswer | None:
    """The answer told last, if nothing of the villager's own has begun or ended since."""
    told = last_told(turn)
    if told is None:
        return None
    since = [max(case.opened_at, case.answered_at or case.opened_at) for case in turn.recent]
    return told if all(at < told.at for at in since) else None


def last_told(turn: Turn) -> ToldAnswer | None:
    return told_answers.last(turn.session, turn.person.id, turn.now - REMEMBERED)


def _told(turn: Turn) -> Answer:
    told = last_told(turn)
    answer = turn.town.answers.get(told.answer) if told is not None else None
    if answer is None:
        raise NotThat  # 材料…: words like all others
    return answer


# --- how an answer reads --------------------------------------------------------------------------


def short(occasion: Occasion, answer: Answer) -> str:
    """What is read first: plain words, papers, where and when, who can be asked."""
    who = wording.responsible(occasion.town, post_of(occasion.town, answer), occasion.now)
    return say(
        "villager.answer",
        text=answer.text.strip(),
        papers=_papers(answer),
        where=_where(occasion.town, answer),
        example=say("villager.answer_example") if answer.example else "",
        more=say("villager.answer_more") if any(getattr(answer, each) for each in FIELDS) else "",
        responsible=who,
    )


def _papers(answer: Answer) -> str:
    if not answer.papers:
        return ""
    listed = "、".join(answer.papers)
    if len(listed) > FEW_PAPERS:
        return say("villager.answer_papers_many", count=len(answer.papers))
    return say("villager.answer_papers", papers=listed)


def _where(town: Town, answer: Answer) -> str:
    """地点 · 时间 · 电话, as far as they are known; the phone is the department's if no other is."""
    unit = town.units.get(town.posts[post_of(town, answer)].unit)
    phone = answer.phone or (unit.phone if unit is not None else "")
    known = {"place": answer.place, "hours": answer.hours, "phone": phone}
    parts = [say(f"villager.answer_{key}", value=value) for key, value in known.items() if value]
    return "\n" + "；".join(parts) if parts else ""


def list_of_papers(answer: Answer) -> str:
    lines = "\n".join(f"{number}. {paper}" for number, paper in enumerate(answer.papers, 1))
    return say("villager.papers", title=answer.name, lines=lines)


def whole(occasion: Occasion, answer: Answer) -> str:
    """All that the answer says: the six fields of it, papers, where and when, how old it is."""
    fields = [
        say(f"villager.answer_{name}", value=value)
        for name in FIELDS
        if (value := getattr(answer, name))
    ]
    until = answer.valid_until
    return say(
        "villager.answer_whole",
        title=answer.name,
        fields="\n".join(fields),
        papers=say("villager.answer_papers", papers="、".join(answer.papers))
        if answer.papers
        else "",
        where=_where(occasion.town, answer),
        version=answer.version,
        until=say("villager.answer_until", day=until.isoformat()) if until is not None else "",
        example=say("villager.answer_example") if answer.example else "",
    )


def post_of(town: Town, answer: Answer) -> str:
    """The post that knows more."""
    return knows(town, answer).post


def knows(town: Town, answer: Answer) -> Assignment:
    """Where a question goes to which this answer was not enough."""
    return knowing(town, answer.topic, field_of(answer), answer.post)


def field_of(answer: Answer) -> str:
    """The field of its topic; "" for one of no topic."""
    topic = shipped().topics.get(answer.topic)
    return topic.field if topic is not None else ""
