"""One message, several matters 一信多事: cut where the writer cuts, and only if the pieces speak
of different topics."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.words import Hit

_CUTS = re.compile(
    r"(?:(?<=^)|(?<=[。！？；，、\n:]))\s*"
    r"(?=(?:另外|还有(?:就是|一[件个]|，)|再(?:一个|就是|有|说一件)|顺便|同时还|此外|除此之外|其次|第[一二三四五六]|"
    r"[一二三四五六](?:是|、|，)|[1-9](?:、|\.(?!\d)|\)|，)|[①-⑨]|\([1-9一二三四五]\)))"
)


def split(text: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """The text of each matter; `(text,)` when there is one. What stands before the first
    topic goes with it; a piece without a topic goes with the one before."""
    topics = [(start, use.name) for start, _, use in hits if use.aim == "topic"]
    if len({name for _, name in topics}) < 2:
        return (text,)
    starts = [0, *(match.end() for match in _CUTS.finditer(text) if match.end() > 0)]
    if len(starts) == 1:
        return (text,)
    pieces: list[tuple[str, set[str]]] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        here = {name for at, name in topics if start <= at < end}
        if pieces and (not here or not pieces[-1][1] or here & pieces[-1][1]):
            pieces[-1] = (pieces[-1][0] + text[start:end], pieces[-1][1] | here)
        else:
            pieces.append((text[start:end], here))
    if len(pieces) < 2:
        return (text,)
    return tuple(piece.strip("，；、 \n") for piece, _ in pieces)
