"""One finding of the doctor's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """`step` and `what` are keys of advice.toml; no `what`: all is well. A hint can be lived without."""

    step: str
    how: Literal["good", "hint", "bad"] = "good"
    what: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def bad(step: str, what: str, **details: object) -> Finding:
    return Finding(step, "bad", what, details)


def hint(step: str, what: str, **details: object) -> Finding:
    return Finding(step, "hint", what, details)
