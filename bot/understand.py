"""`xiaoge read`, `xiaoge duplicates`: texts in, what is made of them out, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from casework.townfile import build, parse
from nlp.duplicates import group, signature
from nlp.lexicon import shipped
from nlp.reader import Reader
from nlp.reading import Reading
from storage.book import reader_of


def read_lines(
    lines: Iterable[str], town: str | None, among: list[str]
) -> Iterator[dict[str, Any]]:
    """JSON lines {"id","text"} → one reading each. Raises ValueError for a line that is none."""
    if town is None:
        reader = Reader(shipped(), among=among)
    else:
        reader = reader_of(build(parse(town)), {}, among)
    for number, line in enumerate(lines, 1):
        if line.strip():
            identity, text = _given(line, number)
            yield {"id": identity, **as_json(reader.read(text))}


def group_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """JSON lines {"id","text"} → {"id","group"}: the id of the first text about the same matter."""
    reader = Reader(shipped())
    given = [_given(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    readings = (reader.read(text) for _, text in given)
    found = group([signature(reading.text, reading.topic) for reading in readings])
    for (identity, _), first in zip(given, found, strict=True):
        yield {"id": identity, "group": given[first][0]}


def _given(line: str, number: int) -> tuple[Any, str]:
    try:
        given = json.loads(line)
        return given["id"], str(given["text"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f'line {number}: not {{"id", "text"}}') from error


def as_json(reading: Reading) -> dict[str, Any]:
    return {
        "kind": reading.kind,
        "subkind": reading.subkind,
        "field": reading.field,
        "topic": reading.topic,
        "urgency": reading.urgency,
        "ledger": reading.ledger,
        "confidence": round(reading.confidence, 3),
        "places": [asdict(place) for place in reading.places],
        "parts": list(reading.parts),
        "matched": {key: [list(pair) for pair in words] for key, words in reading.matched.items()},
        "signals": sorted(reading.signals),
    }
