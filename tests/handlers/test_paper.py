"""The card for the pocket: every word of a grid member's. That it is one side of A5 a browser tells
(tests/bot/pages/test_accessible.py)."""

from __future__ import annotations

import re

from handlers.staff.conversation import COMMANDS
from handlers.staff.paper import card


def test_it_holds_what_a_grid_member_says() -> None:
    page = card("青石镇", COMMANDS)
    examples = re.findall(r"<dt>(.+?)</dt>", page)
    own = [each for each in COMMANDS if each.who == "staff" and not each.joint]
    assert examples == [each.example.partition("｜")[0] for each in own]
    assert "size: A5" in page
    assert "青石镇小格" in page


def test_nothing_on_it_is_markup_that_was_not_meant() -> None:
    assert "<b>" not in card("<b>镇", COMMANDS)
