"""`xiaoge intake`: the partners 对接单位 that may send matters in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli_shared import database, settings, stop

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.database import Database

app = typer.Typer(
    help="Partners 对接单位 that send matters in: 12345, 综治, sensors.", no_args_is_help=True
)


@app.command("add")
def add(
    identity: Annotated[
        str, typer.Argument(metavar="ID", help="Short and for ever, e.g. hotline.")
    ],
    name: Annotated[str, typer.Argument(help="As staff read it, e.g. 12345热线.")],
    webhook: Annotated[str, typer.Option(help="Where it wants to be told of changes.")] = "",
    sensor: Annotated[bool, typer.Option(help="It sends hazards, and nobody's words.")] = False,
    rate: Annotated[int, typer.Option(help="Requests a minute.")] = 120,
) -> None:
    """Let a system send matters in. Shows its token once."""
    from bot import partners
    from casework.partner import Partner

    found, opened = _with_partners()
    partner = Partner(identity, name, "", webhook, sensor, rate)
    _say(opened, partners.add(opened, found, partner))


@app.command("set")
def change(
    identity: Annotated[str, typer.Argument(metavar="ID")],
    name: Annotated[str | None, typer.Option(help="As staff read it.")] = None,
    webhook: Annotated[str | None, typer.Option(help='Another address; "" for none.')] = None,
    rate: Annotated[int | None, typer.Option(help="Requests a minute.")] = None,
) -> None:
    """Change a partner's name, webhook or rate."""
    from bot import partners

    found, opened = _with_partners()
    given = {"name": name, "webhook": webhook, "rate": rate}
    changes = {key: value for key, value in given.items() if value is not None}
    _say(opened, partners.set_(opened, found, identity, **changes))


@app.command("renew")
def renew(identity: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Give out another token and another key; the old ones count no more."""
    from bot import partners

    found, opened = _with_partners()
    _say(opened, partners.renew(opened, found, identity))


@app.command("remove")
def remove(identity: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Let a partner neither send nor follow any more; the cases stay."""
    from bot import partners

    _, opened = _with_partners()
    _say(opened, partners.remove(opened, identity))


@app.command("list")
def list_() -> None:
    """The partners, and what each has sent."""
    from bot import partners

    _, opened = _with_partners()
    _say(opened, partners.listed(opened))


def _with_partners() -> tuple[Settings, Database]:
    found = settings()
    return found, database(found)


def _say(opened: Database, lines: Iterable[str]) -> None:
    from bot.partners import WrongPartner

    try:
        for line in lines:
            typer.echo(line)
    except WrongPartner as wrong:
        stop(str(wrong))
    finally:
        opened.close()
