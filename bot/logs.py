"""What is written to standard error: places and kinds of errors, never what a person wrote.

A database quotes rows and parameters in its errors, an HTTP client addresses with tokens in them.
So a traceback keeps its places and the names of the errors, and their own words only where they
cannot hold anybody's.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import traceback

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
CHATTY = ("apscheduler", "alembic", "httpx", "httpcore", "asyncio")


def set_up(level: str) -> None:
    """All loggers of this process, the web server's too, write in one form to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Discreet(FORMAT))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class Discreet(logging.Formatter):
    """Tracebacks without the errors' own words."""

    def formatException(self, ei: object) -> str:  # noqa: N802
        error = ei[1] if isinstance(ei, tuple) else None
        told: list[str] = []
        while isinstance(error, BaseException) and len(told) < 5:
            places = "".join(traceback.format_tb(error.__traceback__))
            told.append(f"{places}{type(error).__qualname__}{_words(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nafter\n".join(told)


def _words(error: BaseException) -> str:
    """What an error says of itself, if no row, parameter or address can stand in it."""
    if isinstance(error, sqlite3.Error):
        said: object = error
    elif isinstance(error, OSError):
        said = error.strerror
    else:
        said = getattr(error, "sqlstate", None)
    return f": {said}" if said else ""
