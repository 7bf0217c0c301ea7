"""为什么 1023: why a case was read as it was, and why it came to whom it came. 更正: what was read
wrongly is put right, which is a label for `xiaoge learn`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from casework.case import Case
from casework.routing import responsible
from handlers import telling
from handlers.acting import Sorry, perform
from handlers.admin.trials import weighted
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import looked_at, meant
from handlers.turn import Turn
from nlp.lexicon import FIELDS, shipped
from storage import cases

Given = Mapping[str, Any]
# what a case can be said to be; a report about a person is none of them: it is filed apart
KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "grievance": ("grievance", ""),
    "consultation": ("consultation", ""),
    "suggestion": ("suggestion", ""),
    "hazard": ("report", "hazard"),
}


def why(turn: Turn, given: Given) -> Reply:
    """A sealed report is explained to nobody but who leads it."""
    case = meant(turn, given)
    looked_at(turn, case)
    words = telling.case_words(case, turn)
    text = say("admin.why", **words, matched=_matched(turn, case), route=_route(turn, case))
    corrected = [e for e in cases.events_of(case, turn.session) if e.kind == "correct"]
    return Reply(text + "".join(say("admin.why_corrected", text=e.text) for e in corrected[-1:]))


def _matched(turn: Turn, case: Case) -> str:
    """The words as they counted when the case was opened; of what keeps none, read anew."""
    opened = next((e for e in cases.events_of(case, turn.session) if e.kind == "open"), None)
    found = opened.data.get("matched") if opened is not None else None
    return weighted(found or turn.book.reader.read(case.text, case.unit).matched)


def _route(turn: Turn, case: Case) -> str:
    """By which rule the first post was found (`casework.routing.assign`)."""
    if case.protected:
        return say("admin.route.sealed")
    department = responsible(turn.town, case.topic, case.field)
    about = case.topic or case.field
    if department is not None and {case.topic, case.field} & set(department.direct):
        return say("admin.route.direct", topic=about, department=department.name)
    if case.unit is not None:
        return say("admin.route.place", place=turn.town.full_name(case.unit))
    if department is not None:
        return say("admin.route.department", topic=about, department=department.name)
    return say("admin.route.intake")


def correct(turn: Turn, given: Given) -> Reply:
    """更正 1023 路灯 · 更正 1023 咨询: the topic, the field or the kind as a person knows it."""
    word = given["text"].strip().removeprefix("主题").removeprefix("类型").strip(" ：:为是")
    case = meant(turn, given, "correct")
    columns = _columns(word)
    before = {name: getattr(case, name) for name in columns}
    if before == columns:
        raise Sorry(say("admin.correct_same", number=case.number, word=word))
    case = perform(turn, "correct", case, text=word, learned=columns)
    return Reply(say("admin.corrected", **telling.case_words(case, turn)))


def _columns(word: str) -> dict[str, str]:
    """What of the case is put right by a word."""
    for name, (kind, subkind) in KINDS.items():
        said = say(f"word.kind.{name}")
        if word in (said, said.removesuffix(say("word.kind.report"))):  # 隐患报告, 隐患
            return {"kind": kind, "subkind": subkind}
    topic = shipped().topics.get(word)
    if topic is not None:
        return {"topic": topic.name, "field": topic.field, "ledger": topic.ledger}
    if word in FIELDS:
        return {"topic": "", "field": word}
    raise Sorry(say("admin.correct_unknown", word=word))
