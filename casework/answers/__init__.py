"""Answers 答案 that come with 小格: examples for a typical township, to be checked by each town.

They are written as `[[answer]]` in a town file is, and a town takes them with `examples = true`. What it
writes or changes under the same id, in its file or by `/答案`, counts instead.

    [usual]                          what holds for each answer of the file that does not say otherwise
    [[answer]]
    id, title, topic                 the topic's department knows more
    questions, words, needs, unless  how it is found: see `nlp.answers`
    text, papers, place, hours       what a villager reads first
    basis, scope, body, how, term, conduct     依据 · 范围 · 主体 · 方式 · 时限 · 纪律
    version, valid_until             after that day it is not told any more
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any


@cache
def examples() -> Mapping[str, dict[str, Any]]:
    """The answers that are shipped, by id, as entries of a town file."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        document = tomllib.loads(file.read_text(encoding="utf-8"))
        usual = document.get("usual", {})
        for row in document["answer"]:
            value = {**usual, **row, "example": True}
            identity = value.pop("id")
            if identity in found:
                raise ValueError(f"{file.name}: {identity} is there twice")
            found[identity] = value
    return MappingProxyType(found)
