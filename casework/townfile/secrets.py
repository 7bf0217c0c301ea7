"""What is secret in a town file: shown as a mask, and kept where the mask comes back."""

from __future__ import annotations

from casework.townfile.schema import MASK, SECRETS, Entries, Problem, Row, TownFileError


def masked(entries: Entries) -> Entries:
    """The same, to be shown: with a mask in the place of each secret."""
    return {
        kind: {identity: _masked(kind, row) for identity, row in rows.items()}
        for kind, rows in entries.items()
    }


def unmasked(entries: Entries, stored: Entries) -> Entries:
    """What was written out comes back: a mask stands for what is stored. Raises `TownFileError`
    where nothing is."""
    found = []

    def filled(kind: str, identity: str, row: Row) -> Row:
        there = stored.get(kind, {}).get(identity, {})
        hidden = [key for key, value in row.items() if (kind, key) in SECRETS and value == MASK]
        for key in hidden:
            if key not in there:
                text = "这里还是星号，镇里没有存过它；请填上真的。"
                found.append(Problem(kind, identity, key, text))
        return {**row, **{key: there[key] for key in hidden if key in there}}

    whole = {
        kind: {identity: filled(kind, identity, row) for identity, row in rows.items()}
        for kind, rows in entries.items()
    }
    if found:
        raise TownFileError(tuple(found))
    return whole


def _masked(kind: str, row: Row) -> Row:
    return {key: MASK if (kind, key) in SECRETS else value for key, value in row.items()}
