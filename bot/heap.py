"""What glibc's heap holds on to. Elsewhere than on glibc there is nothing to do."""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h


def one_heap() -> None:
    """Before the first thread: glibc would give each a heap of its own, 3 MB in all for threads that
    mostly wait."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def give_back() -> None:
    """What loading needed and nothing needs any more: 13 MB that glibc would keep for another time."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
