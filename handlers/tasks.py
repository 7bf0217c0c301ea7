"""What an admin has to look after because the service cannot: a task, and a letter about it."""

from __future__ import annotations

from handlers import telling
from handlers.turn import Occasion
from storage import tasks
from storage.record import post


def ask_admins(
    occasion: Occasion, key: str, text: str, importance: str = "urgent", case: int | None = None
) -> None:
    """Once for each key."""
    if tasks.add(occasion.session, key, text, occasion.now, case):
        letters = telling.to_admins(occasion, text, importance)
        post(occasion.session, letters, occasion.now, occasion.wall, case)
