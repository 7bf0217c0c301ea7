"""One message, several matters 一信多事: cut where the writer cuts (另外, 1、), or, in a short
message, between sentences (or before 垃圾也没人收) that name matters for different desks and each
say what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from nlp.lexicon import Topic
from nlp.words import Hit

SHORT = 80  # characters; in a longer text the clauses tell one story
TELLS = 2.0  # the weight of a word that says what is the matter
_MARKS = re.compile(
    r"(?:(?<=^)|(?<=[。！？；，、\n:]))\s*"
    r"(?=(?:第[一二三四五六]|[一二三四五六](?:是|、|，)|[1-9](?:、|\.(?!\d)|\)|，)|[①-⑨]|\([1-9一二三四五]\)"
    r"|再(?:一个|就是|有|说)|其次|同时还|此外))"
    r"|(?=另外|还有(?:就是|那|我|一[件个]|，|门|家)|顺[便带]|除此之外|对了|一个是|[1-9]\.(?!\d))"
)
_SENTENCES = re.compile(r"(?<=[。；！？\n])(?!所以|导致|害得|因为|而且|结果|不然|为了|希望)")
_TOO = re.compile(r"[^。；！？，\n]{0,2}也")  # 垃圾也没人收 …
_GOES = frozenset("去在到找给跟问从")  # … but not 去银行查也没有


class _Piece(NamedTuple):
    text: str
    topics: frozenset[str]
    desks: frozenset[str]  # who would look after it
    tells: bool  # says by itself what is the matter
    marked: bool  # the writer began something new here


def split(text: str, hits: Sequence[Hit], topics: Mapping[str, Topic]) -> tuple[str, ...]:
    """The text of each matter; `(text,)` when there is one. What stands before the first
    topic goes with it; a piece without a topic goes with the one before."""
    if len({use.name for _, _, use in hits if use.aim == "topic"}) < 2:
        return (text,)
    joined: list[_Piece] = []
    for piece in _pieces(text, hits, topics):
        if joined and not _is_another(joined[-1], piece):
            joined[-1] = _together(joined[-1], piece)
        else:
            joined.append(piece)
    if len(joined) < 2:
        return (text,)
    return tuple(piece.text.strip("，；、 \n") for piece in joined)


def _pieces(text: str, hits: Sequence[Hit], topics: Mapping[str, Topic]) -> Iterator[_Piece]:
    marks = {match.start() for match in _MARKS.finditer(text)}
    cuts = marks | {0, len(text)}
    if len(text) <= SHORT:
        cuts |= {match.start() for match in _SENTENCES.finditer(text)}
        cuts |= {
            start
            for start, end, use in hits
            if use.aim == "topic"
            and _TOO.match(text, end)
            and start
            and text[start - 1] not in _GOES
        }
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        inside = [(at, use) for at, _, use in hits if start <= at < end]
        named = frozenset(use.name for _, use in inside if use.aim == "topic")
        desks = frozenset(
            desk for name in named for desk in topics[name].departments or (topics[name].field,)
        )
        tells = any(use.aim == "kind" and use.weight >= TELLS for _, use in inside)
        yield _Piece(text[start:end], named, desks, tells, start in marks)


def _is_another(before: _Piece, after: _Piece) -> bool:
    if not after.topics or not before.topics or before.topics & after.topics:
        return False
    if after.marked:
        return True
    return before.tells and after.tells and not before.desks & after.desks


def _together(before: _Piece, after: _Piece) -> _Piece:
    return _Piece(
        before.text + after.text,
        before.topics | after.topics,
        before.desks | after.desks,
        before.tells or after.tells,
        before.marked,
    )
