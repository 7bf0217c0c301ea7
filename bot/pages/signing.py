"""What a browser brings back and cannot have made itself: signed, for one use, for a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Callable

_SIZE = 16  # bytes of a signature: 128 bits


class Signer:
    """Signs with XIAOGE_SECRET_KEY. What was signed for one `use` is worth nothing for another."""

    def __init__(self, key: str, clock: Callable[[], float] = time.time) -> None:
        self._key = key.encode()
        self._clock = clock

    def sign(self, use: str, value: str, seconds: int) -> str:
        """A word for a cookie or an address, good for so long."""
        until = f"{int(self._clock()) + seconds:x}"
        body = base64.urlsafe_b64encode(value.encode()).rstrip(b"=").decode()
        return f"{body}.{until}.{self._mac(use, body, until)}"

    def read(self, use: str, word: str) -> str | None:
        """The value, if we have signed it and its time is not over."""
        body, _, rest = word.partition(".")
        until, _, mac = rest.partition(".")
        expected = self._mac(use, body, until)
        if not hmac.compare_digest(mac.encode(errors="replace"), expected.encode()):
            return None
        if int(until, 16) < self._clock():
            return None
        return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()

    def _mac(self, use: str, body: str, until: str) -> str:
        text = f"{use}|{body}|{until}".encode(errors="replace")
        digest = hmac.new(self._key, text, hashlib.sha256).digest()[:_SIZE]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
