"""Ten in the morning: the town's clock moved to where no letter waits for the end of the night."""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.calendar import SHANGHAI
from storage.calendar import calendar
from storage.session import WriteSession
from storage.town import advance


def until_ten(session: WriteSession) -> None:
    """Move the town's clock on to ten o'clock of the next working day, whatever the hour of the test."""
    now = datetime.now(SHANGHAI)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    known = calendar(session)
    while not known.is_working(ten.date()):
        ten += timedelta(days=1)
    advance(session, (ten - now) // timedelta(milliseconds=1))
