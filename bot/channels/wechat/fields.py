"""The typed fields of template messages and subscription notices: each value cut to its limit.

A field is called by its type and a number (`thing2`, `phrase3`). The platform refuses a whole
message (47003) for one value that is empty or too long. Only a telephone number has no word that
stands for "none": nobody is given a wrong one, and a field without any is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.channels.text import clean
from casework.calendar import SHANGHAI

NOTHING = "无"
_NAME = re.compile(r"([a-z_]+?)\d*")
_PLACE = re.compile(r"([^\n：:{}]*)[：:]?\s*\{\{(\w+?)\.DATA\}\}")

# Which of our words a field probably wants, by what stands before it in the template …
LABELS: tuple[tuple[str, str], ...] = (
    ("编号", "number"), ("单号", "number"), ("时间", "at"), ("日期", "at"), ("状态", "state"),
    ("进度", "state"), ("结果", "text"), ("说明", "text"), ("内容", "text"), ("备注", "text"),
    ("回复", "text"), ("单位", "by"), ("部门", "by"), ("人", "by"), ("电话", "phone"),
    ("事项", "matter"), ("主题", "matter"), ("名称", "matter"), ("类型", "matter"),
)  # fmt: skip
# … or by its type.
TYPES: Mapping[str, str] = {
    "thing": "matter",
    "phrase": "state",
    "const": "state",
    "name": "by",
    "time": "at",
    "date": "at",
    "character_string": "number",
    "number": "number",
    "phone_number": "phone",
}


def fit(field: str, value: str) -> str:
    """The value as this field may hold it."""
    found = _NAME.fullmatch(field)
    kind = found[1] if found is not None else ""
    return _FORMS.get(kind, _words(20))(" ".join(clean(value).split()))


def fill(fields: Mapping[str, str], words: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The `data` of a message: `fields` says which of our words goes into which field."""
    fitted = {field: fit(field, words.get(word, "")) for field, word in fields.items()}
    return {field: {"value": value} for field, value in fitted.items() if value}


def places(content: str) -> dict[str, str]:
    """What each field of a template's text (`受理编号：{{character_string1.DATA}}`) is for."""
    found: dict[str, str] = {}
    for label, field in _PLACE.findall(content):
        kind = _NAME.fullmatch(field)
        by_type = TYPES.get(kind[1] if kind is not None else "", "text")
        found[field] = next((word for mark, word in LABELS if mark in label), by_type)
        if by_type in ("number", "phone") or (by_type == "at" and found[field] != "at"):
            found[field] = by_type
    return found


def _words(limit: int) -> Callable[[str], str]:
    def form(value: str) -> str:
        if len(value) <= limit:
            return value or NOTHING
        return f"{value[: limit - 1]}…"

    return form


def _only(allowed: str, limit: int, nothing: str) -> Callable[[str], str]:
    unwanted = re.compile(f"[^{allowed}]")
    return lambda value: unwanted.sub("", value)[:limit] or nothing


def _moment(form: str) -> Callable[[str], str]:
    def said(value: str) -> str:
        try:
            at = datetime.fromisoformat(value).astimezone(SHANGHAI)
        except ValueError:
            return fit("thing", value)
        return at.strftime(form)

    return said


_FORMS: Mapping[str, Callable[[str], str]] = {
    "thing": _words(20),
    "phrase": lambda value: re.sub(r"[^\u4e00-\u9fff]", "", value)[:5] or NOTHING,
    "const": _words(20),
    "enum": _words(20),
    "name": lambda value: re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", value)[:10] or NOTHING,
    "number": _only("0-9", 32, "0"),
    "character_string": _only(r"!-~", 32, "-"),
    "letter": _only("A-Za-z", 32, "-"),
    "phone_number": _only("0-9+-", 17, ""),
    "car_number": _words(8),
    "amount": _only("0-9.", 12, "0"),
    "time": _moment("%Y年%m月%d日 %H:%M"),
    "date": _moment("%Y年%m月%d日"),
}
