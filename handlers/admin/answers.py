"""/答案: the answers that villagers are told at once; seen, added, changed, stopped, checked, taken back
in the chat. Each change is a version above what is shipped or stands in the town file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from casework.town import Answer
from handlers import wording
from handlers.acting import Sorry
from handlers.admin.answer_versions import LISTS, TEXTS, Value, is_shipped, value_of, write
from handlers.arguments import NOTHING
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager import answering
from nlp.answers import ENOUGH, asked, may_ask
from nlp.lexicon import shipped
from nlp.reading import Reading
from storage import told_answers
from storage.town import TownEntry, history, put

Given = Mapping[str, Any]
SHOWN: Final = 3  # answers that come into question
VERSIONS: Final = 8


def answers(turn: Turn, given: Given) -> Reply:
    """/答案 · /答案 低保 · /答案 改 低保 电话 … · /答案 停 低保"""
    verb, rest = given.get("word"), given.get("text", "").strip()
    if verb is None:
        return _overview(turn)
    if verb in _CHANGES and rest:
        return _CHANGES[verb](turn, rest)
    if verb in _CHANGES:
        raise Sorry(say("admin.answer_usage"))
    return _show(turn, f"{verb} {rest}".strip())


def trial(turn: Turn, given: Given) -> Reply:
    """/答案 试 低保要什么材料: which answer, how sure, by which words."""
    text = given.get("text", "").strip()
    if not text:
        raise Sorry(say("admin.answer_usage"))
    reading = turn.book.reader.read(text)
    found = turn.book.answers.candidates(asked(reading))[:SHOWN]
    lines = "\n".join(
        say(
            "admin.answer_candidate",
            title=turn.town.answers[each.id].name,
            score=f"{each.score:.2f}",
            own=_weighted(each.own) or each.like,
            foreign=_weighted(each.foreign) or "—",
        )
        for each in found
    )
    return Reply(
        say("admin.answer_tried", text=text, verdict=_verdict(turn, reading), lines=lines).rstrip()
    )


def _verdict(turn: Turn, reading: Reading) -> str:
    """What a villager who says this is told."""
    if not may_ask(reading):
        return say(
            "admin.answer_no_question", kind=say(f"word.kind.{reading.subkind or reading.kind}")
        )
    found = turn.book.answers.best(asked(reading))
    if found is None:
        return say("admin.answer_unsure", enough=f"{ENOUGH:.2f}")
    answer = turn.town.answers[found.id]
    sentence = "answer_would" if answer.counts(turn.today) else "answer_would_but_expired"
    return say(f"admin.{sentence}", title=answer.name)


def _weighted(words: tuple[tuple[str, float], ...]) -> str:
    return "、".join(f"{word}+{weight:.1f}" for word, weight in words)


# --- looking ---------------------------------------------------------------------------------------


def _overview(turn: Turn) -> Reply:
    """All of them by what they are about, and what wants to be looked at."""
    known, today = list(turn.town.answers.values()), turn.today
    by_field: dict[str, list[str]] = {}
    for answer in known:
        field = answering.field_of(answer) or say("admin.answer_other")
        by_field.setdefault(field, []).append(answer.name + _marks(answer, today))
    lines = "\n".join(f"{field}：{'、'.join(names)}" for field, names in by_field.items())
    return Reply(
        say(
            "admin.answers",
            count=len(known),
            examples=len([each for each in known if each.example]),
            expired=len([each for each in known if each.expired(today)]),
            stopped=len([each for each in known if each.stopped]),
            lines=lines,
        )
    )


def _marks(answer: Answer, today: date) -> str:
    if answer.stopped:
        return say("admin.answer_mark_stopped")
    return say("admin.answer_mark_expired") if answer.expired(today) else ""


def _show(turn: Turn, word: str) -> Reply:
    answer = _named(turn, word)
    told, not_enough = told_answers.counts(turn.session, answer.id)
    return Reply(
        say(
            "admin.answer_shown",
            id=answer.id,
            marks=_marks(answer, turn.today),
            questions="、".join(answer.questions),
            words="、".join(answer.words),
            unless="、".join(answer.unless) or "—",
            text=answer.text,
            whole=answering.whole(turn, answer),
            who=wording.post_name(turn.town, answering.post_of(turn.town, answer)),
            told=told,
            not_enough=not_enough,
        )
    )


def _named(turn: Turn, word: str) -> Answer:
    """The answer that is meant: by id, by title, by a word of it."""
    known = turn.town.answers
    if word in known:
        return known[word]
    fit = [each for each in known.values() if word == each.name]
    fit = fit or [each for each in known.values() if word in each.name]
    fit = fit or [each for each in known.values() if word in each.words]
    if len(fit) > 1:
        names = "、".join(f"{each.name}（{each.id}）" for each in fit)
        raise Sorry(say("admin.answer_which", word=word, names=names))
    if not fit:
        raise Sorry(say("admin.answer_none", word=word))
    return fit[0]


# --- changing --------------------------------------------------------------------------------------


def _add(turn: Turn, rest: str) -> Reply:
    """加 公租房 公租房怎么申请 带身份证…: its subject, how it is asked, the answer."""
    words = rest.split(maxsplit=2)
    if len(words) < 3:
        raise Sorry(say("admin.answer_usage"))
    title, question, text = words
    if not all(re.search(r"[^\W_]", each) for each in words):
        raise Sorry(say("admin.answer_usage"))
    identity = re.sub(r"[^\w.-]", "", title)[:40]
    if identity in turn.town.answers or any(e.name == title for e in turn.town.answers.values()):
        raise Sorry(say("admin.answer_there", title=title))
    subject = _listed(title)
    value = {"title": subject[0], "questions": _listed(question), "words": subject, "text": text}
    value |= _topic_of(turn, question)
    return write(turn, identity, value, "answer_added")


def _topic_of(turn: Turn, question: str) -> Value:
    topic = turn.book.reader.read(question).topic
    return {"topic": topic} if topic else {}


def _change(turn: Turn, rest: str) -> Reply:
    """改 低保 电话 0000-8200201 · 改 低保 问法 +吃低保找哪个 · 改 低保 除外 -停"""
    words = rest.split(maxsplit=2)
    if len(words) < 3:
        raise Sorry(say("admin.answer_usage"))
    answer, key, said = _named(turn, words[0]), words[1], words[2].strip()
    if not re.search(r"[^\W_]", said):
        raise Sorry(say("admin.answer_usage"))
    value = value_of(turn, answer)
    if key in LISTS:
        name = LISTS[key]
        value[name] = _list(value.get(name, []), said)
    elif key in TEXTS:
        value[TEXTS[key]] = _text(turn, TEXTS[key], said)
    else:
        raise Sorry(say("admin.answer_keys", word=key, keys="、".join((*TEXTS, *LISTS))))
    return write(turn, answer.id, {k: v for k, v in value.items() if v}, "answer_changed")


def _list(old: list[str], said: str) -> list[str]:
    """+ adds, - takes away, anything else replaces."""
    if said in NOTHING:
        return []
    items = _listed(said.lstrip("+＋-－"))
    if said[:1] in "+＋":
        return [*old, *(item for item in items if item not in old)]
    if said[:1] in "-－":
        return [item for item in old if item not in items]
    return items


def _listed(said: str) -> list[str]:
    return [item.strip() for item in re.split(r"[、，,；;]", said) if item.strip()]


def _text(turn: Turn, name: str, said: str) -> str:
    if said in NOTHING:
        return ""
    if name == "topic" and said not in shipped().topics:
        raise Sorry(say("admin.answer_topic", word=said))
    if name == "post":
        called = {wording.post_name(turn.town, post): post.id for post in turn.town.posts.values()}
        return called.get(said, said)
    return said


def _stop(turn: Turn, rest: str) -> Reply:
    answer = _named(turn, rest)
    return write(turn, answer.id, {**value_of(turn, answer), "stopped": True}, "answer_stopped")


def _use(turn: Turn, rest: str) -> Reply:
    answer = _named(turn, rest)
    value = value_of(turn, answer)
    value.pop("stopped", None)
    return write(turn, answer.id, value, "answer_used")


def _check(turn: Turn, rest: str) -> Reply:
    """核 低保 2027-12-31: the town has looked at it; until when it is good."""
    word, _, until = rest.rpartition(" ")
    if until not in NOTHING and not re.fullmatch(r"\d{4}-\d{1,2}-\d{1,2}", until):
        word, until = rest, ""
    answer = _named(turn, word.strip())
    value = value_of(turn, answer)
    value.pop("example", None)
    if until in NOTHING:
        value.pop("valid_until", None)
    elif until:
        value["valid_until"] = _day(turn, until)
    elif answer.expired(turn.today):
        raise Sorry(say("admin.answer_until", title=answer.name))
    return write(turn, answer.id, value, "answer_checked")


def _day(turn: Turn, word: str) -> str:
    try:
        day = date(*(int(part) for part in word.split("-")))
    except ValueError:
        raise Sorry(say("admin.answer_day", word=word)) from None
    if day < turn.today:
        raise Sorry(say("admin.answer_day", word=word))
    return day.isoformat()


def _take_back(turn: Turn, rest: str) -> Reply:
    """The version before the last one counts again; what was new goes, what is shipped comes back."""
    identity = _identity(turn, rest)
    versions = history(turn.session, "answer", identity)
    if not versions or versions[-1].source != "chat":
        raise Sorry(say("admin.answer_unchanged", word=rest))
    before = versions[-2].value if len(versions) > 1 else None
    if before is None:
        put(
            turn.session, "answer", identity, None, source="chat", by=turn.actor.label, now=turn.now
        )
        sentence = "answer_as_shipped" if is_shipped(turn, identity) else "answer_gone"
        return Reply(say(f"admin.{sentence}", word=rest))
    return write(turn, identity, dict(before), "answer_taken_back")


def _history(turn: Turn, rest: str) -> Reply:
    identity = _identity(turn, rest)
    versions = history(turn.session, "answer", identity)
    if not versions:
        raise Sorry(say("admin.answer_unchanged", word=rest))
    lines = "\n".join(_version(turn, each) for each in versions[-VERSIONS:])
    return Reply(say("admin.answer_versions", word=rest, lines=lines))


def _version(turn: Turn, entry: TownEntry) -> str:
    value = entry.value
    return say(
        "admin.answer_version",
        version=value.get("version", 1) if value else "—",
        at=wording.when(entry.changed_at, turn.now),
        who=_who(turn, entry.changed_by),
        text=wording.short(value["text"], 40) if value else say("admin.rule_absent"),
    )


def _who(turn: Turn, label: str) -> str:
    staff = turn.town.staff.get(label.partition(":")[2])
    return staff.name if staff is not None else say("admin.answer_file")


def _identity(turn: Turn, word: str) -> str:
    """Of an answer that is there, or was: then by its id."""
    if history(turn.session, "answer", word):
        return word
    return _named(turn, word).id


_CHANGES: Final[Mapping[str, Callable[[Turn, str], Reply]]] = {
    "看": _show,
    "加": _add,
    "改": _change,
    "停": _stop,
    "用": _use,
    "核": _check,
    "退回": _take_back,
    "历史": _history,
}
