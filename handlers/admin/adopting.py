"""/答案 收 1023: a question that was answered becomes an answer for all. What was personal is not copied:
an admin reads the draft, and says 确认 or says it better."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from casework.case import Case
from casework.townfile.schema import LONGEST_TITLE
from handlers.acting import Confirm, Sorry, allowed, perform
from handlers.admin.answer_versions import Value, write
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import meant
from handlers.turn import Turn
from nlp.answers import asked, subject_of, what_is_asked
from storage import cases, contact, people

ANSWERS: Final = ("reply", "conclude")
_CLAUSE: Final = re.compile(r"[^，。！？；：\n,!?;]+[，。！？；：\n,!?;]?")
_PERSONAL: Final = re.compile(
    r"\d[\d\-xX ]{5,}"  # telephone numbers, papers, accounts
    r"|[\u4e00-\u9fff]{1,3}(?:大娘|大爷|大妈|大伯|大姐|大哥|阿姨|叔叔|婶|先生|女士|师傅|老师|同志|老人家)"
    r"|您家|你家|我家|您的?(?:母亲|父亲|丈夫|妻子|孩子|儿子|女儿)|编号|上门|昨天|今天|明天|刚才"
)
_GREETING: Final = re.compile(r"^(?:您好|你好|谢谢|感谢)")


def adopt(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """收 1023 · 收 1023 公租房怎么申请＝带身份证到村镇建设办申请"""
    case = meant(turn, given, "adopt")
    allowed(turn, "adopt", case, text="…")
    value = _draft(turn, case, given.get("text", "").strip())
    if not given.get("confirmed"):
        raise Confirm(
            say(
                "admin.adopt_draft",
                number=case.number,
                question=value["questions"][0],
                words="、".join(value["words"]),
                text=value["text"],
            )
        )
    perform(turn, "adopt", case, text=value["title"])
    return write(turn, f"c{case.number}", value, "answer_added")


def _draft(turn: Turn, case: Case, said: str) -> Value:
    """As the admin says it, and what is not said as it was asked and answered."""
    question, text = (part.strip() for part in (*re.split(r"[＝=\n]", said, maxsplit=1), "")[:2])
    names = _names(turn, case)
    question = question or _question(turn, case, names)
    text = text or _text(turn, case, names)
    words = subject_of(question)
    if not (question and text and words):
        raise Sorry(say("admin.adopt_rewrite", number=case.number))
    value: Value = {
        "title": words[0][:LONGEST_TITLE],
        "questions": [question.rstrip("？?。")],
        "words": list(words),
        "text": text,
    }
    return value | ({"topic": case.topic} if case.topic else {})


def _question(turn: Turn, case: Case, names: list[str]) -> str:
    """The clauses that ask, without where and who."""
    reading = turn.book.reader.read(case.text, case.unit)
    clauses = what_is_asked(asked(reading))
    return "，".join(clause for clause in clauses if not _is_personal(clause, names))


def _text(turn: Turn, case: Case, names: list[str]) -> str:
    """The last answer, without greetings and what was said to this one person."""
    told = [e.text for e in cases.events_of(case, turn.session) if e.kind in ANSWERS and e.text]
    clauses = _CLAUSE.findall(told[-1]) if told else []
    kept = [c for c in clauses if not _GREETING.match(c) and not _is_personal(c, names)]
    return "".join(kept).strip()


def _is_personal(clause: str, names: list[str]) -> bool:
    return bool(_PERSONAL.search(clause)) or any(name in clause for name in names)


def _names(turn: Turn, case: Case) -> list[str]:
    villager = people.find(turn.session, case.villager) if case.villager is not None else None
    told_by = contact.of(turn.session, case.number)
    return [who.name for who in (villager, told_by) if who is not None and who.name]
