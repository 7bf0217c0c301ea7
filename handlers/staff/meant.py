"""Plain words for which there is a command: 1023 修好了, 这个不归我管, 告诉他下午来. What would be done to a case is
shown first, and a 是 does it: the words go to the villager, or to whoever stands above."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from handlers.commands import NAMED, Command, Said, called
from handlers.staff.registering import TOLD_BY
from handlers.wording import plain

_NUMBER: Final = re.compile(
    r"^(?:把|将)?(?:编号|单号)?\s*#?(\d{3,10})(?!\d)\s*(?:号|件|这个|那个)?(?:[\s:：,，、]|[和跟与及](?=\s*\d{3}))*"
)
LOOKS: Final = frozenset(
    {"查", "待办", "统计", "人员", "值班", "帮助"}
)  # changes nothing, and needs no 是
_DONE_AT_ONCE: Final = re.compile("(?:已经?|当场|顺手|随手).+了")
_PIECE: Final = re.compile(r"(?<!\?P)<(\w+)>")
_HOW: Final = re.compile(
    r"^(?:怎么|咋|如何)(\S{2,4}?)[呢啊呀?？]*$|^(\S{2,4}?)(?:怎么|咋)(?:用|说|写|弄|搞)[呢啊呀?？]*$"
)


def meant(text: str, known: Sequence[Command]) -> Said | None:
    """The command that these words probably are, with the words as what is said; None if nothing
    tells."""
    line = plain(text)
    if (how := _HOW.match(line)) is not None:  # 怎么请假
        return _explained(how[1] or how[2], known)
    numbers, words = _numbers(line)
    if NAMED.search(words):
        return None  # 回夏 1001 明天修: a command that is not written right
    for way in _ways():
        if (found := re.search(way.says, words, re.DOTALL)) is not None:  # kept by re
            said = words if way.said is None else found.expand(way.said)
            own = (called(name, known) for name in way.commands)
            command = next(filter(None, own), None)
            if command is not None:
                which = numbers or way.among
                return Said(command, f"{which} {said}".strip(), slash=True)
            if not any(way.commands):
                return None
    return None


def begun(text: str) -> str:
    """呃，1001修好了: from the number on, as people speak."""
    said = re.compile(rf"^\s*{_pieces()['hesitates']}(?=(?:编号|单号)?\s*#?\d{{4,10}}(?!\d))")
    return said.sub("", text)


def is_done(text: str) -> bool:
    """True for words about something that is over: 已经扶正了."""
    return _DONE_AT_ONCE.search(text) is not None or re.search(_pieces()["done"], text) is not None


class Way(NamedTuple):
    """A way to say something, and the commands of which it is one."""

    says: str  # a regular expression
    commands: tuple[str, ...]
    said: str | None  # with the command, in place of the words
    among: str  # the cases that are meant where no number is said


@cache
def _ways() -> tuple[Way, ...]:
    return tuple(
        Way(
            _filled(says, _pieces()),
            tuple(each["command"]),
            each.get("with"),
            each.get("among", ""),
        )
        for each in _written()["meant"]
        for says in each["says"]
    )


@cache
def _pieces() -> dict[str, str]:
    pieces = {"told_by": TOLD_BY}
    for name, pattern in _written()["words"].items():
        pieces[name] = _filled(pattern, pieces)
    return pieces


def _filled(pattern: str, pieces: Mapping[str, str]) -> str:
    """<deed> stands for that piece; (?P<who> and \\g<who> are no pieces."""
    return _PIECE.sub(lambda found: pieces[found[1]], pattern)


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath("meant.toml").read_text("utf-8"))


def _numbers(line: str) -> tuple[str, str]:
    """1001 1002 都修好了: the numbers with which it begins, and the rest."""
    found: list[str] = []
    while (number := _NUMBER.match(line)) is not None:
        found.append(number[1])
        line = line[number.end() :]
    return " ".join(found), line


def _explained(name: str, known: Sequence[Command]) -> Said | None:
    """The help about a command, if it is one."""
    help_ = called("帮助", known)
    if help_ is None or all(name not in each.words for each in known):
        return None
    return Said(help_, name, slash=True)
