"""What having a model of the language costs, each in a process of its own:
`python -m bench.model ours|jieba`, place names on standard input, one JSON object out."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from bot.heap import give_back

# loaded in any service, whatever it reads with
STANDARD = ("dataclasses", "importlib.resources", "tomllib")
SENTENCE = "石墙村三组的路灯坏了快半个月"
Cost = dict[str, float]


def ours(names: list[list[str]]) -> Cost:
    """The reader with all its tables, as the service holds it: what loading needed is given back.
    What it takes beside the segmenter is told apart."""
    begun = time.process_time()
    from nlp.segments import borders

    borders(SENTENCE)
    for name in STANDARD:
        import_module(name)
    give_back()
    segmenter = resident()
    from nlp.lexicon import shipped
    from nlp.places import Name
    from nlp.reader import Reader

    reader = Reader(shipped(), [Name(*each) for each in names])
    reader.read(SENTENCE)
    give_back()
    return {"seconds": time.process_time() - begun, "beyond": resident() - segmenter}


def jieba(_: list[list[str]]) -> Cost:
    """jieba with its dictionary, from its own cache if there is one."""
    begun = time.process_time()
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.lcut(SENTENCE)
    return {"seconds": time.process_time() - begun}


def resident(pid: int | str = "self") -> float:
    """Megabytes (10^6 bytes) of a process that are in memory (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text()
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) * 1024 / 1e6


LOADS: dict[str, Callable[[list[list[str]]], Cost]] = {"ours": ours, "jieba": jieba}

if __name__ == "__main__":
    print(json.dumps(LOADS[sys.argv[1]](json.load(sys.stdin))))
