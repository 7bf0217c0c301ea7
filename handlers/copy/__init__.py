"""The bot's words: every sentence that a person reads stands in a TOML file of this folder.

`say("villager.filed", number=1023, …)` takes `[filed]`-style keys of `villager.toml`. A sentence
is a Python format string; a test keeps keys, uses and places in step.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def sentences() -> dict[str, str]:
    """All sentences by key: `file.table.name`."""
    found: dict[str, str] = {}
    for file in files(__name__).iterdir():
        if file.name.endswith(".toml"):
            _flatten(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")), found)
    return found


def say(key: str, /, **values: Any) -> str:
    """The sentence of this key with its places filled."""
    return sentences()[key].format_map(values)


def _flatten(prefix: str, table: dict[str, Any], found: dict[str, str]) -> None:
    for name, value in table.items():
        if isinstance(value, str):
            found[f"{prefix}.{name}"] = value
        else:
            _flatten(f"{prefix}.{name}", value, found)
