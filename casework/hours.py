"""When people may be told something: quiet hours and days off hold what is ordinary."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from casework.calendar import SHANGHAI, Calendar
from casework.town import Town

_LONGEST: Final = 60  # days off in a row; a calendar with more of them is not believed


def opening(town: Town, calendar: Calendar, urgency: str, now: datetime) -> datetime:
    """`now`, or the next moment at which staff may be told.

    Nights and days off hold what is ordinary, market days nothing by day; nights hold what is urgent
    where the town says so; nothing holds an emergency.
    """
    awake = after_quiet(town, urgency, now)
    if urgency != "ordinary" or not town.quiet_days:
        return awake
    for _ in range(_LONGEST):
        local = awake.astimezone(SHANGHAI)
        if calendar.is_open(local.date()):
            return awake
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        awake = after_quiet(town, urgency, midnight)
    return awake


def after_quiet(town: Town, urgency: str, now: datetime) -> datetime:
    """`now`, or the end of the quiet hours in which it lies."""
    if urgency == "emergency" or (urgency == "urgent" and town.urgent_at_night):
        return now
    local = now.astimezone(SHANGHAI)
    time, start, end = local.time(), town.quiet_from, town.quiet_until
    quiet = start <= time or time < end if start > end else start <= time < end
    if not quiet:
        return now
    morning = local.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return morning if time < end else morning + timedelta(days=1)
