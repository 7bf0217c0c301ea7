"""Several things in one message: 1025换了水管，1026垃圾捡了. All are shown first, and a 是 does them one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from handlers.acting import Sorry
from handlers.commands import Command, Said, arguments, called, find
from handlers.copy import say
from handlers.staff.meant import meant
from handlers.turn import Turn
from handlers.understood import about_a_cadre
from storage import cases

REMARK: Final = "备注"  # kept for colleagues, where nothing else is meant
_CLAUSE: Final = re.compile(r"[，,；;。、\n]+")
_NUMBER: Final = re.compile(r"\s*(?:编号|单号)?\s*#?\d{4,10}(?!\d)")
_NEXT: Final = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=#?\d{4,10}(?!\d)\s*[\u4e00-\u9fff])")
_AND: Final = ("和", "跟", "同", "与")  # 1002 和 1001 一样
_COUNTED: Final = re.compile(
    r"[号年月元块户人斤米公个度亩分层楼瓦伏千万吨台根盏棵袋车趟多]"
)  # 9999号杆, 2026年


def things(turn: Turn, known: Sequence[Command]) -> list[Said]:
    """What is said of each case; empty where it is all about one. Raises Sorry where one of them is
    not understood: none of it may be told to somebody else."""
    pieces = _pieces(turn.text, known)
    if len(pieces) < 2:
        return []
    found: list[Said] = []
    done: set[tuple[int, str]] = set()  # to which case what
    spoken: Command | None = None  # 回复1042 明天去看, 1043 今天冲
    for piece in pieces:
        said = find(piece, known)
        spoken = said.command if said is not None else spoken
        said = said or meant(piece, known) or _of(_goes_on(spoken) or called(REMARK, known), piece)
        about = _about(turn, piece, said)
        if said is None or about is None or (about, said.command.name) in done:
            return []
        found.append(said)
        done.add((about, said.command.name))
    return found


def _about(turn: Turn, piece: str, said: Said | None) -> int | None:
    """The case of one of them; None where it is about none, as of 1023, 1024 in a row."""
    if said is None or (not said.command.actions and _NUMBER.fullmatch(piece)):
        return None
    if not said.command.actions:  # 查 1002
        raise Sorry(say("command.apart_unclear", words=piece))
    if said.command.name == REMARK and about_a_cadre(turn, turn.book.reader.read(piece)):
        raise Sorry(say("command.apart_unclear", words=piece))
    try:
        about: int | None = arguments(said, turn).get("number")
    except Sorry:
        if not said.rest or _NUMBER.fullmatch(said.rest):
            return None  # 派 1023，1024 水务站
        raise Sorry(say("command.apart_unclear", words=piece)) from None
    if about is not None and cases.find(turn.viewer, turn.session, about) is None:
        raise Sorry(say("refused.unseen_staff", number=about))
    return about


def _goes_on(command: Command | None) -> Command | None:
    takes_words = command is not None and any(each.type == "text" for each in command.arguments)
    return command if takes_words else None


def _pieces(text: str, known: Sequence[Command]) -> list[str]:
    """The text, cut where a case's number, or a command and a number, begins a clause."""
    pieces: list[str] = []
    for clause in _clauses(text, known):
        if not pieces or _begins(clause, known):
            pieces.append(clause.strip())
        else:
            pieces[-1] += f"，{clause}"
    return pieces


def _clauses(text: str, known: Sequence[Command]) -> Iterator[str]:
    """1025换了水管 1026垃圾捡了 has two; in 转 1026 水务站 the number belongs to the word before it."""
    words = (*_AND, *(word for each in known for word in each.words))
    for clause in _CLAUSE.split(text):
        begin = 0
        for gap in _NEXT.finditer(clause) if _NUMBER.match(clause) else ():
            if not clause[: gap.start()].endswith(words):
                yield clause[begin : gap.start()]
                begin = gap.end()
        yield clause[begin:]


def _begins(clause: str, known: Sequence[Command]) -> bool:
    number = _NUMBER.match(clause)
    if number is not None:
        return _COUNTED.match(clause[number.end() :]) is None
    said = find(clause, known)
    return said is not None and _NUMBER.match(said.rest) is not None


def _of(command: Command | None, words: str) -> Said | None:
    return Said(command, words, slash=True) if command is not None else None
