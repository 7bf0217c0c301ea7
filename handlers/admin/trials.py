"""/规则 试: how a sentence is read, or what a change of a word would change before it is made.

Asked on a read session: the last thousand letters are read anew. Sealed reports are not among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.case import Case
from handlers.acting import Sorry
from handlers.admin.rules import added, changed, own_rule, stopped
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from nlp.normal import normalise
from nlp.reading import Reading
from storage import cases
from storage.book import reader_of

LETTERS: Final = 1000
SHOWN: Final = 8

Value = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Moved:
    """A letter that would be read otherwise."""

    case: Case
    before: Reading
    after: Reading


def trial(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """/规则 试 村口灯不亮 · /规则 试 加 路灯 灯不亮 2 · /规则 试 停 灯不亮"""
    text = given.get("text", "").strip()
    if not text:
        raise Sorry(say("admin.rule_usage"))
    verb, *words = text.split()
    if verb in ("加", "改") and len(words) >= 2:
        return _changing(
            turn, words[0 if verb == "改" else 1], (added if verb == "加" else changed)(turn, words)
        )
    if verb == "停" and len(words) == 1:
        return _changing(turn, words[0], stopped(own_rule(turn, words[0])))
    return reading_of(turn, text)


def reading_of(turn: Turn, text: str) -> Reply:
    """How a sentence is read, and by which words."""
    reading = turn.book.reader.read(text)
    return Reply(say("admin.rule_tried", text=text, **explained(reading)))


def explained(reading: Reading) -> Mapping[str, str]:
    """A reading in words that a person can check."""
    return {
        "kind": say(f"word.kind.{reading.subkind or reading.kind}"),
        "topic": reading.topic or reading.field or "—",
        "urgency": say(f"word.urgency.{reading.urgency}"),
        "confidence": f"{reading.confidence:.0%}",
        "places": "、".join(place.name for place in reading.places) or "—",
        "matched": weighted(reading.matched),
    }


def weighted(matched: Mapping[str, Any]) -> str:
    """领域 路灯+4.0、灯+2.0；类型 坏了+2.0"""
    found = "；".join(
        say(f"word.question.{question}")
        + " "
        + "、".join(f"{word}{weight:+.1f}" for word, weight in words)
        for question, words in matched.items()
        if words
    )
    return found or "—"


def _changing(turn: Turn, word: str, value: Value) -> Reply:
    """Only letters in which the word stands can be read otherwise."""
    letters = cases.last_letters(turn.viewer, turn.session, LETTERS)
    having = [case for case in letters if normalise(word) in normalise(case.text)]
    moved = _moved(turn, having, word, value) if having else []
    return Reply(
        say(
            "admin.rule_effect",
            word=word,
            letters=len(letters),
            having=len(having),
            moved=len(moved),
            lines="\n".join(_line(each) for each in moved[:SHOWN]),
        ).rstrip()
    )


def _moved(turn: Turn, letters: list[Case], word: str, value: Value) -> list[Moved]:
    own = {key: dict(rule) for key, rule in turn.book.entries.get("rule", {}).items()}
    own[word] = value
    before, after = turn.book.reader, reader_of(turn.town, {"rule": own})
    read = [
        Moved(case, before.read(case.text, case.unit), after.read(case.text, case.unit))
        for case in letters
    ]
    return [each for each in read if _answer(each.before) != _answer(each.after)]


def _answer(reading: Reading) -> tuple[str, ...]:
    return (reading.kind, reading.subkind, reading.field, reading.topic, reading.urgency)


def _line(moved: Moved) -> str:
    words = [
        "·".join(
            filter(
                None,
                (
                    say(f"word.kind.{each.subkind or each.kind}"),
                    each.topic or each.field,
                    say(f"word.urgency.{each.urgency}"),
                ),
            )
        )
        for each in (moved.before, moved.after)
    ]
    return say("admin.rule_moved", number=moved.case.number, before=words[0], after=words[1])
