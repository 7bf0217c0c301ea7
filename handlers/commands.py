"""What a command is: words, arguments, help; and how it is read from what people type.

One definition of each command feeds parsing, rights, help and the documentation page. Who may do
something with a case, and when, stands in `casework.actions` and nowhere else.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from casework.duration import Duration
from casework.town import Post, Staff, Town
from handlers import wording
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn

ArgumentType = Literal["number", "person", "duration", "text", "word"]
Audience = Literal["staff", "lead", "admin"]  # lead: who stands above somebody, and admins


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument, in the order in which people say it. `optional` ones may be left out."""

    name: str
    type: ArgumentType
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """`who` is who may say it at all; `help` and `example` are what 帮助 shows."""

    name: str
    who: Audience
    arguments: tuple[Argument, ...]
    run: Callable[[Turn, Mapping[str, Any]], Reply]
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    reads: bool = False  # answered from a read session, never in the way of what is written

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was said: which one, and the rest of the line."""

    command: Command
    rest: str
    slash: bool


SLASHES: Final = ("/", "／", "\\", "、")
_NUMBER: Final = re.compile(r"^\s*(?:编号|单号|件号)?\s*[#:：]?\s*(\d{3,10})(?!\d)\s*[:：,，]?\s*")
_DURATION: Final = re.compile(
    r"^\s*((?:\d+|[一二两三四五六七八九十半]+)\s*个?\s*(?:分钟|小时|钟头|工作日|天|日|周|星期|月))\s*[:：,，]?\s*"
)


def find(text: str, commands: Sequence[Command]) -> Said | None:
    """The command that a line begins with; the longest word wins, so that 督办 is not 督."""
    line = wording.plain(text)
    slash = line[:1] in SLASHES
    line = line[1:].lstrip() if slash else line
    best: tuple[str, Command] | None = None
    for command in commands:
        for word in command.words:
            if line.startswith(word) and (best is None or len(word) > len(best[0])):
                best = (word, command)
    if best is None:
        return None
    word, command = best
    rest = line[len(word) :]
    if len(word) == 1 and not slash and rest and not _NUMBER.match(rest) and rest[0] != " ":
        return None  # 问题解决了, 接下来…: words, not the commands 问 and 接
    if not slash and rest and command.arguments == () and rest.strip(" 。.!！?？"):
        return None  # 帮助我看看…: words, not the command
    return Said(command, rest.strip(), slash)


def nearest(text: str, commands: Sequence[Command]) -> Command | None:
    """The command that was probably meant."""
    line = wording.plain(text).lstrip("/\\、")
    head = re.split(r"[\s\d]", line, maxsplit=1)[0][:6]
    words = {word: command for command in commands for word in command.words}
    close = difflib.get_close_matches(head, words, n=1, cutoff=0.5)
    if close:
        return words[close[0]]
    return next((words[word] for word in words if head and (head in word or word in head)), None)


def arguments(said: Said, turn: Turn) -> dict[str, Any]:
    """The arguments of a command. Raises Sorry that says which is missing and shows an example."""
    rest, found = said.rest, {}
    for argument in said.command.arguments:
        value, rest = _READERS[argument.type](rest, turn)
        if value is None and not argument.optional:
            raise Sorry(missing(said.command, argument.name))
        if value is not None:
            found[argument.name] = value
    return found


def missing(command: Command, argument: str) -> str:
    """What is missing, with an example that may be copied."""
    example = command.example.partition("｜")[0]
    return say("command.missing", need=say(f"command.need.{argument}"), example=example)


def _number(rest: str, _: Turn) -> tuple[int | None, str]:
    match = _NUMBER.match(rest)
    return (int(match[1]), rest[match.end() :]) if match else (None, rest)


def _duration(rest: str, _: Turn) -> tuple[Duration | None, str]:
    match = _DURATION.match(rest)
    if match is None:
        return None, rest
    try:
        return Duration.parse(match[1].replace(" ", "")), rest[match.end() :]
    except ValueError as error:
        raise Sorry(str(error)) from error


def _person(rest: str, turn: Turn) -> tuple[Post | None, str]:
    """A member of staff, a department, a post, by name: the post that is meant."""
    word, _, tail = rest.strip().partition(" ")
    if not word:
        return None, rest
    found = posts_called(turn.town, word)
    if len(found) == 1:
        return found[0], tail.strip()
    if len(found) > 1:
        names = "、".join(sorted({f"{_unit_name(turn.town, post)}{post.title}" for post in found}))
        raise Sorry(say("command.which_person", word=word, names=names))
    beginning = _beginning(turn.town, rest.strip())
    if beginning is not None:
        post, length = beginning
        return post, rest.strip()[length:].lstrip(" ,，:：")
    raise Sorry(say("command.nobody", word=word))


def _beginning(town: Town, rest: str) -> tuple[Post, int] | None:
    """转1023王建国他懂电: a name without a space behind it."""
    names = [staff.name for staff in town.staff.values()]
    names += [unit.name for unit in town.units.values() if unit.department]
    for name in sorted(names, key=len, reverse=True):
        if name and rest.startswith(name):
            found = posts_called(town, name)
            if len(found) == 1:
                return found[0], len(name)
    return None


def posts_called(town: Town, word: str) -> list[Post]:
    """The posts that a name can mean: a person's first post, a department's, a post's own title."""
    people = [s for s in town.staff.values() if word in (s.name, s.userid, s.id)]
    if people:
        return [post for staff in people if (post := _first_post(town, staff)) is not None]
    units = [u for u in town.units.values() if word in (u.name, u.id, *u.aliases)]
    units += [u for u in town.units.values() if town.full_name(u.id) == word and u not in units]
    held = [post for unit in units for post in town.by_unit.get(unit.id, ()) if post.holders][:1]
    if held:
        return held
    return [post for post in town.posts.values() if post.title == word and post.holders]


def _first_post(town: Town, staff: Staff) -> Post | None:
    return next((town.posts[post] for post in staff.posts if post in town.posts), None)


def _unit_name(town: Town, post: Post) -> str:
    return town.full_name(post.unit)


def _text(rest: str, _: Turn) -> tuple[str | None, str]:
    text = rest.strip().lstrip(":：,， ")
    return text or None, ""


def _word(rest: str, _turn: Turn) -> tuple[str | None, str]:
    word, _, tail = rest.strip().partition(" ")
    return word or None, tail.strip()


_READERS: Final[Mapping[str, Callable[[str, Turn], tuple[Any, str]]]] = {
    "number": _number,
    "duration": _duration,
    "person": _person,
    "text": _text,
    "word": _word,
}

NUMBER = Argument("number", "number", optional=True)
TEXT = Argument("text", "text")
REASON = Argument("reason", "text")
OPTIONAL_TEXT = Argument("text", "text", optional=True)
PERSON = Argument("post", "person")
DURATION = Argument("duration", "duration")
