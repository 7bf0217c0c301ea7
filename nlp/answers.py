"""Which of the town's answers fits a question? Each word that decides it can be shown.

An answer comes into question by a word of its subject (低保), or by a known way to ask. What else the
question speaks of is held against what the answer speaks of: of a question that is about something
more (低保户能不能贷款买房) only a part is answered, and a part is not enough.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Final, NamedTuple, Protocol

from nlp.normal import normalise
from nlp.reading import Reading
from nlp.segments import cut

ENOUGH: Final = 0.7  # measured: see `xiaoge answers measure`, docs/decisions/0015
SUBJECT: Final = 2.0  # what a word of the subject counts; any other word counts 1
OTHERS_SUBJECT: Final = 1.5  # … and the subject of another answer against it
SINGLE: Final = 0.7  # … and what a word of one character counts
GAP: Final = "…"  # in a word of a subject: a few characters more or less
WIDEST_GAP: Final = 6
_PHONE: Final = re.compile(r"\d{7,}")
MOST_WORDS: Final = 3  # of a subject that is found in a question
LEAST: Final = 3  # pairs of characters by which a way to ask is known

_CLAUSE: Final = re.compile(r"[，。！？；：…\n~,;!]+")
_MARKS: Final = re.compile(r"[^\u4e00-\u9fffa-z0-9]+")
_NUMBER: Final = re.compile(r"[0-9一二三四五六七八九十百千万两几.]+[年月日号天岁个块元亩点]?")


class Known(Protocol):
    """An answer, as far as it is looked for."""

    @property
    def id(self) -> str: ...
    @property
    def questions(self) -> tuple[str, ...]: ...  # ways to ask it
    @property
    def words(self) -> tuple[str, ...]: ...  # words of its subject
    @property
    def needs(self) -> tuple[str, ...]: ...  # of which one has to stand in the question as well
    @property
    def unless(self) -> tuple[str, ...]: ...  # with one of which it is another matter
    @property
    def said(self) -> str: ...  # all that the answer says


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that comes into question. `own` are the words that speak for it, `foreign` those
    that it does not speak of; `like` the known way to ask that comes nearest."""

    id: str
    score: float
    own: tuple[tuple[str, float], ...] = ()
    foreign: tuple[tuple[str, float], ...] = ()
    like: str = ""


@dataclass(frozen=True, slots=True)
class _Card:
    known: Known
    vocabulary: frozenset[str]
    needs: tuple[str, ...]
    unless: tuple[str, ...]


class _Way(NamedTuple):
    """A known way to ask, without marks."""

    place: int  # of its answer
    text: str
    pairs: int  # of characters


@dataclass(frozen=True, slots=True)
class _Hit:
    """A word of a subject in the question."""

    start: int
    end: int
    word: str
    owners: frozenset[int]  # the answers whose word it is

    def covers(self, start: int, end: int) -> bool:
        return start < self.end and self.start < end


class AnswerBase:
    """The town's answers, ready to be looked up. Built once for each book."""

    def __init__(self, answers: Iterable[Known]) -> None:
        self._cards = tuple(_card(answer) for answer in answers)
        owners: dict[str, set[int]] = {}
        for place, card in enumerate(self._cards):
            for word in card.known.words:
                owners.setdefault(_plain(word), set()).add(place)
        self._owners = {word: frozenset(places) for word, places in owners.items()}
        self._by_pair: dict[str, list[_Way]] = {}
        self._by_text: dict[str, list[_Way]] = {}
        for place, card in enumerate(self._cards):
            self._learn_ways(place, card.known.questions)
        plain = sorted((word for word in owners if GAP not in word), key=len, reverse=True)
        self._plain = re.compile("|".join(map(re.escape, plain)) or r"(?!)")
        self._gapped = [(word, _gapped(word)) for word in owners if GAP in word]

    def _learn_ways(self, place: int, questions: Iterable[str]) -> None:
        for question in map(normalise, questions):
            pairs, text = _pairs(question), _MARKS.sub("", question)
            way = _Way(place, text, len(pairs))
            self._by_text.setdefault(text, []).append(way)
            for pair in pairs:
                self._by_pair.setdefault(pair, []).append(way)

    def best(self, question: str) -> Found | None:
        """The answer that fits the question best, if one fits well enough."""
        found = self.candidates(question)
        return found[0] if found and found[0].score >= ENOUGH else None

    def candidates(self, question: str) -> list[Found]:
        """All answers that come into question, the best first. Where people say much, what they ask
        counts; what stands before it, only if nobody could tell what the question is about."""
        text = normalise(question)
        for windows in _windows(text):
            found: dict[str, Found] = {}
            for window in windows:
                for each in self._in(window, text):
                    if each.id not in found or each.score > found[each.id].score:
                        found[each.id] = each
            if found:
                return sorted(found.values(), key=_rank)
        return []

    def _in(self, window: str, text: str) -> Iterator[Found]:
        hits, words = self._hits(window), _words(window)
        nearest = self._nearest_ways(window)
        for place in sorted({place for hit in hits for place in hit.owners} | nearest.keys()):
            card = self._cards[place]
            if not _may_be(card, text):
                continue
            mine = [hit for hit in hits if place in hit.owners]
            like, way = nearest.get(place, (0.0, ""))
            own, foreign = _told(card, words, mine, [hit for hit in hits if hit not in mine])
            whole = sum(own.values()) + sum(foreign.values())
            score = sum(own.values()) / whole if mine else 0.0
            yield Found(
                card.known.id, round(max(score, like), 3), tuple(own.items()),
                tuple(foreign.items()), way,
            )  # fmt: skip

    def _nearest_ways(self, window: str) -> dict[int, tuple[float, str]]:
        """By answer the known way to ask that is nearest to this one, if it is near enough, and how
        alike they are: the pairs of characters that they share, of all that they have."""
        pairs = _pairs(window)
        shared = Counter(way for pair in pairs for way in self._by_pair.get(pair, ()))
        alike = [
            (2 * count / (len(pairs) + way.pairs), way)
            for way, count in shared.items()
            if min(len(pairs), way.pairs) >= LEAST
        ]
        alike += [(1.0, way) for way in self._by_text.get(_MARKS.sub("", window), ())]
        nearest: dict[int, tuple[float, str]] = {}
        for like, way in alike:
            if like >= ENOUGH:
                nearest[way.place] = max(nearest.get(way.place, (0.0, "")), (like, way.text))
        return nearest

    def _hits(self, window: str) -> list[_Hit]:
        """Where words of subjects stand; the longest one at a place counts."""
        found = [
            _Hit(hit.start(), hit.end(), hit[0], self._owners[hit[0]])
            for hit in self._plain.finditer(window)
        ]
        for word, pattern in self._gapped:
            hit = pattern.search(window)
            if hit is not None:
                found.append(_Hit(hit.start(), hit.end(), word, self._owners[word]))
        return found


