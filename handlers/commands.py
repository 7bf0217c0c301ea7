"""What a command is: words, arguments, help; and how it is found in what people type.

One definition of each command feeds parsing, rights, help, buttons and the documentation page. Who
may do something with a case, and when, stands in `casework.actions` and nowhere else; who may say a
command that is not done to a case, in `casework.rights.AUDIENCES`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from casework.rights import Audience
from handlers import wording
from handlers.acting import Ask
from handlers.arguments import (
    DAY,
    DEADLINE,
    DURATION,
    GIVEN_NUMBER,
    NUMBER,
    OPTIONAL_TEXT,
    PERSON,
    READERS,
    REASON,
    TEXT,
    WORD,
    Argument,
    later_deadline,
    later_number,
    posts_called,
    sounds_like,
)
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn

__all__ = [
    "DAY", "DEADLINE", "DURATION", "GIVEN_NUMBER", "NUMBER", "OPTIONAL_TEXT", "PERSON", "REASON", "TEXT",
    "WORD", "Argument", "Command", "Said", "arguments", "find", "nearest", "posts_called",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Command:
    """`who` is who may say it at all; `help` and `example` are what 帮助 shows.

    `actions` are the keys of `casework.actions.ACTIONS` that it may come to, the usual one first;
    none: it is not done to a case. `several` takes many numbers, or a filter (超期), instead of one:
    with a preview and a 确认. `confirm`: even one thing needs a 确认, for it cannot be taken back.
    """

    name: str
    who: Audience
    arguments: tuple[Argument, ...]
    run: Callable[[Turn, Mapping[str, Any]], Reply]
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    reads: bool = False  # answered from a read session, never in the way of what is written
    actions: tuple[str, ...] = ()
    several: bool = False
    confirm: bool = False
    joint: bool = False  # of what several do together; 帮助 names it
    daily: bool = False  # what everybody says; 帮助 shows how

    @property
    def words(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Said:
    """A command as it was said: which one, the rest of the line, and what was answered since to
    the question for a missing argument."""

    command: Command
    rest: str
    slash: bool
    answers: Mapping[str, str] = field(default_factory=dict)
    word: str = ""  # the one of its words that was said


SLASHES: Final = ("/", "／", "\\", "、")
_POLITE: Final = re.compile(r"^(?:请|麻烦|帮我|帮忙|我来|我要|我想)\s*")
_ONE: Final = r"(?:它|这个|这件|那件|(?:编号|单号)?\s*#?\d{3,10}号?)"
_NUMBER_FIRST: Final = re.compile(rf"^(?:把|将)?\s*({_ONE}(?:\s*[、,，和]?\s*{_ONE})*)\s*(?=\D)")
NAMED: Final = re.compile(r"(?<!\d)\d{4,10}(?!\d)")  # a case's number somewhere in a text
_NUMBER_NEXT: Final = re.compile(rf"^\s*{_ONE}")
_LATIN: Final = re.compile(r"^[a-z?]+$")
LOOK: Final = "查"
_NOT_SO: Final = re.compile("还?没|先?不|还?未")
TAKE_BACK: Final = "收回办结"
_UNDOES: Final = re.compile("收回|撤[回销消]|取消")
_UNDONE: Final = re.compile(  # said behind 办结, with the number before or behind it
    r"(?:(\d{3,10})\s*)?了?(?:收回|撤[回销消]|取消|作废|[发搞弄办]?错)了?吧?\s*(\d{3,10})?[。.!！]*"
)
_ASKED: Final = re.compile(
    r"(?:给\S{1,8}?)?(?:了|过|得|到|的|好|完)*"
    r"(?:没有?|没得|吗|么|嘛|不|怎么样|怎样|咋样|如何|给谁|谁|哪里|哪儿|多少|几件)(?:了|呀|啊|呢)*[?？。!！]*"
)
_SAID_TO_VILLAGERS: Final = frozenset({"ask", "reply"})
_WORDLESS: Final = re.compile(r"[了啦咯哦嘛吧啊呀。!！]+")


def called(name: str, commands: Iterable[Command]) -> Command | None:
    """The command of this name, if it is among them: what a speaker may not say is not."""
    return next((each for each in commands if each.name == name), None)


def find(text: str, commands: Sequence[Command], answering: bool = False) -> Said | None:
    """The command that a line begins with; the longest word wins, so that 督办 is not 督.

    A number may stand before the word (1023 办结 已修好). Somebody who is `answering` a question
    means a command only where nothing else can be meant.
    """
    line = wording.plain(text)
    slash = line[:1] in SLASHES
    line = line[1:].lstrip() if slash else line
    said = _found(line, commands, slash, answering)
    return said if said is None or slash else _stated(said, commands)


def _stated(said: Said, commands: Sequence[Command]) -> Said:
    """1004 办结了没有 asks how far it is, and 办完了 is no result that a villager could read."""
    if not said.command.actions:
        return said
    undone = _UNDONE.fullmatch(said.rest) if "conclude" in said.command.actions else None
    if undone is not None:  # 1001办结错了
        back = called(TAKE_BACK, commands)
        return said if back is None else Said(back, undone[1] or undone[2] or "", slash=False)
    number = _NUMBER_NEXT.match(said.rest)
    head = number[0] if number is not None else ""
    tail = said.rest[len(head) :].strip()
    if not _SAID_TO_VILLAGERS.isdisjoint(said.command.actions) and not tail.startswith("了"):
        return said  # 问 1023 多少？
    if _ASKED.fullmatch(tail):
        look = called(LOOK, commands)
        return said if look is None else Said(look, head.strip(), slash=False)
    return replace(said, rest=head.strip()) if _WORDLESS.fullmatch(tail) else said


def _found(line: str, commands: Sequence[Command], slash: bool, answering: bool) -> Said | None:
    said = _begins(line, commands, slash, answering)
    if said is not None:
        return said
    polite = _POLITE.sub("", line)
    first = _NUMBER_FIRST.match(polite)
    if first is not None:
        turned = _begins(polite[first.end() :], commands, slash, answering)
        if turned is None or not _takes_number(turned.command):
            return None
        return Said(turned.command, f"{first[1]} {turned.rest}", slash, word=turned.word)
    if answering:
        return None
    said = _begins(polite, commands, slash, answering) if polite != line else None
    return said if said is not None and _NUMBER_NEXT.match(said.rest) else None


def _begins(line: str, commands: Sequence[Command], slash: bool, answering: bool) -> Said | None:
    low = line.lower()
    best: tuple[str, Command] | None = None
    for command in commands:
        for word in command.words:
            if low.startswith(word) and (best is None or len(word) > len(best[0])):
                best = (word, command)
    if best is None:
        return None
    word, command = best
    rest = line[len(word) :]
    if not slash and rest and rest[0] != " " and not _may_follow(word, command, rest, answering):
        return None
    if not slash and rest and command.arguments == () and rest.strip(" 。.!！?？"):
        return None  # 待办里有个问题…: words, not the command
    return Said(command, rest.strip(), slash, word=word)


def _may_follow(word: str, command: Command, rest: str, answering: bool) -> bool:
    """What may stand behind a command's word without a space: 问题解决了, 接下来… are no commands."""
    if _NUMBER_NEXT.match(rest) or rest[0] in ":：,，":
        return True
    if _LATIN.match(word):
        return not rest[0].isascii() or not rest[0].isalnum()
    if len(word) == 1:  # 派水务站 1023
        must = _takes_number(command) and not command.arguments[0].optional
        return must and later_number(rest)[0] is not None
    return not answering


