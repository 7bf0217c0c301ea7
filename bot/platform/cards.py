"""Template cards as they stand on the phones of members: shown, pressed, changed, greyed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Card:
    """One card on one phone. `grey` is the word in the place of its buttons."""

    userid: str
    shown: Mapping[str, Any]
    grey: str = ""

    @property
    def task_id(self) -> str:
        return str(self.shown["task_id"])

    @property
    def buttons(self) -> list[str]:
        """What its buttons say when they are pressed."""
        return [] if self.grey else [each["key"] for each in self.shown["button_list"]]


@dataclass
class Cards:
    """A response code works once, for the card for which it was given."""

    on_phones: dict[tuple[str, str], Card] = field(default_factory=dict)
    codes: dict[str, Card] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def show(self, userid: str, shown: Mapping[str, Any]) -> str:
        """A card arrives; the code with which it can be changed."""
        card = self.on_phones.setdefault((userid, shown["task_id"]), Card(userid, shown))
        return self.code_for(card)

    def code_for(self, card: Card) -> str:
        code = f"CODE-{next(self._numbers)}"
        self.codes[code] = card
        return code

    def change(self, payload: Mapping[str, Any]) -> bool:
        """False: the code is unknown, used up, expired, or another member's."""
        card = self.codes.pop(payload["response_code"], None)
        if card is None or card.userid not in payload["userids"]:
            return False
        if "button" in payload:
            card.grey = payload["button"]["replace_name"]
        else:
            card.shown = payload["template_card"]
        return True

    def expire(self) -> None:
        """Three days are over."""
        self.codes.clear()

    def of(self, userid: str) -> list[Card]:
        return [card for card in self.on_phones.values() if card.userid == userid]
