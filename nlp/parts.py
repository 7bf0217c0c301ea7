"""One message, several matters 一信多事: cut where the writer cuts (另外, 1、), or, in a short
message, between sentences (or before 垃圾也没人收) that name matters for different desks and each
say what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise
from typing import NamedTuple

from nlp.lexicon import Topic
from nlp.words import Hit

SHORT = 80  # characters; in a longer text the clauses tell one story
_MARKS = re.compile(
    r"(?:(?<=^)|(?<=[。！？；，、\n:]))\s*"
    r"(?=(?:第[一二三四五六]|[一二三四五六](?:是|、|，)|[1-9](?:、|\.(?!\d)|\)|，)|[①-⑨]|\([1-9一二三四五]\)"
    r"|再(?:一个|就是|有|说)|其次|同时还|此外))"
    r"|(?=另外|还有(?:就是|那|我|一[件个]|，|门|家)|顺[便带]|除此之外|对了|一个是|[1-9]\.(?!\d))"
)
_ALSO = re.compile(r"(?<=[，。；！？])还有")  # begins something new if it says what is wrong
# one of these stands where something is marked; most texts have none, and are not looked through
_MARKED = re.compile(
    "|".join(
        [number + sign for number in "一二三四五六" for sign in "是、，"]
        + [number + sign for number in "123456789" for sign in ("、", r"\.", r"\)", "，")]
        + [f"第{number}" for number in "一二三四五六"]
        + [*"①②③④⑤⑥⑦⑧⑨", r"\(", "再", "其次", "同时还", "此外"]
        + ["另外", "还有", "顺", "除此", "对了", "一个是"]
    )
)
_INSIDE = re.compile(r"[。；！？\n](?!\Z)")  # a sentence ends before the text does
_SENTENCES = re.compile(r"[。；！？\n](?!所以|导致|害得|因为|而且|结果|不然|为了|希望)")
_TOO = re.compile(r"[^。；！？，\n]{0,2}也")  # 垃圾也没人收 …
_GOES = frozenset("去在到找给跟问从")  # … but not 去银行查也没有


class _Matter(NamedTuple):
    start: int
    end: int
    topics: frozenset[str]
    tells: bool  # says by itself what is the matter
    marked: bool  # the writer began something new here


def split(text: str, hits: Sequence[Hit], topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """The text of each matter; `(text,)` when there is one. What stands before the first
    topic goes with it; a piece without a topic goes with the one before."""
    marks = {match.start() for match in _MARKS.finditer(text)} if _MARKED.search(text) else set()
    if not marks and "还有" not in text and not _may_say_two(text, hits):
        return (text,)
    also = {match.start() for match in _ALSO.finditer(text)}
    cuts = marks | also | (_between_sentences(text, hits) if len(text) <= SHORT else set())
    joined: list[_Matter] = []
    for piece in _pieces(hits, marks, also, sorted(cuts | {0, len(text)})):
        if joined and not _is_another(joined[-1], piece, topics):
            joined[-1] = _together(joined[-1], piece)
        else:
            joined.append(piece)
    if len(joined) < 2:
        return (text,)
    return tuple(text[matter.start : matter.end].strip("，；、 \n") for matter in joined)


def _may_say_two(text: str, hits: Sequence[Hit]) -> bool:
    """Without a mark: a short text with a border inside it, that says twice what is wrong."""
    if len(text) > SHORT or not ("也" in text or _INSIDE.search(text)):
        return False
    return len([1 for _, _, use in hits if use.tells]) > 1


def _between_sentences(text: str, hits: Sequence[Hit]) -> set[int]:
    """Where one matter may end and another begin."""
    cuts = {match.end() for match in _SENTENCES.finditer(text)}
    if "也" in text:
        cuts |= {
            start
            for start, end, use in hits
            if use.aim == "topic"
            and _TOO.match(text, end)
            and start
            and text[start - 1] not in _GOES
        }
    return cuts


def _pieces(
    hits: Sequence[Hit], marks: Set[int], also: Set[int], edges: Sequence[int]
) -> Iterator[_Matter]:
    telling = [(at, use) for at, _, use in hits if use.aim == "topic" or use.tells]
    for start, end in pairwise(edges):
        inside = [use for at, use in telling if start <= at < end]
        named = frozenset([use.name for use in inside if use.aim == "topic"])
        tells = any(use.tells for use in inside)
        yield _Matter(start, end, named, tells, start in marks or (tells and start in also))


def _is_another(before: _Matter, after: _Matter, topics: Mapping[str, Topic]) -> bool:
    if not after.topics or not before.topics or before.topics & after.topics:
        return False
    if after.marked:
        return True
    if not (before.tells and after.tells):
        return False
    return _desks(before, topics).isdisjoint(_desks(after, topics))


def _desks(matter: _Matter, topics: Mapping[str, Topic]) -> frozenset[str]:
    return frozenset[str]().union(*(topics[name].desks for name in matter.topics))


def _together(before: _Matter, after: _Matter) -> _Matter:
    return _Matter(
        before.start,
        after.end,
        before.topics | after.topics,
        before.tells or after.tells,
        before.marked,
    )
