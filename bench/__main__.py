"""`python -m bench [--only a,b]`: one JSON object per line on standard output.

Every line has `name`, `ours`, `floor`, `ratio`, `unit`, `goal`, `met`; the ratio is floor / ours
for what is compared over HTTP and for memory, ours / floor for `read`, `sweep`, `growth` and
`duplicates`. `met` needs every answer and every row to be right, too. The files go below `data/`, to
the disk that the service would use, and are removed at the end; `sweep` and `growth` need 8 GB of it
for some minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import duplicates, footprint, growth, read, rounds, sweep
from bench.servers import ROOT

Measure = Callable[[Path], dict[str, Any]]

TOGETHER = ("round_trip", "obvious")  # two lines from the same rounds
ALONE: tuple[dict[str, Measure], ...] = (
    {"steady": rounds.steady},
    {"read": read.read},
    {"sweep": sweep.sweep, "growth": growth.growth},  # on the same million cases
    {"duplicates": duplicates.duplicates},
    {"memory": footprint.memory},
)
NAMES = (*TOGETHER, *(name for group in ALONE for name in group))


def wanted(arguments: list[str]) -> set[str]:
    """The names after `--only`, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", default=",".join(NAMES), help="names, with commas between")
    names = set(parser.parse_args(arguments).only.split(","))
    if unknown := names - set(NAMES):
        parser.error(f"no such measure: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return names


def lines(names: set[str]) -> Iterator[dict[str, Any]]:
    """Measure what is wanted, each group in a folder of its own."""
    if together := names & set(TOGETHER):
        with new_folder() as folder:
            yield from rounds.round_trips(Path(folder), together)
    for group in ALONE:
        with new_folder() as folder:
            for name, measure in group.items():
                if name in names:
                    yield measure(Path(folder))


def new_folder() -> tempfile.TemporaryDirectory[str]:
    data = ROOT / "data"
    data.mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(dir=data, prefix="bench-")


def main() -> None:
    for line in lines(wanted(sys.argv[1:])):
        print(json.dumps(line, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()
