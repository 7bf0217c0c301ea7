"""A table of a method's TOML: takes values out of it and notes, in Chinese, what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from difflib import get_close_matches
from typing import Any

from casework.duration import Duration
from casework.rhythm import Rule

UNKNOWN = Duration(9999, "wd")  # stands for a duration that could not be read
NEVER = Rule("", time(), ())  # stands for days that could not be read


@dataclass(frozen=True, slots=True)
class Table:
    data: Mapping[str, Any]
    where: str
    problems: list[str]

    def wrong(self, key: str, what: str) -> None:
        self.problems.append(f"{self.where} · {key}：{what}")

    def only(self, *known: str) -> None:
        for key in self.data:
            if key not in known:
                self.wrong(key, f"没有这一项。{nearest(key, known)}")

    def tables(self, key: str, *, optional: bool = False) -> list[Table]:
        """The tables `[[key]]`, or the inline ones of a list."""
        found = self.data.get(key)
        if found is None and optional:
            return []
        if not isinstance(found, list) or not found or not all(type(f) is dict for f in found):
            self.wrong(key, "至少要有一项。")
            return []
        return [
            Table(
                entry,
                f"{self.where} · {key} 第{number}项 {entry.get('name', '')}".rstrip(),
                self.problems,
            )
            for number, entry in enumerate(found, 1)
        ]

    def table(self, key: str) -> Table | None:
        """The table `[key]`, if there is one."""
        found = self.data.get(key)
        if found is None:
            return None
        if type(found) is not dict:
            self.wrong(key, f"要写成 [{key}] 一节。")
            return None
        return Table(found, f"{self.where} · {key}", self.problems)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.data.get(key, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        self.wrong(key, "要写一段文字。")
        return ""

    def flag(self, key: str, default: bool) -> bool:
        value = self.data.get(key, default)
        if type(value) is bool:
            return value
        self.wrong(key, "要写 true 或 false。")
        return default

    def count(self, key: str, default: int | None = None, most: int = 99) -> int | None:
        value = self.data.get(key, default)
        if value is None or (type(value) is int and 1 <= value <= most):
            return value
        self.wrong(key, f"要写 1 到 {most} 的整数。")
        return default

    def choices(self, key: str, known: tuple[str, ...], default: tuple[str, ...] = ()) -> Any:
        """One of the known words, or a list of them, as a tuple."""
        value = self.data.get(key)
        if value is None and default:
            return default
        words = value if isinstance(value, list) else [value]
        if value is None or not words:
            self.wrong(key, f"要写。{nearest('', known)}")
            return ()
        for word in words:
            if word not in known:
                self.wrong(key, f"不认识“{word}”。{nearest(word, known)}")
        return tuple(word for word in words if word in known)

    def some(self, key: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """The same of a key that may be left out: nothing then."""
        found: tuple[str, ...] = self.choices(key, known) if key in self.data else ()
        return found

    def choice(self, key: str, known: tuple[str, ...], default: str | None = None) -> Any:
        found = self.choices(key, known, () if default is None else (default,))
        if len(found) > 1:
            self.wrong(key, "只能写一个。")
        return found[0] if found else known[0]

    def words(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """One text or a list of them, whatever they are."""
        value = self.data.get(key, list(default))
        found = value if isinstance(value, list) else [value]
        if all(isinstance(word, str) and word.strip() for word in found):
            return tuple(found)
        self.wrong(key, "要写一段文字，或几段文字的列表。")
        return default

    def duration(self, key: str) -> Duration:
        text = self.text(key)
        try:
            return Duration.parse(text) if text else UNKNOWN
        except ValueError as error:
            self.wrong(key, str(error))
            return UNKNOWN

    def rule(self, key: str) -> Rule:
        """Days that come again: 每月15日和最后一天."""
        text = self.text(key)
        try:
            return Rule.parse(text) if text else NEVER
        except ValueError as error:
            self.wrong(key, str(error))
            return NEVER

    def limit(self, key: str) -> Duration | None:
        """A duration that may be left out."""
        return self.duration(key) if key in self.data else None


def nearest(word: object, known: tuple[str, ...]) -> str:
    close = get_close_matches(str(word), known, 1)
    return f"是不是“{close[0]}”？" if close else f"可以写：{'、'.join(k for k in known if k)}。"
