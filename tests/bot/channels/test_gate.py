"""An account that is shut is not asked before its time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels.gate import Gate
from bot.channels.outcome import SENT, Outcome

WRONG = Outcome("limited", 60020, "server address not among the trusted IPs", 600, operator=True)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_wrong_setting_shuts_it_for_as_long_as_it_says() -> None:
    clock = Clock()
    gate = Gate(clock)
    assert gate.shut() is None
    assert gate.heed(WRONG) == WRONG
    clock.now += 200
    assert gate.shut() == replace(WRONG, wait=400, operator=False, asked=False)
    clock.now += 400
    assert gate.shut() is None


@pytest.mark.parametrize(
    "outcome",
    [
        SENT,
        Outcome("retry", -1, "platform busy"),
        Outcome("refused", 40003, "no such openid"),
        Outcome("limited", 45015, "48 hours are over"),
        Outcome("limited", 45033, "too many calls", 60),
    ],
)
def test_what_became_of_one_letter_says_nothing_of_the_others(outcome: Outcome) -> None:
    gate = Gate()
    assert gate.heed(outcome) == outcome
    assert gate.shut() is None
