"""Partners 对接单位: systems that send matters in and follow them: 12345, 综治, sensors.

A partner's token stands here as its digest only; the key that its webhooks are signed with is made
from the service's own secret key (`bot.channels.intake.send`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RATE = 120  # requests a minute


@dataclass(frozen=True, slots=True)
class Partner:
    id: str
    name: str
    token: str  # SHA-256 of the token, in hex
    webhook: str = ""  # where it wants to be told of changes
    sensor: bool = False  # what it sends are hazards, and nobody's words
    rate: int = RATE
    turn: int = 1  # how often its token and key were given out


def partners(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Partner]:
    """The partners of a town, from its entries of this kind."""
    return {identity: Partner(id=identity, **value) for identity, value in entries.items()}
