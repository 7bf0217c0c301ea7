"""People and matters of 青石镇, as storage wants them."""

from __future__ import annotations

from datetime import datetime

from casework.calendar import SHANGHAI

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
