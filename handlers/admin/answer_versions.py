"""What `/答案` writes: versions of an answer above what is shipped or stands in the town file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from casework.answers import examples
from casework.town import Answer
from casework.townfile import problems
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from nlp.answers import AnswerBase
from storage.town import history, put

Value = dict[str, Any]
SHOWN: Final = 3  # questions that are answered otherwise now

# what each key is called: the words that an admin says
TEXTS: Final = {
    "标题": "title", "答": "text", "地点": "place", "时间": "hours", "电话": "phone", "依据": "basis",
    "范围": "scope", "主体": "body", "方式": "how", "时限": "term", "纪律": "conduct", "主题": "topic",
    "岗位": "post", "有效期": "valid_until",
}  # fmt: skip
LISTS: Final = {
    "问法": "questions", "词": "words", "同时有": "needs", "除外": "unless", "材料": "papers",
}  # fmt: skip


def is_shipped(turn: Turn, identity: str) -> bool:
    """True for an example that this town takes."""
    town = next(iter(turn.book.entries["town"].values()))
    return bool(town.get("examples")) and identity in examples()


def value_of(turn: Turn, answer: Answer) -> Value:
    """The answer as an entry: the town's own, or else what is shipped."""
    own = turn.book.entries.get("answer", {}).get(answer.id)
    return dict(own if own is not None else examples()[answer.id])


def write(turn: Turn, identity: str, value: Value, sentence: str) -> Reply:
    """A new version of an answer, checked as the town file is. Says what it takes from others."""
    value = {**value, "version": _last_version(turn, identity) + 1}
    own = {**turn.book.entries.get("answer", {}), identity: value}
    entries: Any = {**turn.book.entries, "answer": own}
    wrong = [each for each in problems(entries) if (each.table, each.id) == ("answer", identity)]
    if wrong:
        why = "\n".join(f"{_called(each.key)}{each.text}" for each in wrong)
        raise Sorry(say("admin.answer_wrong", why=why))
    put(turn.session, "answer", identity, value, source="chat", by=turn.actor.label, now=turn.now)
    title = value.get("title") or value["questions"][0]
    said = say(f"admin.{sentence}", title=title, version=value["version"])
    return Reply(said + _taken(turn, identity, value))


def _last_version(turn: Turn, identity: str) -> int:
    """A number that was given stands for one content for ever, also after it was taken back."""
    values = [each.value for each in history(turn.session, "answer", identity) if each.value]
    if is_shipped(turn, identity):
        values.append(examples()[identity])
    return max((value.get("version", 1) for value in values), default=0)


def _called(key: str) -> str:
    names = {name: word for word, name in (*TEXTS.items(), *LISTS.items())}
    return f"{names[key]}：" if key in names else ""


def _taken(turn: Turn, identity: str, value: Value) -> str:
    """Known questions that would be answered otherwise now."""
    before = turn.town.answers.get(identity) or Answer(identity, (), (), "")
    changed: Value = {key: tuple(value.get(key, ())) for key in LISTS.values()}
    changed |= {key: value.get(key, "") for key in ("text", "title")}
    after = replace(before, **changed, stopped=value.get("stopped", False))
    known = [each for each in {**turn.town.answers, identity: after}.values() if not each.stopped]
    base, alone = AnswerBase(known), AnswerBase([after])
    lost = [
        question
        for each in known
        for question in each.questions
        if each.id == identity or alone.candidates(question)  # nobody else's can have moved
        if (found := base.best(question)) is None or found.id != each.id
    ]
    return say("admin.answer_lost", questions="、".join(lost[:SHOWN])) if lost else ""
