"""Entries → TOML text that parses back to the same entries."""

from __future__ import annotations

import json
from typing import Any

from casework.townfile.order import ordered
from casework.townfile.schema import KEYS, Entries

WIDTH = 100


def render(entries: Entries) -> str:
    """The town file of these entries, in which `problems` finds nothing.

    Tables and keys stand in the order of the schema, entries in that of the tree, so that two
    exports can be compared line by line.
    """
    blocks = [
        render_entry(kind, identity, row)
        for kind, rows in ordered(entries).items()
        for identity, row in rows.items()
    ]
    return "\n".join(blocks)


def render_entry(kind: str, identity: str, row: dict[str, Any]) -> str:
    """One entry, with its keys in the order of the schema."""
    head = "[town]" if kind == "town" else f"[[{kind}]]"
    keys = [key.name for key in KEYS[kind] if key.name in row]
    lines = [head, f"id = {_value(identity)}"]
    lines += [_line(key, row[key]) for key in keys]
    return "\n".join(lines) + "\n"


def _line(key: str, value: Any) -> str:
    line = f"{key} = {_value(value)}"
    if not isinstance(value, list) or len(line) <= WIDTH:
        return line
    return f"{key} = [\n" + "".join(f"    {_value(item)},\n" for item in value) + "]"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(v)}" for key, v in value.items()) + " }"
    # JSON's strings, whole numbers and true/false are TOML's too, except for DEL.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