def _plain(word: str) -> str:
    """As texts are compared; the gap stays one."""
    return GAP.join(map(normalise, word.split(GAP)))


def _gapped(word: str) -> re.Pattern[str]:
    """种…补贴: whatever is grown."""
    return re.compile(f".{{0,{WIDEST_GAP}}}?".join(map(re.escape, word.split(GAP))))


def may_ask(reading: Reading) -> bool:
    """What is a complaint, a report or an idea is never answered, but filed."""
    return reading.kind in ("consultation", "other")


def asked(reading: Reading) -> str:
    """What a message asks, without where and whom to call: they say nothing about what it is about."""
    text = _PHONE.sub("", reading.text)
    for place in sorted((place.text for place in reading.places), key=len, reverse=True):
        text = text.replace(place, "")
    return text


def _card(known: Known) -> _Card:
    asked = frozenset(cut(normalise("\n".join((*known.questions, *known.words)))))
    told = frozenset(word for word in cut(normalise(known.said)) if len(word) > 1)
    vocabulary = asked | told
    return _Card(
        known,
        vocabulary,
        tuple(map(normalise, known.needs)),
        tuple(map(normalise, known.unless)),
    )


def _may_be(card: _Card, text: str) -> bool:
    if any(word in text for word in card.unless):
        return False
    return not card.needs or any(word in text for word in card.needs)


Words = list[tuple[int, int, str]]


def _told(
    card: _Card, words: Words, mine: list[_Hit], others: list[_Hit]
) -> tuple[dict[str, float], dict[str, float]]:
    """What of the question the answer speaks of, and what it does not."""
    own = {hit.word: SUBJECT for hit in mine}
    foreign: dict[str, float] = {}
    for hit in others:
        inside = any(own_hit.covers(hit.start, hit.end) for own_hit in mine)
        if not inside and GAP not in hit.word and hit.word not in card.vocabulary:
            foreign[hit.word] = OTHERS_SUBJECT
    hits = [*mine, *(hit for hit in others if GAP not in hit.word)]
    for start, end, word in words:
        if not any(hit.covers(start, end) for hit in hits):
            weight = 1.0 if len(word) > 1 else SINGLE
            (own if word in card.vocabulary else foreign)[word] = weight
    return own, foreign


def _words(window: str) -> Words:
    """What the question speaks of: its words without those that any question has."""
    found, start = [], 0
    for word in cut(window):
        end = start + len(word)
        if word not in _said_by_all() and not _MARKS.search(word) and not _NUMBER.fullmatch(word):
            found.append((start, end, word))
        start = end
    return found


def _windows(text: str) -> Iterator[list[str]]:
    """What to look at: each clause that asks; with what stands before it; all of it."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause]
    asking = [place for place, clause in enumerate(clauses) if _asks().search(clause)]
    if asking and len(clauses) > 1:
        yield [clauses[place] for place in asking]
        yield ["，".join(clauses[max(0, place - 1) : place + 1]) for place in asking]
    yield ["，".join(clauses)]


def what_is_asked(text: str) -> list[str]:
    """The clauses that ask; all of them if none does."""
    clauses = [clause for clause in _CLAUSE.split(text) if clause]
    return [clause for clause in clauses if _asks().search(clause)] or clauses


def subject_of(question: str) -> tuple[str, ...]:
    """What a question is about, for an answer that has no words yet: the longest first."""
    runs = (_MARKS.sub("", "".join(run)) for run in _runs(normalise(question)))
    words = dict.fromkeys(run for run in runs if len(run) > 1)
    return tuple(sorted(words, key=len, reverse=True))[:MOST_WORDS]


def _rank(found: Found) -> tuple[float, float, str]:
    return (-found.score, -sum(len(word) * weight for word, weight in found.own), found.id)


def _pairs(text: str) -> frozenset[str]:
    """Pairs of characters, without the words that any question has."""
    runs = (_MARKS.sub("", "".join(run)) for run in _runs(text))
    return frozenset(pair for run in runs for pair in map("".join, pairwise(run)))


def _runs(text: str) -> Iterator[list[str]]:
    run: list[str] = []
    for word in cut(text):
        if word in _said_by_all():
            yield run
            run = []
        else:
            run.append(word)
    yield run


@cache
def _asking() -> dict[str, list[str]]:
    return tomllib.loads(files(__package__).joinpath("asking.toml").read_text(encoding="utf-8"))


@cache
def _asks() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _asking()["asking"])))


@cache
def _said_by_all() -> frozenset[str]:
    return frozenset(word for words in _asking().values() for word in words)
