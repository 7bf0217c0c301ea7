"""Learned hints 迹象: what many small words together say of danger, of wrongdoing and of the kind of
speech, where nobody has thought of the words. Written by `xiaoge learn` from sentences that people
have labelled (lexicon/hints/*.toml). From the sum SPEAKS on, a hint counts like a pattern; where
the sum is below DOUBTS, what patterns and words say is not believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from nlp.learned import Learned, Tally
from nlp.lexicon import learned, tables

SCALE = 13.5  # a clear sentence has a sum like one or two plain words
SPEAKS, DOUBTS = 3.0, -12.0
FEWEST = 4  # words that must say it
ENOUGH = 14  # words found in a sentence: what fewer say counts less
LOOKED_AT = 80  # characters: who is in danger says so before
SHOWN = 6  # words of a hint that are shown one by one
TAUGHT = {  # by label: its target, the share of a clear sum that is enough, and what counts from the
    # start: of a thousand messages few tell of danger or wrongdoing
    "emergency": ("urgency:emergency", 0.8, -5.0),
    "misconduct": ("subkind:misconduct", 1.0, -14.0),
    "hazard": ("subkind:hazard", 1.4, 0.0),
    "grievance": ("kind:grievance", 1.0, 0.0),
    "consultation": ("kind:consultation", 1.0, 0.0),
    "suggestion": ("kind:suggestion", 1.0, 0.0),
    "other": ("kind:other", 1.0, 0.0),
}


class Hint:
    """What the learned words of one text say, by target."""

    __slots__ = ("_of", "_share", "_tally", "sums")

    def __init__(self, of: Hints, tally: Tally) -> None:
        self._of, self._tally = of, tally
        self._share = min(1.0, len(tally.whole) / ENOUGH)
        self.sums = {
            target: score * self._share + of.given.get(target, 0.0)
            for target, score in zip(of.learned.fields, tally.scores, strict=False)
        }

    def speaks(self, target: str) -> bool:
        return self.sums.get(target, 0.0) >= SPEAKS and len(self._found(target)) >= FEWEST

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
        shown["…"] = others + self._of.given.get(target, 0.0)
        return shown


class Hints:
    """The hints of some targets, in one automaton. `given`: what counts from the start, below 0
    for what few sentences speak of."""

    def __init__(self, tables: Iterable[Mapping[str, Any]]) -> None:
        tables = list(tables)
        self.given = {table["target"]: float(table.get("given", 0.0)) for table in tables}
        self.learned = Learned(learned(tables, "target"), SCALE)

    def find(self, text: str) -> Hint:
        return Hint(self, self.learned.tally(text[:LOOKED_AT]))


@cache
def shipped() -> Hints:
    """The hints that come with 小格; loaded once."""
    return Hints(tables("hints"))
