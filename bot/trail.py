"""The audit trail from the command line: checked, and written out."""

from __future__ import annotations

import json
from collections.abc import Iterator

from storage import audit
from storage.database import Database


def verify(database: Database) -> tuple[bool, str]:
    """Whether the trail is whole, and in a sentence how that was found."""
    with database.reading() as (session, _):
        line = audit.broken(session)
        if line is not None:
            return False, f"broken: a line up to {line} was changed, added or taken away"
        seal = audit.newest_seal(session)
        if seal is None:
            return True, "whole: nothing is sealed yet"
        return True, f"whole: {seal.last} lines, chain {seal.hash}"


def export(database: Database, word: str) -> Iterator[str]:
    """One JSON object a line: the lines of the trail, oldest first, then the seals over them."""
    with database.reading() as (session, _):
        for row in audit.lines(session, word):
            yield json.dumps({**row.model_dump(mode="json"), "sealed": False}, ensure_ascii=False)
        for seal in audit.seals(session):
            yield json.dumps({**seal.model_dump(mode="json"), "sealed": True}, ensure_ascii=False)
