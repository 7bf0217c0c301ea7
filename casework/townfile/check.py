"""What is wrong with a town's entries, each with the mend.

First the shape of every entry; what is well shaped is then held against the rules.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from casework.townfile.rules import RULES, unknown_method, unknown_topics
from casework.townfile.schema import ID, KEYS, KINDS, Entries, Found, Key, Problem, Row, close


def problems(
    entries: Entries,
    topics: Collection[str] | None = None,
    methods: Collection[str] | None = None,
) -> list[Problem]:
    """Everything that is wrong with these entries; `[]` if `build` may have them.

    Entries of other kinds than the town file's (the town's own words …) are passed over.
    `topics` and `methods`, where given, are the names that departments and the town may use.
    """
    found = list(_shapes(entries))
    sound = {kind: _sound(kind, entries.get(kind, {})) for kind in KINDS}
    for rule in RULES:
        found += rule(sound)
    if topics is not None:
        found += unknown_topics(sound, topics)
    if methods is not None:
        found += unknown_method(sound, methods)
    return found


def _shapes(entries: Entries) -> Found:
    for kind in KINDS:
        for identity, row in entries.get(kind, {}).items():
            if not ID.fullmatch(identity):
                text = "代号只用字母、数字、汉字和 - _ .，不超过 40 个，中间不留空格。"
                yield Problem(kind, identity, "id", text)
            if isinstance(row, dict):
                yield from _keys(kind, identity, row)
            else:
                yield Problem(kind, identity, "", "要写成一节，里面是 键 = 值。")


def _keys(kind: str, identity: str, row: Row) -> Found:
    known = {key.name: key for key in KEYS[kind]}
    for name, value in row.items():
        if name not in known:
            near = close(name, known)
            mend = "请改正" if near else "请删去"
            yield Problem(kind, identity, name, f"没有这个键{near}；{mend}。")
        elif wrong := _wrong(known[name], value):
            yield Problem(kind, identity, name, wrong)
    for key in KEYS[kind]:
        if key.required and key.name not in row:
            yield Problem(kind, identity, key.name, "缺少这个键，请补上。")


def _wrong(key: Key, value: Any) -> str:
    if wrong := key.check(value):
        return wrong
    empty = value in ("", []) or (isinstance(value, str) and not value.strip())
    if key.required and empty and key.name != "posts":  # somebody may hold no post for a while
        return "不能空着，请写上。"
    return ""


def _sound(kind: str, rows: dict[str, Any]) -> dict[str, Row]:
    """The rows and keys that can be relied upon."""
    known = {key.name: key for key in KEYS[kind]}
    return {
        identity: {n: v for n, v in row.items() if n in known and not _wrong(known[n], v)}
        for identity, row in rows.items()
        if isinstance(row, dict)
    }
