"""Characters → toneless syllables, so rounded that sounds which dialects and recognisers
mix up (n/l, zh/z, f/h, -ng/-n) are the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import cache
from importlib.util import find_spec
from pathlib import Path

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


@cache
def _syllables() -> dict[str, tuple[str, str]]:
    """Character → (toneless, rounded), by the most frequent reading in pypinyin's table. The
    table is read without importing pypinyin, whose dictionary of phrases costs 50 MB."""
    spec = find_spec("pypinyin")
    if spec is None or spec.origin is None:
        return {}
    table = Path(spec.origin).with_name("pinyin_dict.json").read_text("utf-8")
    plain: dict[str, tuple[str, str]] = {}
    shared: dict[str, tuple[str, str]] = {}
    for found in _ENTRY.finditer(
        table
    ):  # one by one: the whole as a dict would leave 8 MB of holes
        code = int(found[1])
        if _HAN[0] <= code <= _HAN[1]:
            sound = _toneless(found[2])
            plain[chr(code)] = shared.setdefault(sound, (sound, _rounded(sound)))
    return plain


def sounds(text: str) -> list[str]:
    """One toneless syllable for each character; what has none stands for itself."""
    table = _syllables()
    return [table[c][0] if c in table else c for c in text]


def rounded(text: str) -> list[str]:
    """As `sounds`, with the look-alike sounds made equal."""
    table = _syllables()
    return [table[c][1] if c in table else c for c in text]


def characters(wanted: Container[str]) -> frozenset[str]:
    """All characters of which the sound, exact or rounded, is among the wanted ones."""
    table = _syllables()
    return frozenset(
        c for c, (plain, round_) in table.items() if plain in wanted or round_ in wanted
    )


@cache
def alike() -> dict[int, int]:
    """For `str.translate`: characters that sound alike, rounded, become the same one."""
    first: dict[str, int] = {}
    return {ord(c): first.setdefault(round_, ord(c)) for c, (_, round_) in _syllables().items()}