def _takes_number(command: Command) -> bool:
    return bool(command.arguments) and command.arguments[0].name == "number"


def nearest(text: str, commands: Sequence[Command]) -> Command | None:
    """The command that was probably meant: by its sound (截单, jiedan), or by its characters."""
    line = wording.plain(text).lstrip("/\\、").lower()
    head = re.split(r"[\s\d:：,，]", line, maxsplit=1)[0][:8]
    if _NOT_SO.match(head):  # 没有办结 is no 办结
        return None
    # 看了 is no 看: of one character nothing can be missed
    words = {word: command for command in commands for word in command.words if len(word) > 1}
    if _UNDOES.search(head):  # 取消登记 is neither 登记 nor 取消办结
        what = _UNDOES.sub("", head)
        words = {
            word: command
            for word, command in words.items()
            if _UNDOES.match(word) and (not what or not set(what).isdisjoint(_UNDOES.sub("", word)))
        }
    for length in range(len(head), 1, -1):
        sounds = sounds_like(head[:length], words)
        if sounds is not None:
            return words[sounds]
    own_names = {command.name for command in commands}
    alike = [word for word in words if word in own_names or len(word) > 2]  # 看了 is no 看看
    close = difflib.get_close_matches(head[:6], alike, n=12, cutoff=0.5)
    if close:  # 回夏 is 回复 rather than 退回
        return words[max(close, key=lambda word: (word[0] == head[0], word in own_names))]
    return next((words[word] for word in words if head and (head in word or word in head)), None)


def rest_of(text: str) -> str:
    """What stands behind the first word, whatever that was: 截单1023 → 1023."""
    found = re.search(r"[\s\d:：,，].*$", wording.plain(text).lstrip("/\\、"), re.DOTALL)
    return found[0].strip() if found is not None else ""


def arguments(said: Said, turn: Turn) -> dict[str, Any]:
    """The arguments of a command. Raises Ask with the question for the first that is missing."""
    rest, found = said.rest, {}
    for argument in said.command.arguments:
        if argument.name in said.answers:
            value, _ = READERS[argument.type](said.answers[argument.name], turn)
        else:
            value, rest = _read(said.command, argument, rest, turn)
        if value is None and not argument.optional:
            raise Ask(missing(said.command, argument.name), argument.name)
        if value is not None:
            found[argument.name] = value
    if left := rest.strip(" \t\n:：,，、。.!！"):
        found["left"] = left  # no argument has taken it: 接单 1003，明天上午去
    return found


def _read(command: Command, argument: Argument, rest: str, turn: Turn) -> tuple[Any, str]:
    value, after = READERS[argument.type](rest, turn)
    if value is None and argument.type == "number" and not argument.optional:
        return later_number(rest)
    if value is None and argument.type == "deadline" and not argument.optional:
        return later_deadline(rest, turn)
    return value, after


def missing(command: Command, argument: str) -> str:
    """What is missing, with an example that may be copied."""
    example = command.example.partition("｜")[0]
    return say("command.missing", need=say(f"command.need.{argument}"), example=example)
