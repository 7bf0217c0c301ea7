"""Learned hints 迹象: what many small words together say of danger, of wrongdoing and of the kind of
speech, where nobody has thought of the words. Written by `xiaoge learn` from sentences that people
have labelled (lexicon/hints/*.toml; nlp/teach.py). From the sum SPEAKS on, a hint counts like a
pattern; where the sum is below DOUBTS, what patterns and words say is not believed: so these count
as much as the way from one to the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from nlp.learned import Learned, Tally
from nlp.lexicon import learned, tables
from nlp.reading import UNSAID

SCALE = 13.5  # a clear sentence has a sum like one or two plain words
SPEAKS, DOUBTS, CRIES = 4.5, -1.5, 9.0
FEWEST = 4  # words that must say it
ENOUGH = 20  # words found in a sentence: what fewer say counts less, and the patterns more
LOOKED_AT = 80  # characters: who is in danger says so before
LONGEST = 3  # characters in a word
SHOWN = 6  # words of a hint that are shown one by one
BEGIN, END = "「」"
LENGTHS = "①②③④⑤⑥⑦⑧⑨"
STEP = 6  # characters from one length to the next
TAUGHT = {  # by label: its target, and what counts from the start: of a thousand messages few tell
    # of danger or wrongdoing
    "emergency": ("urgency:emergency", 6.5),
    "misconduct": ("subkind:misconduct", 5.1),
    "hazard": ("subkind:hazard", 3.0),
    "grievance": ("kind:grievance", 0.0),
    "consultation": ("kind:consultation", 0.0),
    "suggestion": ("kind:suggestion", 0.0),
    "other": ("kind:other", 0.0),
}
NONE = "-"  # the label of what is neither danger nor wrongdoing
# how people of a region speak: no sign of anything
_DIALECT = frozenset("哒咯咧嘞噻呐嘎唦恁俺咱侬" + BEGIN + END)
_BETWEEN = re.compile(r"[^\u4e00-\u9fff0-9a-z？]+")
_DRAWN_OUT = re.compile(r"(.)\1{3,}")  # 快快快快快 says no more than 快快快


def marked(text: str) -> str:
    """A text as hints see it: how long it is, where it begins and ends, and one mark for whatever
    only separates. ③「谁家娃在塘里，快来」"""
    body = _DRAWN_OUT.sub(r"\1\1\1", _BETWEEN.sub("，", text[:LOOKED_AT])).strip("，")
    return f"{LENGTHS[min(len(body) // STEP, len(LENGTHS) - 1)]}{BEGIN}{body}{END}"


def signs(text: str) -> Iterator[str]:
    """All that can be a word of a hint: runs of one to three characters, ends of the text among
    them, and its length."""
    seen = marked(text)
    yield seen[0]
    for length in range(1, LONGEST + 1):
        for start in range(1, len(seen) - length + 1):
            if not _DIALECT.issuperset(word := seen[start : start + length]):
                yield word


class Hint:
    """What the learned words of one text say, by target."""

    __slots__ = ("_of", "_share", "_tally", "sums")

    def __init__(self, of: Hints, tally: Tally) -> None:
        self._of, self._tally = of, tally
        self._share = min(1.0, len(tally.whole) / ENOUGH)
        self.sums = {
            target: (score + of.given.get(target, 0.0)) * self._share
            for target, score in zip(of.learned.fields, tally.scores, strict=False)
        }

    def speaks(self, target: str) -> bool:
        return self.sums.get(target, 0.0) >= SPEAKS and len(self._found(target)) >= FEWEST

    def cries(self, target: str) -> bool:
        """So loud that no denial in the text is about this."""
        return self.sums.get(target, 0.0) >= CRIES

    def doubts(self, target: str) -> bool:
        return self.sums.get(target, 0.0) < DOUBTS

    def _found(self, target: str) -> dict[str, float]:
        return self._of.learned.words_for(target, self._tally)

    def words(self, target: str) -> dict[str, float]:
        """The words that say most, and the others together; they add up to the sum."""
        found = {word: weight * self._share for word, weight in self._found(target).items()}
        most = sorted(found, key=lambda word: (-abs(found[word]), word))[:SHOWN]
        shown = {word: found[word] for word in most}
        others = sum(weight for word, weight in found.items() if word not in shown)
        shown[UNSAID] = others + self._of.given.get(target, 0.0) * self._share
        return shown


class Hints:
    """The hints of some targets, in one automaton. `given`: what counts from the start, below 0
    for what few sentences speak of."""

    def __init__(self, tables: Iterable[Mapping[str, Any]]) -> None:
        tables = list(tables)
        self.given = {table["target"]: float(table.get("given", 0.0)) for table in tables}
        self.learned = Learned(learned(tables, "target"), SCALE, head=0)

    def find(self, text: str) -> Hint:
        return Hint(self, self.learned.tally(marked(text)))


@cache
def shipped() -> Hints:
    """The hints that come with 小格; loaded once."""
    return Hints(tables("hints"))
