"""Characters → toneless syllables, so rounded that sounds which dialects and recognisers
mix up (n/l, zh/z, f/h, -ng/-n) are the same."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Container
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

_HAN = (0x4E00, 0x9FFF)
_ENTRY = re.compile(r'"(\d+)": ?"([^",]+)')  # code and most frequent reading
_ALIKE = (
    (re.compile(r"^([zcs])h"), r"\1"),
    (re.compile(r"^n"), "l"),
    (re.compile(r"^hu(?=[aeiou])"), "f"),
    (re.compile(r"ng$"), "n"),
)


def _toneless(syllable: str) -> str:
    letters = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    return "".join(c for c in letters if not unicodedata.combining(c))


def _rounded(syllable: str) -> str:
    for pattern, instead in _ALIKE:
        syllable = pattern.sub(instead, syllable)
    return syllable


class _Sounds(NamedTuple):
    """Small, for it is kept: a number for each character, and what the numbers stand for."""

    numbers: array[int]  # of the characters from _HAN[0] on; 0: it has no sound
    syllables: list[tuple[str, str]]  # (toneless, rounded)


@cache
def _sounds() -> _Sounds:
    """The most frequent reading of each character in pypinyin's table. The table is read without
    importing pypinyin, whose dictionary of phrases costs 50 MB."""
    numbers = array("H", [0]) * (_HAN[1] - _HAN[0] + 1)
    known: dict[str, int] = {}
    syllables = [("", "")]
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        return _Sounds(numbers, syllables)
    table = Path(spec.origin).with_name("pinyin_dict.json").read_text("utf-8")
    # one by one: the whole as a dict would leave 8 MB of holes
    for found in _ENTRY.finditer(table):
        code, written = int(found[1]), found[2]
        if not _HAN[0] <= code <= _HAN[1]:
            continue
        if written not in known:
            sound = _toneless(written)
            known[written] = len(syllables)
            syllables.append((sound, _rounded(sound)))
        numbers[code - _HAN[0]] = known[written]
    return _Sounds(numbers, syllables)


def _syllable(character: str) -> tuple[str, str]:
    """(toneless, rounded); what has no sound stands for itself."""
    numbers, syllables = _sounds()
    at = ord(character) - _HAN[0]
    number = numbers[at] if 0 <= at < len(numbers) else 0
    return syllables[number] if number else (character, character)


def sounds(text: str) -> list[str]:
    """One toneless syllable for each character; what has none stands for itself."""
    return [_syllable(character)[0] for character in text]


def rounded(text: str) -> list[str]:
    """As `sounds`, with the look-alike sounds made equal."""
    return [_syllable(character)[1] for character in text]


def characters(wanted: Container[str]) -> frozenset[str]:
    """All characters of which the sound, exact or rounded, is among the wanted ones."""
    numbers, syllables = _sounds()
    heard = {
        number
        for number, (plain, round_) in enumerate(syllables)
        if number and (plain in wanted or round_ in wanted)
    }
    return frozenset(chr(_HAN[0] + at) for at, number in enumerate(numbers) if number in heard)


@cache
def alike() -> str:
    """For `str.translate`, by a character's code: those that sound alike, rounded, become the
    same one."""
    first: dict[str, str] = {}
    others = "".join(map(chr, range(_HAN[0])))
    return others + "".join(
        first.setdefault(_syllable(character)[1], character)
        for character in map(chr, range(_HAN[0], _HAN[1] + 1))
    )
