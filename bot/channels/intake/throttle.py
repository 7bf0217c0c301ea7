"""So many requests a minute for each partner, of this process: what runs wild holds up nobody else."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable

MINUTE = 60.0


class Throttle:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[str, deque[float]] = defaultdict(deque)

    def wait(self, who: str, rate: int) -> int:
        """Seconds until one more is allowed; 0: it is, and counts."""
        now, last = self._clock(), self._last[who]
        while last and last[0] <= now - MINUTE:
            last.popleft()
        if len(last) >= rate:
            return int(last[0] + MINUTE - now) + 1
        last.append(now)
        return 0
