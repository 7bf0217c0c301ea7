"""Several things in one message: 1025换了水管，1026垃圾捡了. All are shown first, and a 是 does them one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers.acting import Sorry
from handlers.commands import Command, Said, arguments, called, find
from handlers.staff.meant import meant
from handlers.turn import Turn
from storage import cases

REMARK: Final = "备注"  # kept for colleagues, where nothing else is meant
_CLAUSE: Final = re.compile(
    r"[，,；;。、\n]+|(?<=[\u4e00-\u9fff])\s+(?=#?\d{4,10}\s*[\u4e00-\u9fff])"
)
_NUMBER: Final = re.compile(r"\s*(?:编号|单号)?\s*#?\d{4,10}(?!\d)")


def things(turn: Turn, known: Sequence[Command]) -> list[Said]:
    """What is said of each case; empty where it is all about one, or not all of it is understood."""
    pieces = _pieces(turn.text, known)
    if len(pieces) < 2:
        return []
    found: list[Said] = []
    numbers: list[int] = []
    spoken: Command | None = None  # 回复1042 明天去看, 1043 今天冲
    for piece in pieces:
        said = find(piece, known)
        spoken = said.command if said is not None else spoken
        said = said or meant(piece, known) or _of(spoken or called(REMARK, known), piece)
        if said is None or not said.command.actions:
            return []
        try:
            about = arguments(said, turn).get("number")
        except Sorry:
            return []
        if (
            about is None
            or about in numbers
            or cases.find(turn.viewer, turn.session, about) is None
        ):
            return []
        found.append(said)
        numbers.append(about)
    return found


def _pieces(text: str, known: Sequence[Command]) -> list[str]:
    """The text, cut where a case's number, or a command and a number, begins a clause."""
    pieces: list[str] = []
    for clause in _CLAUSE.split(text):
        if not pieces or _begins(clause, known):
            pieces.append(clause.strip())
        else:
            pieces[-1] += f"，{clause}"
    return pieces


def _begins(clause: str, known: Sequence[Command]) -> bool:
    if _NUMBER.match(clause):
        return True
    said = find(clause, known)
    return said is not None and _NUMBER.match(said.rest) is not None


def _of(command: Command | None, words: str) -> Said | None:
    return Said(command, words, slash=True) if command is not None else None
