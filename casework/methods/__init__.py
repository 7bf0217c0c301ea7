"""Work methods 工作法: each a TOML file beside this one, or a town's own in the same form.

    id, name, origin, source                what it is called, where it comes from
    extends = "common"                      takes over what `common.toml` says of all else
    [[level]]  name, title, covers          the ladder from below; `covers`: levels of the town
    [[clock]]  name, due, steps             one promise (acknowledge, reply, settle, decide, silence …)
               kind, subkind, topic, urgency, extent, level, track, round     for which cases
               steps = [{ at, do, to, card, by, say }]      at = "-1d", "0", "+1wd", "50%"
    [[start]]  level                        where a new case begins
    [[track]]  id, name, given, stages      a list 清单 to put cases on
    [[require]] name, before, by, how       what has to be on record 留痕 before an action
    [[stage]]  name, by                     the method's own names for the steps of a case's life
    [[pause]]  reason, limit, clocks        what stops clocks
    [extension] · [hand_back] · [closing] · [publication] · [top]
    [[consequence]] card, count, within, do what cards bring
    [[rhythm]] id, name, when, do, to, level, text, missed       what comes again
    delegates, rates                        who may delegate; which rates are reported

`kind`, `level` and the like select cases: a value, a list, or left out for all. `level` names rungs
of the method's own ladder; a rule exists once for each level of the town that the rung covers.
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
from casework.methods.reader import COMMON, MethodError, common, load

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
    "common",
    "load",
    "shipped",
]


@cache
def shipped() -> Mapping[str, Method]:
    """The methods that come with 小格, by id."""
    found = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml") and file.name != f"{COMMON}.toml":
            method = load(file.read_text(encoding="utf-8"), file.name)
            found[method.id] = method
    return MappingProxyType(found)
