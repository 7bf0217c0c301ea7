"""Work methods 工作法: each a TOML file beside this one, or a town's own in the same form.

    id, name, origin, source                what it is called, where it comes from
    [[level]]  name, title, covers          the ladder from below; `covers`: levels of the town
    [[clock]]  name, due, steps             one promise (acknowledge, reply, settle, decide, silence)
               level, kind, subkind, topic, urgency    for which cases: a value, a list, or left out
               steps = [{ at, do, to, card }]          at = "-1d", "0", "+1wd", "50%"

`level` names rungs of the method's own ladder; a rule exists once for each level of the town
that the rung covers.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from casework.methods.method import (
    ANY,
    Act,
    Audience,
    Card,
    ClockName,
    ClockRule,
    Level,
    Method,
    Share,
    Step,
)
from casework.methods.reader import MethodError, load

__all__ = [
    "ANY",
    "Act",
    "Audience",
    "Card",
    "ClockName",
    "ClockRule",
    "Level",
    "Method",
    "MethodError",
    "Share",
    "Step",
    "load",
    "shipped",
]


@cache
def shipped() -> Mapping[str, Method]:
    """The methods that come with 小格, by id."""
    found = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            method = load(file.read_text(encoding="utf-8"), file.name)
            found[method.id] = method
    return MappingProxyType(found)
