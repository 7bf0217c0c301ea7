"""What a form of joint handling 联办 wants said: read from a line, with labels (领导=赵国平) or, for
what is bare, in its order. What is missing is asked for, one at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from casework import moments
from casework.duration import Duration, until
from casework.joint.form import CALLING, Field
from handlers import arguments, wording
from handlers.acting import Ask, Sorry
from handlers.copy import say
from handlers.staff.work import seen
from handlers.turn import Turn

SOONEST: Final = timedelta(minutes=1)  # before that nobody can be there
_BETWEEN: Final = re.compile(r"[\s、,，;；]+")


@dataclass
class Filled:
    """`fields` as they are shown; `named`: who stands under which field; `term` until when."""

    fields: dict[str, str] = field(default_factory=dict)
    named: dict[str, list[str]] = field(default_factory=dict)
    children: tuple[int, ...] = ()
    term: Duration | None = None

    @property
    def keys(self) -> list[str]:
        return [key for keys in self.named.values() for key in keys]


def fill(
    turn: Turn, wanted: Sequence[Field], line: str, answers: Mapping[str, str], example: str
) -> Filled:
    """All that is wanted. Raises Ask for the first thing that is missing or cannot be meant."""
    given, bare = labelled(wanted, line)
    answered: dict[str, str] = {}
    for name, answer in answers.items():  # 组长=赵国平 成员=水务站, in answer to one question
        more, own = labelled(wanted, answer)
        given = {**more, **given}
        answered[name] = own
    for each in wanted:
        if each.bare and each.name not in given:
            given[each.name], bare = _taken(turn, each, bare)
    if bare:
        raise Sorry(say("joint.left_over", text=bare, example=example))
    _behind(turn, wanted, given)
    filled = Filled()
    for each in wanted:
        value = f"{given.get(each.name, '')} {answered.get(_argument(each), '')}".strip()
        if each.when[0] and filled.fields.get(each.when[0]) != each.when[1]:
            continue
        if value:
            filled.fields[each.name] = _READ[each.kind](turn, each, value, filled)
        elif not each.optional:
            raise _missing(each, example)
    return filled


def _argument(each: Field) -> str:
    return f"field:{each.name}"


def _missing(each: Field, example: str) -> Ask:
    which = say("joint.one_of", choices="、".join(each.of)) if each.of else ""
    return Ask(say("joint.need", field=each.name, which=which, example=example), _argument(each))


def labelled(wanted: Sequence[Field], line: str) -> tuple[dict[str, str], str]:
    """领导=赵国平 班子=水务站、供电所: what stands behind each label; and what stands before them."""
    names = "|".join(re.escape(each.name) for each in wanted)
    pieces = re.split(rf"(?:^|(?<=[\s,，;；。]))({names})\s*[=＝:：]\s*", line)
    pairs = zip(pieces[1::2], pieces[2::2], strict=True)
    return {name: value.strip(" ,，;；") for name, value in pairs}, pieces[0].strip()


def _taken(turn: Turn, each: Field, bare: str) -> tuple[str, str]:
    """What a bare field takes from the front of the line, and what is left of it."""
    if each.kind == "cases":
        found, rest = arguments.numbers(bare, turn)
        return " ".join(map(str, found or ())), rest.strip()
    if each.kind not in CALLING:
        return bare, ""
    names: list[str] = []
    while bare and (not each.one or not names):
        word, _, rest = _split(bare)
        known = len(arguments.posts_called(turn.town, word)) > 0
        unsure = arguments.sounds_like(word, arguments.names_of_posts(turn.town)) is not None
        if names and not known and not unsure:
            break
        names.append(word)
        bare = rest
    return "、".join(names), bare


def _behind(turn: Turn, wanted: Sequence[Field], given: dict[str, str]) -> None:
    """成员=水务站、供电所 三天内通水: the bare words may also stand behind the last label."""
    last = next(reversed([each for each in wanted if given.get(each.name)]), None)
    bare = next((each for each in wanted if each.bare and each.kind == "text"), None)
    if last is None or bare is None or given.get(bare.name) or last.kind not in ("posts", "cases"):
        return
    given[last.name], given[bare.name] = _taken(turn, last, given[last.name])


def _split(line: str) -> tuple[str, str, str]:
    found = _BETWEEN.search(line)
    if found is None:
        return line, "", ""
    return line[: found.start()], found[0], line[found.end() :]


# --- kinds of fields ------------------------------------------------------------------------------


def _posts(turn: Turn, each: Field, value: str, filled: Filled) -> str:
    """People and departments of the town."""
    keys = []
    for word in filter(None, _BETWEEN.split(value)):
        try:
            post, _ = arguments.person(word, turn)
        except Ask as ask:
            raise Ask(str(ask), _argument(each), ask.suggestion, ask.instead) from ask
        if post is not None:
            keys.append(post.id)
    return _named(turn, each, keys, filled)


def _party(turn: Turn, each: Field, value: str, filled: Filled) -> str:
    """The same, or the name of somebody without an account: 李律师."""
    keys = []
    for word in filter(None, _BETWEEN.split(value)):
        found = arguments.posts_called(turn.town, word)
        keys.append(found[0].id if len(found) == 1 else word)
    return _named(turn, each, keys, filled)


def _named(turn: Turn, each: Field, keys: list[str], filled: Filled) -> str:
    keys = [key for key in dict.fromkeys(keys) if key not in filled.keys]
    filled.named[each.name] = keys[:1] if each.one else keys
    shown = [wording.post_name(turn.town, key) if key in turn.town.posts else key for key in keys]
    return "、".join(shown)


def _cases(turn: Turn, each: Field, value: str, filled: Filled) -> str:
    numbers, _ = arguments.numbers(value, turn)
    if numbers is None:
        raise Ask(say("joint.which_cases"), _argument(each), instead=value)
    for number in numbers:
        seen(turn, number, sealed=False)
    filled.children = numbers
    return "、".join(map(str, numbers))


def _text(_: Turn, each: Field, value: str, filled: Filled) -> str:
    return value


def _choice(_: Turn, each: Field, value: str, filled: Filled) -> str:
    word = _split(value)[0]
    if word not in each.of:
        raise Ask(
            say("joint.choose", field=each.name, choices="、".join(each.of)),
            _argument(each),
            instead=value,
        )
    return word


def _duration(_: Turn, each: Field, value: str, filled: Filled) -> str:
    try:
        filled.term = Duration.parse(value)
    except ValueError as error:
        raise Ask(str(error), _argument(each), instead=value) from error
    return str(filled.term)


def _day(turn: Turn, each: Field, value: str, filled: Filled) -> str:
    found = moments.moment(value, turn.now)
    if found is None or found[0] < turn.now + SOONEST:
        raise Ask(say("joint.which_day", field=each.name), _argument(each), instead=value)
    filled.term = until(turn.now, found[0])
    return wording.when(found[0], turn.now)


_READ: Final[Mapping[str, Callable[[Turn, Field, str, Filled], str]]] = {
    "posts": _posts,
    "party": _party,
    "cases": _cases,
    "text": _text,
    "choice": _choice,
    "duration": _duration,
    "day": _day,
}
