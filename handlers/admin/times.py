"""/时限: the clocks of the work method in use, another method, another number; or those of one case,
with how they were computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, get_args

from casework.case import OPEN
from casework.duration import Duration
from casework.methods import ANY, ClockRule, Method, MethodError, load, shipped
from casework.methods.compare import differences
from casework.methods.edit import with_due
from casework.methods.method import ClockName
from handlers import cards, wording
from handlers.acting import Confirm, Sorry
from handlers.admin.town import change
from handlers.copy import say
from handlers.message import Reply
from handlers.staff.work import meant
from handlers.turn import Turn
from storage import cases
from storage.methods import keep, keep_shipped, versions

Given = Mapping[str, Any]
SHOWN: Final = (
    ("grievance", "ordinary", "village"),
    ("grievance", "ordinary", "township"),
    ("grievance", "urgent", "village"),
    ("grievance", "emergency", "village"),
    ("consultation", "ordinary", "township"),
)
LINES: Final = 16
LONGEST: Final = timedelta(days=366)
_KINDS: Final = ("grievance", "consultation", "report", "suggestion", "other")


def times(turn: Turn, given: Given) -> Reply:
    if given.get("number") is not None:
        return _of_case(turn, given)
    word, text = given.get("word"), given.get("text", "")
    if word is None:
        return _overview(turn, _own(turn))
    if word == "历史":
        return _history(turn)
    if word == "工作法":
        return _all(turn)
    if word == "恢复" and not text:
        return _restore(turn, given["confirmed"])
    if word == "用" and text:
        return _use(turn, chosen(turn, text), given["confirmed"])
    if word == "改" and text:
        return _change(turn, text, given["confirmed"])
    raise Sorry(say("admin.times_usage"))


def _own(turn: Turn) -> Method:
    return turn.book.methods[turn.town.method]


def _overview(turn: Turn, method: Method) -> Reply:
    lines = []
    for kind, urgency, level in SHOWN:
        due = {rule.name: str(rule.due) for rule in method.rules(kind, "", urgency, level)}
        what = "·".join(
            (say(f"word.level.{level}"), say(f"word.kind.{kind}"), say(f"word.urgency.{urgency}"))
        )
        lines.append(say("admin.times_line", what=what, **due))
    return Reply(say("admin.times", name=method.name, origin=method.origin, lines="\n".join(lines)))


def _all(turn: Turn) -> Reply:
    lines = "\n".join(
        say(
            "admin.method_line",
            name=method.name,
            origin=method.origin,
            id=method.id,
            mine=say("admin.method_mine") if method.id == turn.town.method else "",
        )
        for method in turn.book.methods.values()
    )
    return Reply(say("admin.methods", count=len(turn.book.methods), lines=lines))


def _history(turn: Turn) -> Reply:
    """Which versions of the method counted, whose they are; a case names the one it was opened under."""
    found = versions(turn.session, turn.town.method)
    lines = "\n".join(
        say(
            "admin.method_version",
            version=version.method.version,
            at=wording.when(version.at, turn.now),
            who=cards.actor_name(turn, version.by),
            what=say("admin.method_own" if version.own else "admin.method_shipped"),
        )
        for version in reversed(found[-LINES:])
    )
    return Reply(say("admin.method_history", name=_own(turn).name, lines=lines))


def _use(turn: Turn, method: Method, confirmed: bool) -> Reply:
    """/时限 用 接诉即办: new cases from now on; those that are under way keep what they began with. It
    is shown first."""
    before = _own(turn)
    if method.id == before.id:
        raise Sorry(say("admin.method_same", name=method.name))
    keep_shipped(turn.session, method.id, by=turn.actor.label, now=turn.now)
    row = {**turn.book.entries["town"][turn.town.id], "method": method.id}
    change(turn, {("town", turn.town.id): row})
    if not confirmed:
        raise _sure(turn, "admin.method_sure", before, method)
    return Reply(_difference("admin.method_used", before, method))


def _change(turn: Turn, text: str, confirmed: bool) -> Reply:
    """/时限 改 村 办结 7天: the town's own version of the method, with another number. It is shown
    first."""
    before, after = _own(turn), changed(turn, text)
    if not differences(before, after):
        raise Sorry(say("admin.method_no_change"))
    if not confirmed:
        raise _sure(turn, "admin.method_change_sure", before, after)
    keep(turn.session, after, own=True, by=turn.actor.label, now=turn.now)
    return Reply(_difference("admin.method_changed", before, after))


def _restore(turn: Turn, confirmed: bool) -> Reply:
    """/时限 恢复: the method as it is shipped. It is shown first."""
    before = _own(turn)
    original = shipped().get(before.id)
    if original is None or original.digest == before.digest:
        raise Sorry(say("admin.method_original", name=before.name))
    if not confirmed:
        raise _sure(turn, "admin.method_restore_sure", before, original)
    keep(turn.session, original, own=False, by=turn.actor.label, now=turn.now)
    return Reply(_difference("admin.method_restored", before, original))


def _sure(turn: Turn, sentence: str, before: Method, after: Method) -> Confirm:
    """What will be different, and how many cases keep what they began with."""
    states = cases.count(turn.viewer, turn.session)
    under_way = sum(states.get(state, 0) for state in OPEN)
    return Confirm(_difference(sentence, before, after, former=before.name, count=under_way))


def _difference(sentence: str, before: Method, after: Method, **more: Any) -> str:
    lines = wording.listed(differences(before, after), LINES, str)
    return say(sentence, name=after.name, version=after.version, lines=lines, **more)


def chosen(turn: Turn, word: str) -> Method:
    """The method that is called so: by id, name, or a part of its name or place."""
    every = turn.book.methods.values()
    for found in (
        [method for method in every if word in (method.id, method.name)],
        [method for method in every if word in method.name or word in method.origin],
    ):
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            names = "、".join(method.name for method in found)
            raise Sorry(say("admin.method_which", word=word, names=names))
    raise Sorry(say("admin.method_unknown", word=word))


def changed(turn: Turn, text: str) -> Method:
    """The town's method with the time that `text` says: 村 办结 7天 · 咨询 答复 2个工作日."""
    method, words = _own(turn), text.split()
    try:
        due = Duration.parse(words[-1])
    except ValueError as error:
        raise Sorry(str(error)) from error
    if due.length > LONGEST:
        raise Sorry(say("admin.times_too_long"))
    rule = _rule(turn, method, words[:-1])
    day = turn.today.isoformat()
    why = say("admin.method_why", who=turn.staff.name, day=day, was=rule.due)
    try:
        return load(with_due(method, rule, due, why), method.name)
    except MethodError as error:
        raise Sorry(say("admin.method_wrong", why=error.problems[0])) from error


