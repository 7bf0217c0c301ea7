"""How many are affected 影响范围, as far as a text says so. Words in `extents.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_NUMBER = r"(?:[02-9两二三四五六七八九十百]|[1-9]1|十一)"  # how one of two or more ends


def extent_of(text: str) -> str:
    """county · township · village · group · household; empty if the text does not say."""
    return next((name for name, pattern in _patterns() if pattern.search(text)), "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """From the widest to the narrowest."""
    written = files(__package__).joinpath("extents.toml").read_text(encoding="utf-8")
    return tuple((name, _pattern(words)) for name, words in tomllib.loads(written).items())


def _pattern(words: list[str]) -> re.Pattern[str]:
    """What stands for a number is looked at once for all words that have one."""
    counted = "|".join(re.escape(word[3:]) for word in words if word.startswith("{n}"))
    plain = [re.escape(word) for word in words if not word.startswith("{n}")]
    return re.compile("|".join([*plain, f"{_NUMBER}(?:{counted})"] if counted else plain))
