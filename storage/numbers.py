"""Case numbers 编号: given once, never used twice."""

from __future__ import annotations

import secrets

from storage import hot
from storage.session import WriteSession

PROTECTED_NUMBERS = (10_000_000, 99_999_999)


def next_number(session: WriteSession) -> int:
    """The next ordinary number: digits only, short.

    The first of a transaction is asked for, and nobody else can take one before it ends: those
    after it are counted here.
    """
    last = session.counted.get(hot.ORDINARY_SERIES)
    if last is None:
        last = int(session.run_returning(hot.NEXT_NUMBER)[0][0])
    else:
        last += 1
        session.later(hot.SET_NUMBER, [{"last": last}])
    session.counted[hot.ORDINARY_SERIES] = last
    return last


def is_hidden(number: int) -> bool:
    """True for what can only be the number of a protected case, whether there is one or not."""
    first, last = PROTECTED_NUMBERS
    return first <= number <= last


def hidden_number(session: WriteSession) -> int:
    """A random number for a protected case: it tells nothing about how many there are."""
    first, last = PROTECTED_NUMBERS
    while True:
        number = first + secrets.randbelow(last - first + 1)
        if session.row(hot.CASE, number=number) is None:
            return number
