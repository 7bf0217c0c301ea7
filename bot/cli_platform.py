"""`xiaoge platform`: a stand-in for 公众号 and 企业微信, to rehearse with before going live."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli_shared import settings, stop

if TYPE_CHECKING:
    from bot.settings import Settings

PORT = 8090

app = typer.Typer(
    help="A stand-in for 公众号 and 企业微信, to rehearse with before going live.",
    no_args_is_help=True,
)
At = Annotated[
    str, typer.Option("--at", help="Where the stand-in is. [default: XIAOGE_…_API_BASE]")
]


@app.command("settings")
def settings_(
    port: Annotated[int, typer.Option(help="The stand-in's port.")] = PORT,
    service: Annotated[int, typer.Option(help="The service's port.")] = 8000,
) -> None:
    """Write settings for a rehearsal, made up at random: xiaoge platform settings > .env"""
    from bot.rehearsal import env

    typer.echo(env(port, service), nl=False)


@app.command()
def fake(port: Annotated[int, typer.Option(help="On which port of this machine.")] = PORT) -> None:
    """Run the stand-in, for the accounts of `.env`. Its page shows what it gets, and plays everybody."""
    import uvicorn

    from bot.rehearsal import WrongRehearsal, rehearsal

    found = settings()
    try:
        app = rehearsal(found, port).app
    except WrongRehearsal as wrong:
        stop(str(wrong))
    typer.echo(f"假平台在 http://127.0.0.1:{port}/ ，服务的回调在 http://{found.host}:{found.port}")
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


@app.command()
def say(
    person: Annotated[str, typer.Argument(help="An openid (oZhang), or with --staff a userid.")],
    text: Annotated[
        str,
        typer.Argument(
            help="What is said; of a voice what is recognised, of a place or a link its name, of a scan "
            "the scene, of a tap on the menu its key, of a result how it ended (failed:user block)."
        ),
    ] = "",
    staff: Annotated[bool, typer.Option(help="On 企业微信.")] = False,
    kind: Annotated[
        str,
        typer.Option(
            help="text, image, voice, video, shortvideo, file, location, link, card, sticker, subscribe, "
            "unsubscribe, scan, click, view, position, subscription, subscription-off, "
            "template-result, subscription-result; with --staff enter, too."
        ),
    ] = "text",
    at: At = "",
) -> None:
    """Say something in somebody's name: signed, encrypted, delivered as Tencent does."""
    side = "staff" if staff else "villager"
    done = _ask(at, "say", {"person": person, "text": text, "side": side, "kind": kind})
    _taken(done)


@app.command()
def press(
    person: Annotated[str, typer.Argument(help="A userid, or an openid.")],
    button: Annotated[str, typer.Argument(help="What the button says: 接单 1001, 满意.")],
    at: At = "",
) -> None:
    """Press a button of a card on a member's phone, or tap a choice in a message to a villager."""
    _taken(_ask(at, "press", {"person": person, "button": button}))


@app.command()
def script(
    interface: Annotated[
        str,
        typer.Argument(
            help="wechat-token, wechat-send, template, subscription, templates, subscriptions, menu, "
            "menu-create, qrcode, oauth, ticket, wecom-token, wecom-send, card, agent, user, "
            "departments, members, robot, media, upload, or a path."
        ),
    ],
    steps: Annotated[
        list[str] | None,
        typer.Argument(
            help="ok, an errcode (42001), an HTTP status (502), hang, slow6 (seconds); none: well again."
        ),
    ] = None,
    always: Annotated[bool, typer.Option(help="All answers, not only the next.")] = False,
    at: At = "",
) -> None:
    """Say how the next calls of an interface are answered: xiaoge platform script wechat-send 42001 ok"""
    done = _ask(at, "script", {"interface": interface, "steps": steps or [], "always": always})
    typer.echo(f"{done['path']}：{' '.join(done['steps']) or '恢复正常'}")


@app.command()
def show(at: At = "") -> None:
    """Write as JSON what the stand-in was told and what it got."""
    typer.echo(json.dumps(_ask(at, "state.json", None), ensure_ascii=False, indent=2))


def _taken(done: Mapping[str, Any]) -> None:
    """What the service answered to what was delivered."""
    if done["status"] != 200:
        stop(f"没有收下（HTTP {done['status'] or '没有回答'}）。服务在运行吗？")
    typer.echo(done["reply"] or "（没有当场回复）")


def _ask(at: str, what: str, given: Mapping[str, Any] | None) -> dict[str, Any]:
    import httpx

    base = at or _base(settings())
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=60) as client:
            url = f"/fake/{what}"
            answer = client.get(url) if given is None else client.post(url, json=dict(given))
        done: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError):
        stop(f"{base} 没有假平台。先运行：xiaoge platform fake")
    if answer.status_code != 200:
        stop(str(done.get("error", answer.status_code)))
    return done


def _base(found: Settings) -> str:
    from bot.rehearsal import base_of

    return base_of(found) or f"http://127.0.0.1:{PORT}"