def _rule(turn: Turn, method: Method, words: list[str]) -> ClockRule:
    """The rule that holds for the cases that these words name."""
    meanings = {say(f"word.clock.{name}"): ("clock", name) for name in get_args(ClockName)}
    meanings |= {say(f"word.kind.{kind}"): ("kind", kind) for kind in _KINDS}
    meanings |= {
        say(f"word.urgency.{u}"): ("urgency", u) for u in ("ordinary", "urgent", "emergency")
    }
    covered = [level for rung in method.levels for level in rung.covers]
    meanings |= {method.rung(level): ("level", level) for level in covered}
    meanings |= {say(f"word.level.{level}"): ("level", level) for level in covered}
    meanings |= {"镇": ("level", "township")}
    meanings |= {track.name: ("track", track.id) for track in method.tracks}
    meanings |= {rule.topic: ("topic", rule.topic) for rule in method.clocks if rule.topic != ANY}
    meant: dict[str, Any] = {
        "kind": "grievance",
        "topic": "",
        "urgency": "ordinary",
        "level": "village",
        "track": "",
    }
    said: set[str] = set()
    for word in words:
        if word not in meanings:
            raise Sorry(say("admin.method_word", word=word))
        key, value = meanings[word]
        if key in said:
            raise Sorry(say("admin.method_word_twice", word=word))
        said.add(key)
        meant[key] = value
    clock = meant.pop("clock", "")
    for rule in method.rules(**meant):
        if rule.name == clock:
            return rule
    raise Sorry(say("admin.times_usage"))


def _of_case(turn: Turn, given: Given) -> Reply:
    case = meant(turn, given)
    turn.about = case.number
    return Reply(cards.times(turn, case))
