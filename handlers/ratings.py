"""An opinion 评价 in words: content in five steps, and whether it is solved."""

from __future__ import annotations

import re
from typing import Final

RATINGS: Final = (5, 4, 3, 2, 1)  # as they are offered
STEPS: Final = {
    "很满意": 5, "满意得很": 5, "非常满意": 5, "满意": 4, "基本满意": 3, "一般": 3,
    "不满意": 2, "不太满意": 2, "很不满意": 1, "非常不满意": 1,
}  # fmt: skip

_UNSOLVED: Final = re.compile(r"(?:没|未|没有|还没|不)解决")
_SOLVED: Final = re.compile(r"(?:已经?|都)?解决了?")


def solved(text: str) -> bool | None:
    """Whether it is said to be solved 解决, content or not; None if nothing is said of it."""
    if _UNSOLVED.search(text):
        return False
    return True if _SOLVED.search(text) else None
