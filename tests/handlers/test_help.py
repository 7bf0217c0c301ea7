"""帮助 fits one screen, whoever asks."""

from __future__ import annotations

import pytest

from casework.rights import AUDIENCES
from handlers.staff.conversation import COMMANDS
from handlers.staff.help import overview

LINES = 18  # rows of a phone held upright
BYTES = 2048  # of one message


@pytest.mark.parametrize("role", sorted({role for roles in AUDIENCES.values() for role in roles}))
def test_it_is_one_screen(role: str) -> None:
    shown = overview([each for each in COMMANDS if role in AUDIENCES[each.who]])
    assert len(shown.splitlines()) <= LINES
    assert len(shown.encode()) <= BYTES
    assert "回复 1023" in shown
