"""`xiaoge wechat …` and `xiaoge wecom …`: what is set up at the two platforms, or read from them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli_shared import database, settings, stop

wechat_app = typer.Typer(
    help="The 公众号: menu, QR codes, templates, posters.", no_args_is_help=True
)
wecom_app = typer.Typer(help="The 企业微信: its address book.", no_args_is_help=True)


@wechat_app.command("setup")
def wechat_setup(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Set up menu, QR codes and templates. Shows what will change, asks, and can be run again."""
    from bot.setting_up import set_up

    found = settings()
    if not found.wechat:
        stop("XIAOGE_WECHAT_TOKEN is not set: there is no 公众号 to set up. See .env.example")
    opened = database(found)
    try:
        set_up(found, opened, lambda: yes or typer.confirm("改成这样？"), typer.echo)
    finally:
        opened.close()


@wecom_app.command("contacts")
def wecom_contacts(
    into: Annotated[
        Path | None, typer.Option(help="A new file for the draft. [default: standard output]")
    ] = None,
) -> None:
    """Draft a town file from the address book; says what is new, gone and changed. Loads nothing."""
    from bot.contacts import draft, write

    found = settings()
    if not found.wecom:
        stop("XIAOGE_WECOM_TOKEN is not set: there is no 企业微信 to read. See .env.example")
    if into is not None and into.exists():
        stop(f"{into}: is there already, and is not overwritten")
    opened = database(found)
    try:
        drafted = draft(found, opened)
    finally:
        opened.close()
    write(
        drafted,
        found.wecom_accounts,
        lambda text: _put(into, text),
        lambda line: typer.echo(line, err=True),
    )


def _put(file: Path | None, text: str) -> None:
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        with file.open("x", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        stop(f"{file}: {error.strerror}")
