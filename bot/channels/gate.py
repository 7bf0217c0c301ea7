"""A wrong setting, or the day's quota, shuts an account for a while: no other letter would fare better.

Whoever sends through the account asks first, and says what came of it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.channels.outcome import Outcome


class Gate:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0
        self._why = Outcome("limited")

    def shut(self) -> Outcome | None:
        """What becomes of a letter while the account is shut; None: it may be tried."""
        wait = self._until - self._clock()
        return None if wait <= 0 else replace(self._why, wait=wait, operator=False, asked=False)

    def heed(self, outcome: Outcome) -> Outcome:
        """What came of a letter; shuts the account if it says so."""
        if outcome.state == "limited" and outcome.operator and outcome.wait:
            self._why, self._until = outcome, self._clock() + outcome.wait
        return outcome

    async def through(self, call: Callable[[], Awaitable[Outcome]]) -> Outcome:
        """What came of a call; it is not made while the account is shut."""
        if (shut := self.shut()) is not None:
            return shut
        return self.heed(await call())
