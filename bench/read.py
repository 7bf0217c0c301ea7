"""What understanding a sentence costs, against cutting it into words with jieba."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import jieba

from bench.ledger import opened, prepare
from bench.sentences import MATTERS, SENTENCES, WHERE

GOAL = 0.5
ROUNDS = 3  # the best of them counts: what others do on the machine is not asked


def read(folder: Path) -> dict[str, Any]:
    """Microseconds a sentence, medians: the service's reader with the example town's names and
    words, and `jieba.lcut`; warmed up, each in turn on each sentence, in one process. Sentences
    that name no place are told apart."""
    jieba.setLogLevel(logging.WARNING)
    texts = [where + matter for matter, where in product(MATTERS, WHERE)]
    prepare(folder / "read.db")
    with opened(folder / "read.db") as ledger, ledger.database.reading() as (session, begun):
        reader = ledger.shelf.book(session, begun.revision).reader
    for text in SENTENCES:
        timed(reader.read, text), timed(jieba.lcut, text)
    times = {text: (timed(reader.read, text), timed(jieba.lcut, text)) for text in texts}
    named = [times[text] for text in texts if reader.read(text).places]
    heard = [times[text][0] for text in texts if not reader.read(text).places]
    mine, floor = (median(each) for each in zip(*named, strict=True))
    return {
        "name": "read",
        "ours": round(mine, 1),
        "floor": round(floor, 1),
        "ratio": round(mine / floor, 3),
        "unit": "us/sentence",
        "goal": f"<= {GOAL}",
        "met": mine / floor <= GOAL,
        "listening": round(median(heard), 1),  # where no name stands, names are looked for by sound
        "texts": len(texts),
        "characters": round(median(map(len, texts))),
    }


def timed(function: Callable[[str], object], text: str) -> float:
    """Microseconds of this thread's own time."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.thread_time_ns()
        function(text)
        best = min(best, (time.thread_time_ns() - start) / 1000)
    return best
