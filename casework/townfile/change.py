"""What loading a town file would change: a pure comparison of the stored entries and the file's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from casework.townfile.schema import CALLED, KINDS, MASK, SECRETS, Entries, Row, place

Source = Literal["file", "chat"]
SIGNS = {"add": "+", "change": "~", "remove": "-"}


@dataclass(frozen=True, slots=True)
class Change:
    """One row that the file has otherwise. `old` None: it is new; `new` None: it goes."""

    kind: str
    id: str
    old: Row | None
    new: Row | None

    @property
    def what(self) -> Literal["add", "change", "remove"]:
        if self.old is None:
            return "add"
        return "remove" if self.new is None else "change"

    @property
    def keys(self) -> dict[str, tuple[Any, Any]]:
        """The keys that differ: old and new value, None where there is none."""
        old, new = self.old or {}, self.new or {}
        names = dict.fromkeys([*old, *new])
        return {n: (old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)}


@dataclass(frozen=True, slots=True)
class Plan:
    """What loading means, in three parts.

    `changes` are to be written. `blocked` are rows changed in chat since the file was loaded,
    which the file would undo. `adopted` are rows changed in chat that the file has by now as
    they are: from this load on the file speaks for them.
    """

    changes: tuple[Change, ...] = ()
    blocked: tuple[Change, ...] = ()
    adopted: tuple[tuple[str, str], ...] = ()


def plan(
    current: Entries,
    sources: Mapping[tuple[str, str], Source],
    wanted: Entries,
    overwrite: bool = False,
) -> Plan:
    """The way from the stored entries to those of a file.

    `sources` says for every row, removed ones too, what wrote its newest version. Rows that
    were written in chat are blocked where the file differs, unless `overwrite`.
    """
    changes, blocked, adopted = [], [], []
    for kind in KINDS:
        old_rows, new_rows = current.get(kind, {}), wanted.get(kind, {})
        for identity in dict.fromkeys([*old_rows, *new_rows]):
            change = Change(kind, identity, old_rows.get(identity), new_rows.get(identity))
            from_chat = sources.get((kind, identity)) == "chat"
            if change.old == change.new:
                adopted += [(kind, identity)] if from_chat else []
            elif from_chat and not overwrite:
                blocked.append(change)
            else:
                changes.append(change)
    return Plan(tuple(changes), tuple(blocked), tuple(adopted))


def describe(plan: Plan) -> str:
    """The plan in plain Chinese, one line a row, then what is to be done about it."""
    lines = [_row(change) for change in plan.changes]
    if plan.blocked:
        lines.append("下面这些后来在企业微信里改过，文件会把它们改回去：")
        lines += [_row(change) for change in plan.blocked]
        lines.append(
            "先用 xiaoge town export 取出现在的内容再改；确实要以文件为准，加 --overwrite。"
        )
    return "\n".join(lines) or "没有变化。"


def _row(change: Change) -> str:
    name = (change.new or change.old or {}).get(CALLED[change.kind][1], "")
    name = name if isinstance(name, str) else name[0]
    head = f"{SIGNS[change.what]} {place(change.kind, change.id)} {name}"
    if change.what != "change":
        return head
    keys = (f"{key}：{_change(change.kind, key, *both)}" for key, both in change.keys.items())
    return f"{head} · " + "；".join(keys)


def _change(kind: str, key: str, old: Any, new: Any) -> str:
    return MASK if (kind, key) in SECRETS else f"{_shown(old)} → {_shown(new)}"


def _shown(value: Any) -> str:
    if value is None:
        return "（无）"
    if isinstance(value, list):
        return "、".join(map(str, value)) or "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return " ".join(map(str, value.values()))
    return str(value) or "（空）"
