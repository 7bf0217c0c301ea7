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

GOAL = 1.0


def read(folder: Path) -> dict[str, Any]:
    """Microseconds a sentence, medians: the service's reader with the example town's names and
    words, and `jieba.lcut`; warmed up, each in turn on each sentence, in one process."""
    jieba.setLogLevel(logging.WARNING)
    texts = [where + matter for matter, where in product(MATTERS, WHERE)]
    prepare(folder / "read.db")
    with opened(folder / "read.db") as ledger, ledger.database.reading() as (session, begun):
        reader = ledger.shelf.book(session, begun.revision).reader
    for text in SENTENCES:
        timed(reader.read, text), timed(jieba.lcut, text)
    times = [(timed(reader.read, text), timed(jieba.lcut, text)) for text in texts]
    mine, floor = (median(each) for each in zip(*times, strict=True))
    return {
        "name": "read",
        "ours": round(mine, 1),
        "floor": round(floor, 1),
        "ratio": round(mine / floor, 3),
        "unit": "us/sentence",
        "goal": f"<= {GOAL}",
        "met": mine / floor <= GOAL,
        "texts": len(texts),
        "characters": round(median(map(len, texts))),
    }


def timed(function: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    function(text)
    return (time.perf_counter() - start) * 1e6
