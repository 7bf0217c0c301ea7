"""The work methods of the town: which versions there were, whose they are, and their text.

Every text under which a case was opened stays, shipped ones too: what a case was promised, and by
which rule, can be read after many releases.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from casework.methods import Method, MethodError, common, load, shipped
from storage.session import ReadSession, WriteSession
from storage.town import TownEntry, history, put

log = logging.getLogger("xiaoge.methods")

KIND = "method"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a method, as it came to count."""

    method: Method
    own: bool  # the town's, not one that is shipped
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Methods:
    """`current`: what can be chosen, by id. `known`: these, and every version that ever counted."""

    current: Mapping[str, Method]
    known: Mapping[str, Method]


def methods(session: ReadSession) -> Methods:
    """The shipped methods, the town's own above them, and all versions that cases can name."""
    current, known = dict(shipped()), {}
    rows = select(TownEntry).where(col(TownEntry.kind) == KIND)
    for row in session.all(rows.order_by(col(TownEntry.id), col(TownEntry.version))):
        version = _version(row)
        if version is None:
            continue
        known[version.method.version] = version.method
        if version.own:
            current[row.id] = version.method
        elif row.id in shipped():
            current[row.id] = shipped()[row.id]
    known |= {method.version: method for method in current.values()}
    return Methods(current, {**known, **current})


def versions(session: ReadSession, identity: str) -> list[Version]:
    """The versions of one method that counted here, the oldest first."""
    found = (_version(row) for row in history(session, KIND, identity))
    return [version for version in found if version is not None]


def keep(session: WriteSession, method: Method, *, own: bool, by: str, now: datetime) -> None:
    """Write down the text of a method that counts from now on, unless that is known already."""
    before = versions(session, method.id)
    if before and (before[-1].method.digest, before[-1].own) == (method.digest, own):
        return
    value = {"text": method.text, "common": common(), "own": own}
    source = "chat" if own else "file"
    put(session, KIND, method.id, value, source=source, by=by, now=now)


def keep_shipped(session: WriteSession, identity: str, *, by: str, now: datetime) -> None:
    """The same of a shipped method, unless the town has made it its own."""
    before = versions(session, identity)
    if identity in shipped() and not (before and before[-1].own):
        keep(session, shipped()[identity], own=False, by=by, now=now)


def _version(row: TownEntry) -> Version | None:
    """None for a text that today's program no longer understands: its cases go on under what counts."""
    if row.value is None:
        return None
    try:
        method = load(row.value["text"], f"{row.id}.toml", row.value["common"])
    except MethodError as error:
        log.warning("version %s of method %s: %s", row.version, row.id, error)
        return None
    return Version(method, row.value["own"], row.changed_by, row.changed_at)
