"""/规则: the words by which messages are understood; seen, tried, added and stopped in the chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from nlp.lexicon import Rule, shipped
from storage.town import put

Given = Mapping[str, Any]
LEAST: Final = 0.5
MOST: Final = 5.0


def rules(turn: Turn, given: Given) -> Reply:
    verb, rest = given.get("word"), given.get("text", "").strip()
    if verb is None:
        return _overview(turn)
    if verb == "试" and rest:
        return _try(turn, rest)
    if verb == "加" and rest:
        return _add(turn, rest.split())
    if verb == "停" and rest:
        return _stop(turn, rest)
    raise Sorry(say("admin.rule_usage"))


def _overview(turn: Turn) -> Reply:
    own = turn.book.entries.get("rule", {})
    lines = "\n".join(
        say(
            "admin.rule_line",
            word=value["word"],
            target=value["target"].partition(":")[2],
            weight=value["weight"],
            state="" if value.get("on", True) else say("admin.rule_off"),
        )
        for value in own.values()
    )
    text = say("admin.rules", shipped=len(shipped().rules), own=len(own), lines=lines)
    return Reply(text.rstrip())


def _try(turn: Turn, text: str) -> Reply:
    reading = turn.book.reader.read(text)
    matched = "；".join(
        say(f"word.question.{question}")
        + " "
        + "、".join(f"{word}{weight:+.1f}" for word, weight in words)
        for question, words in reading.matched.items()
        if words
    )
    return Reply(
        say(
            "admin.rule_tried",
            text=text,
            kind=say(f"word.kind.{reading.subkind or reading.kind}"),
            topic=reading.topic or reading.field or "—",
            urgency=say(f"word.urgency.{reading.urgency}"),
            confidence=f"{reading.confidence:.0%}",
            places="、".join(place.name for place in reading.places) or "—",
            matched=matched or "—",
        )
    )


def _add(turn: Turn, words: list[str]) -> Reply:
    """/规则 加 路灯 灯不亮 2: topic, word, weight."""
    if len(words) < 2:
        raise Sorry(say("admin.rule_usage"))
    topic, word = words[0], words[1]
    weight = _weight(words[2]) if len(words) > 2 else 2.0
    rule = Rule(target=topic if ":" in topic else f"topic:{topic}", word=word, weight=weight)
    wrong = shipped().check(rule)
    if wrong is not None:
        raise Sorry(say("admin.rule_wrong", why=wrong))
    value = {"target": rule.target, "word": word, "weight": weight, "on": True}
    _put(turn, word, value)
    return Reply(say("admin.rule_added", word=word, target=topic, weight=weight))


def _stop(turn: Turn, word: str) -> Reply:
    own = turn.book.entries.get("rule", {}).get(word)
    if own is None:
        raise Sorry(say("admin.rule_none", word=word))
    _put(turn, word, {**own, "on": False})
    return Reply(say("admin.rule_stopped", word=word))


def _put(turn: Turn, word: str, value: dict[str, Any]) -> None:
    put(turn.session, "rule", word, value, source="chat", by=turn.actor.label, now=turn.now)


def _weight(word: str) -> float:
    try:
        weight = float(word)
    except ValueError:
        raise Sorry(say("admin.rule_usage")) from None
    if not LEAST <= weight <= MOST:
        raise Sorry(say("admin.rule_usage"))
    return weight
