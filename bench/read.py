"""What understanding a sentence costs, against cutting it into words with jieba; and what having
the model costs, against jieba's own."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import astuple
from itertools import product
from pathlib import Path
from statistics import mean, median
from typing import Any

import jieba

from bench.ledger import opened, prepare
from bench.model import Cost
from bench.sentences import MATTERS, SENTENCES, WHERE
from bench.servers import ROOT
from nlp.places import Name
from nlp.reader import Reader
from storage.book import names

GOAL = 0.5
LOADED = 1.5  # times jieba's own load
MEGABYTES = 30  # beside the segmenter
ROUNDS = 3  # the best of them counts: what others do on the machine is not asked


def read(folder: Path) -> dict[str, Any]:
    """Microseconds a sentence, medians: the service's reader with the example town's names and
    words, and `jieba.lcut`; warmed up, each in turn on each sentence, in one process. Sentences
    that name no place are told apart."""
    jieba.setLogLevel(logging.WARNING)
    texts = [where + matter for matter, where in product(MATTERS, WHERE)]
    reader, known = of_the_example_town(folder)
    for text in SENTENCES:
        timed(reader.read, text), timed(jieba.lcut, text)
    times = {text: (timed(reader.read, text), timed(jieba.lcut, text)) for text in texts}
    named = [times[text] for text in texts if reader.read(text).places]
    heard = [times[text][0] for text in texts if not reader.read(text).places]
    mine, floor = (median(each) for each in zip(*named, strict=True))
    model, other = load("ours", known), load("jieba", known)
    slower = model["seconds"] / other["seconds"]
    return {
        "name": "read",
        "ours": round(mine, 1),
        "floor": round(floor, 1),
        "ratio": round(mine / floor, 3),
        "unit": "us/sentence",
        "goal": f"<= {GOAL}, loaded in <= {LOADED} x jieba's time, <= {MEGABYTES} MB",
        "met": mine / floor <= GOAL and slower <= LOADED and model["beyond"] <= MEGABYTES,
        "ratio_of_means": round(mean(a for a, _ in named) / mean(b for _, b in named), 3),
        "with_reasons": round(median(timed(explained(reader), text) for text in texts), 1),
        "listening": round(median(heard), 1),  # where no name stands, names are looked for by sound
        "load_s": round(model["seconds"], 2),
        "load_ratio": round(slower, 2),
        "beyond_segmenter_mb": round(model["beyond"], 1),
        "texts": len(texts),
        "characters": round(median(map(len, texts))),
    }


def of_the_example_town(folder: Path) -> tuple[Reader, list[Name]]:
    """Its reader, and the names that it knows."""
    prepare(folder / "read.db")
    with opened(folder / "read.db") as ledger, ledger.database.reading() as (session, begun):
        book = ledger.shelf.book(session, begun.revision)
        return book.reader, list(names(book.town))


def explained(reader: Reader) -> Callable[[str], object]:
    """Reading a sentence and asking for all the words that it goes by."""
    return lambda text: dict(reader.read(text).matched)


def load(what: str, known: list[Name]) -> Cost:
    """The lowest figures of some processes that load a model."""
    command = [sys.executable, "-m", "bench.model", what]
    given = json.dumps([astuple(name) for name in known])
    costs: list[Cost] = [
        json.loads(
            subprocess.run(
                command, input=given, cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(ROUNDS)
    ]
    return {name: min(cost[name] for cost in costs) for name in costs[0]}


def timed(function: Callable[[str], object], text: str) -> float:
    """Microseconds of this thread's own time."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.thread_time_ns()
        function(text)
        best = min(best, (time.thread_time_ns() - start) / 1000)
    return best
