"""The order in which a town's entries are listed: from the top of the tree down.

Stored entries have no order of their own, and a change must not move an entry to the end of
every list; so lists and exports follow the tree of units, and below that the ids.
"""

from __future__ import annotations

import re
from functools import lru_cache

from casework.townfile.schema import KINDS, Entries, Row

Path = tuple[tuple[int, tuple[str | int, ...]], ...]


def ordered(entries: Entries) -> Entries:
    """The same entries of the town file's kinds, each kind in the order of the tree."""
    paths = _paths(entries)
    posts = entries.get("post", {})

    def place(kind: str, identity: str, row: Row) -> tuple[Path, tuple[str | int, ...]]:
        unit = row.get("unit") if kind in ("post", "place", "robot") else identity
        if kind == "staff":
            unit = next((posts[post]["unit"] for post in row["posts"]), None)
        return paths.get(unit or "", ()), natural(identity)

    def listed(kind: str) -> dict[str, Row]:
        rows = entries.get(kind, {})
        return dict(sorted(rows.items(), key=lambda item: place(kind, *item)))

    return {kind: listed(kind) for kind in KINDS}


@lru_cache(maxsize=4096)
def natural(identity: str) -> tuple[str | int, ...]:
    """shiqiang-10 after shiqiang-9: letters and numbers in turn."""
    parts = re.split(r"(\d+)", identity)
    return tuple(int(part) if part.isdecimal() else part for part in parts)


def _paths(entries: Entries) -> dict[str, Path]:
    """The way from the top to each unit; departments stand before the villages."""
    units = entries.get("unit", {})
    paths: dict[str, Path] = {}

    def path(identity: str) -> Path:
        if identity not in paths:
            parent = units[identity].get("parent")
            paths[identity] = (*(path(parent) if parent else ()), (1, natural(identity)))
        return paths[identity]

    for identity in units:
        path(identity)
    township = next(i for i, row in units.items() if row["level"] == "township")
    for identity in entries.get("department", {}):
        paths[identity] = (*paths[township], (0, natural(identity)))
    return paths
