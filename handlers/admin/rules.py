"""/规则: the words by which messages are understood; seen, added, changed, stopped, taken back in
the chat. Each change is a version; the shipped words stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from nlp.lexicon import Rule, shipped
from storage.town import history, put

Given = Mapping[str, Any]
Value = dict[str, Any]
LEAST: Final = 0.5
MOST: Final = 5.0
DEFAULT: Final = 2.0
_LETTER: Final = re.compile(r"[^\W\d_]")  # of any script; digits and marks alone say nothing


def rules(turn: Turn, given: Given) -> Reply:
    """/规则 · /规则 加 路灯 灯不亮 2 · /规则 改 灯不亮 3 · /规则 停 灯不亮 · /规则 退回 灯不亮"""
    verb, rest = given.get("word"), given.get("text", "").strip()
    if verb is None:
        return _overview(turn)
    if verb in _CHANGES and rest:
        return _CHANGES[verb](turn, rest.split())
    raise Sorry(say("admin.rule_usage"))


def _overview(turn: Turn) -> Reply:
    own = turn.book.entries.get("rule", {})
    lines = "\n".join(_line(value) for value in own.values())
    text = say("admin.rules", shipped=len(shipped().rules), own=len(own), lines=lines)
    return Reply(text.rstrip())


def _line(value: Value | Mapping[str, Any]) -> str:
    return say(
        "admin.rule_line",
        word=value["word"],
        target=value["target"].partition(":")[2],
        weight=value["weight"],
        state="" if value.get("on", True) else say("admin.rule_off"),
    )


def _add(turn: Turn, words: list[str]) -> Reply:
    value = added(turn, words)
    _put(turn, words[1], value)
    return Reply(say("admin.rule_added", word=words[1], target=words[0], weight=value["weight"]))


def _change(turn: Turn, words: list[str]) -> Reply:
    value = changed(turn, words)
    _put(turn, words[0], value)
    return Reply(say("admin.rule_changed", line=_line(value)))


def _stop(turn: Turn, words: list[str]) -> Reply:
    _one_word(words)
    _put(turn, words[0], stopped(own_rule(turn, words[0])))
    return Reply(say("admin.rule_stopped", word=words[0]))


def _take_back(turn: Turn, words: list[str]) -> Reply:
    """The version before the last one counts again; a word that was new goes."""
    _one_word(words)
    word = words[0]
    versions = history(turn.session, "rule", word)
    if not versions or versions[-1].value is None:
        raise Sorry(say("admin.rule_none", word=word))
    before = versions[-2].value if len(versions) > 1 else None
    _put(turn, word, before)
    if before is None:
        return Reply(say("admin.rule_gone", word=word))
    return Reply(say("admin.rule_taken_back", line=_line(before)))


def _history(turn: Turn, words: list[str]) -> Reply:
    versions = history(turn.session, "rule", words[0])
    if not versions:
        raise Sorry(say("admin.rule_none", word=words[0]))
    lines = "\n".join(
        say(
            "admin.rule_version",
            version=each.version,
            line=_line(each.value) if each.value else say("admin.rule_absent"),
        )
        for each in versions[-8:]
    )
    return Reply(say("admin.rule_versions", word=words[0], lines=lines))


_CHANGES: Final = {
    "加": _add,
    "改": _change,
    "停": _stop,
    "退回": _take_back,
    "历史": _history,
}


# --- what a rule becomes, said or only tried ------------------------------------------------------


def added(turn: Turn, words: list[str]) -> Value:
    """路灯 灯不亮 2: topic, word, weight."""
    if not 2 <= len(words) <= 3:
        raise Sorry(say("admin.rule_usage"))
    topic, word = words[0], words[1]
    if not _LETTER.search(word):
        raise Sorry(say("admin.rule_no_word", word=word))
    weight = _weight(words[2]) if len(words) > 2 else DEFAULT
    rule = Rule(target=topic if ":" in topic else f"topic:{topic}", word=word, weight=weight)
    wrong = shipped().check(rule)
    if wrong is not None:
        raise Sorry(say("admin.rule_wrong", why=wrong))
    return {"target": rule.target, "word": word, "weight": weight, "on": True}


def changed(turn: Turn, words: list[str]) -> Value:
    """灯不亮 3: another weight, and in use again if it was stopped."""
    if len(words) != 2:
        raise Sorry(say("admin.rule_usage"))
    return {**own_rule(turn, words[0]), "weight": _weight(words[1]), "on": True}


def stopped(value: Value) -> Value:
    return {**value, "on": False}


def own_rule(turn: Turn, word: str) -> Value:
    """The town's own rule for a word."""
    own = turn.book.entries.get("rule", {}).get(word)
    if own is None:
        raise Sorry(say("admin.rule_none", word=word))
    return dict(own)


def _one_word(words: list[str]) -> None:
    if len(words) != 1:
        raise Sorry(say("admin.rule_usage"))


def _put(turn: Turn, word: str, value: Value | None) -> None:
    put(turn.session, "rule", word, value, source="chat", by=turn.actor.label, now=turn.now)


def _weight(word: str) -> float:
    try:
        weight = float(word)
    except ValueError:
        raise Sorry(say("admin.rule_usage")) from None
    if not LEAST <= weight <= MOST:
        raise Sorry(say("admin.rule_usage"))
    return weight
