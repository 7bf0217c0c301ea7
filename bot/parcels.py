"""How letters are put together: each alone, or several that wait for one person as one message."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

from bot.channels.contract import Capabilities
from bot.channels.text import TEXT_LIMIT, split_text
from handlers.timed.letters import together
from storage.outbox import PRIORITY
from storage.sending import Claimed, Parcel, Way

FLOOD = 3  # so many ordinary letters that wait for one person become one message
GATHERED = 20  # and so many at most


def way(capabilities: Capabilities) -> Way:
    """How letters of a channel are claimed."""
    if not capabilities.gathers:
        return Way(alone, capabilities.limits)
    return Way(gathered, capabilities.limits, GATHERED)


def alone(letters: Iterable[Claimed]) -> list[Parcel]:
    return [_parcel((letter,)) for letter in letters]


def gathered(letters: Sequence[Claimed]) -> list[Parcel]:
    """Ordinary letters that wait for one person, as few messages as they fit into. Letters that
    were tried together are tried together again: the same message, which the platform knows."""
    parcels: list[Parcel] = []
    for _, same in itertools.groupby(letters, lambda letter: (letter.task, letter.attempts)):
        group = list(same)
        parcels += map(_parcel, _filled(group)) if _flood(group) else alone(group)
    return parcels


def text_of(parcel: Parcel) -> str:
    """What a parcel says."""
    first, *more = parcel.letters
    return _together(parcel.letters) if more else first.text


def _flood(group: Sequence[Claimed]) -> bool:
    first = group[0]
    if first.task != "send" or first.priority < PRIORITY["ordinary"]:
        return False
    if any(letter.delivered for letter in group):  # the rest goes on where it broke off
        return False
    return len(group) >= FLOOD or first.attempts > 0


def _filled(group: Sequence[Claimed]) -> Iterator[tuple[Claimed, ...]]:
    part: tuple[Claimed, ...] = ()
    for letter in group:
        if part and len(_together((*part, letter)).encode()) > TEXT_LIMIT:
            yield part
            part = ()
        part = (*part, letter)
    yield part


def _together(letters: Sequence[Claimed]) -> str:
    return together([each.text for each in letters])


def _parcel(letters: tuple[Claimed, ...]) -> Parcel:
    return Parcel(letters, _messages(letters[0]) if len(letters) == 1 else 1)


def _messages(letter: Claimed) -> int:
    """How many the platform will count: changes and fetches are none."""
    if letter.task != "send":
        return int(letter.task == "give")
    return max(1, len(split_text(letter.text)) - letter.delivered)
