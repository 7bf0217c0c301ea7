"""What all commands begin with: the settings, the database, and how they stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.database import Database


def stop(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise SystemExit(2)


def settings() -> Settings:
    from bot import logs
    from bot.settings import load

    found = load()
    logs.set_up(found.log_level)
    return found


def database(found: Settings) -> Database:
    """The database, its schema up to date. What is wrong with it is said without its address, in
    which a password may stand."""
    from subprocess import SubprocessError

    from sqlalchemy.exc import SQLAlchemyError

    import storage.tables  # noqa: F401
    from storage.database import Database
    from storage.schema import upgrade_beside

    try:
        opened = Database(found.database_url)
        upgrade_beside(opened)
    except (OSError, SQLAlchemyError, SubprocessError) as error:
        stop(
            f"XIAOGE_DATABASE_URL: the database cannot be opened ({type(error).__name__}). "
            "Is the folder there and writable, the server up, name and password right?"
        )
    return opened
