"""A method's text with one number changed: comments and order stay as they are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from itertools import pairwise

from casework.duration import Duration
from casework.methods.method import ANY, ClockRule, Method
from casework.methods.reader import common

_HEADER = re.compile(r"^\[", re.MULTILINE)
_DUE = re.compile(r'^due\s*=\s*"[^"\n]*"[^\n]*$', re.MULTILINE)


def with_due(method: Method, rule: ClockRule, due: Duration, why: str) -> str:
    """The method's text with another time for this rule; `why` stands behind the number.

    A rule that the method has taken over is stated in it from now on.
    """
    line = f'due = "{due.amount}{due.unit}" # {why}'
    for start, end in _clocks(method.text):
        if _states(method.text[start:end], rule, method):
            return (
                method.text[:start]
                + _DUE.sub(line, method.text[start:end], count=1)
                + method.text[end:]
            )
    for start, end in _clocks(common()):
        block = common()[start:end]
        if _states(block, rule, method):
            return f"{method.text.rstrip()}\n\n{_DUE.sub(line, block.strip(), count=1)}\n"
    raise LookupError(f"工作法“{method.name}”里没有写这一条时限。")


def _clocks(text: str) -> Iterator[tuple[int, int]]:
    """Where each `[[clock]]` begins and ends; comments before the next section are not of it."""
    heads = [found.start() for found in _HEADER.finditer(text)] + [len(text)]
    for start, following in pairwise(heads):
        if text.startswith("[[clock]]", start):
            body = text[start:following]
            end = start + len(re.sub(r"(\n\s*(#[^\n]*)?)+\Z", "", body))
            yield start, end


def _states(block: str, rule: ClockRule, method: Method) -> bool:
    """Whether this block of TOML is where the rule comes from."""
    (table,) = tomllib.loads(block)["clock"]
    levels = {level: rung.name for rung in method.levels for level in rung.covers}
    wanted = {
        "kind": rule.kind,
        "subkind": rule.subkind,
        "topic": rule.topic,
        "urgency": rule.urgency,
        "extent": rule.extent,
        "track": rule.track,
        "round": rule.round,
        "level": levels.get(rule.level, rule.level),
    }
    if table["name"] != rule.name:
        return False
    for key, value in wanted.items():
        stated = table.get(key, ANY)
        if value not in (stated if isinstance(stated, list) else [stated]):
            return False
    return True
