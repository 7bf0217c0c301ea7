"""What somebody says of a matter that they told before 后话: 到哪一步了, 还没人来, 修好了, 巴适. Words in
`followup.toml`. Such a text has nothing of its own but what it is about, and that stands in the matter."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from operator import itemgetter
from typing import NamedTuple

from nlp.normal import normalise
from nlp.patterns import choices

LONGEST = 30  # characters; who says more tells something new
_OF_ITS_OWN = re.compile(r"[\u4e00-\u9fffa-z]+")  # a number (of a phone) says nothing new
_GAP = re.compile(r"\s+")

_DANGER, _DOUBT, _FILLER = "danger", "doubt", "filler"

Choice = dict[str, tuple[str, ...]]  # words by their first characters; "" may be left out
Phrase = tuple[Choice, ...]


class FollowUp(NamedTuple):
    """`means`: what is said, a name of `followup.toml`. `rest`: stretches that are no such words.
    `is_doubted`: true if a word beside it may take it back (说修好了，哪有)."""

    means: str
    rest: tuple[str, ...] = ()
    is_doubted: bool = False

    def beside(self, text: str) -> int:
        """How many characters of the rest do not stand in `text`: 0 if it may be about that."""
        return sum(len(each) for each in self.rest if each not in text)


class _Words(NamedTuple):
    meanings: list[str]  # the first that is said counts
    signs: dict[str, str]
    phrases: dict[str, list[tuple[Phrase, str]]]  # by the characters with which they may begin

    def at(self, text: str, start: int) -> tuple[int, str]:
        """Where the longest phrase ends that begins there, and what it means; (0, "") if none does."""
        found = [
            (_reach(text, start, phrase), means)
            for phrase, means in self.phrases.get(text[start], ())
        ]
        return max(found, key=itemgetter(0), default=(0, ""))


def follow_up(text: str) -> FollowUp | None:
    """What is said; None if it is nothing that people say of a matter told before."""
    words = _shipped()
    for sign, word in words.signs.items():
        text = text.replace(sign, word)
    text = normalise(_GAP.sub("，", text.strip()))
    if len(text) > LONGEST:
        return None
    said, rest, at = set[str](), "", 0
    while at < len(text):
        end, means = words.at(text, at)
        if end > at:
            said.add(means)
        rest += "，" if end > at else text[at]
        at = max(end, at + 1)
    means = next((name for name in words.meanings if name in said), _DANGER)
    if means == _DANGER:
        return None
    return FollowUp(means, tuple(_OF_ITS_OWN.findall(rest)), _DOUBT in said)


def _reach(text: str, at: int, phrase: Phrase) -> int:
    """Where the phrase that begins at `at` ends, the longest way it can be said; -1 if it is not."""
    if not phrase:
        return at
    choice, then = phrase[0], phrase[1:]
    furthest = _reach(text, at, then) if "" in choice else -1
    for word in choice.get(text[at : at + 1], ()):
        if text.startswith(word, at) and (end := _reach(text, at + len(word), then)) > furthest:
            furthest = end
    return furthest


@cache
def _shipped() -> _Words:
    written = tomllib.loads(files(__package__).joinpath("followup.toml").read_text("utf-8"))
    signs = written.pop("signs")
    phrases: dict[str, list[tuple[Phrase, str]]] = {}
    for means, words in written.items():
        for word in words.split():
            phrase = _phrase(word)
            for first in _begins(phrase):
                phrases.setdefault(first, []).append((phrase, means))
    meanings = [means for means in written if means not in (_DOUBT, _FILLER)]
    return _Words(meanings, signs, phrases)


def _phrase(written: str) -> Phrase:
    """{修|弄}好了 → (修 弄) (好了)."""
    return tuple(map(_choice, choices(written)))


def _choice(words: list[str]) -> Choice:
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[:1], []).append(word)
    return {first: tuple(own) for first, own in by_first.items()}


def _begins(phrase: Phrase) -> set[str]:
    """The characters with which it may begin."""
    begins = set[str]()
    for choice in phrase:
        begins |= choice.keys()
        if "" not in choice:
            break
    return begins - {""}
