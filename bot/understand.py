"""`xiaoge read`: texts in, readings out, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from casework.townfile import build, parse
from nlp.lexicon import shipped
from nlp.reader import Reader
from nlp.reading import Reading
from storage.book import names


def read_lines(
    lines: Iterable[str], town: str | None, among: list[str]
) -> Iterator[dict[str, Any]]:
    """JSON lines {"id","text"} → one reading each. Raises ValueError for a line that is none."""
    places = names(build(parse(town))) if town is not None else ()
    reader = Reader(shipped(), places, among=among)
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _shown(reader, line, number)


def _shown(reader: Reader, line: str, number: int) -> dict[str, Any]:
    try:
        given = json.loads(line)
        identity, text = given["id"], str(given["text"])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f'line {number}: not {{"id", "text"}}') from error
    return {"id": identity, **as_json(reader.read(text))}


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
