"""How many are affected 影响范围, as far as a text says so. Words in `extents.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_NUMBER = r"(?:[2-9]|[1-9]\d+|[两二三四五六七八九]|[一二三四五六七八九]?十[一二三四五六七八九]?|[一两二三四五六七八九]百)"


def extent_of(text: str) -> str:
    """county · township · village · group · household; empty if the text does not say."""
    return next((name for name, pattern in _patterns() if pattern.search(text)), "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """From the widest to the narrowest."""
    written = files(__package__).joinpath("extents.toml").read_text(encoding="utf-8")
    return tuple(
        (name, re.compile("|".join(re.escape(word).replace(r"\{n\}", _NUMBER) for word in words)))
        for name, words in tomllib.loads(written).items()
    )
