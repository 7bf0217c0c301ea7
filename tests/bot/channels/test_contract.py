"""What every channel keeps to, whatever is behind it: see `bot/channels/contract.py`."""

from __future__ import annotations

import ast
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels import simulator
from bot.channels.contract import Sender
from bot.channels.intake.routes import routes as intake_routes
from bot.channels.intake.send import WebhookSender
from bot.channels.receiver import Unavailable
from bot.channels.robot.send import RobotSender
from bot.channels.sending import FetchFailed
from bot.channels.simulator.routes import Say, Simulator
from bot.channels.terminal import chat as terminal
from bot.channels.wechat.send import WechatSender
from bot.channels.wecom.send import WecomSender
from bot.platform.api import CUSTOM_SEND, MESSAGE_SEND, WEBHOOK, TencentApi
from bot.platform.serving import serve
from bot.platform.tencent import Platform, Wechat, Wecom
from casework.partner import Partner
from handlers.message import Button, Incoming, Outgoing
from tests.bot.channels.conftest import ScriptedReceiver
from tests.bot.channels.intake.conftest import Hook

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parents[3] / "bot" / "channels"
LONG = "".join(
    f"第{number}条：村道硬化、路灯维修、饮水改造。\n" for number in range(1, 120)
).strip()
PHOTO = (b"\xff\xd8\xff\xe0photo", "image/jpeg", "")


@dataclass
class Rig:
    """A channel between a person and a scripted receiver. `says` gives the HTTP status, as if
    there were one; `repeats` says that the other side can deliver one message again."""

    says: Callable[[str, str, int], Awaitable[int]]
    sender: Sender
    arrived: Callable[[], list[str]] | None
    repeats: bool = True


def _platform(platform: Platform, sender: Sender, tencent: TencentApi, path: str) -> Rig:
    async def says(person: str, text: str, number: int) -> int:
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await platform.apost(client, platform.text(person, text, number))
        return answer.status

    def arrived() -> list[str]:
        return [sent.text for sent in tencent.received if sent.path == path]

    return Rig(says, sender, arrived)


@pytest.fixture
def wechat_rig(wechat: Wechat, to_villagers: WechatSender, tencent: TencentApi) -> Rig:
    return _platform(wechat, to_villagers, tencent, CUSTOM_SEND)


@pytest.fixture
def wecom_rig(wecom: Wecom, to_staff: WecomSender, tencent: TencentApi) -> Rig:
    return _platform(wecom, to_staff, tencent, MESSAGE_SEND)


@pytest.fixture
def simulator_rig(receiver: ScriptedReceiver) -> Rig:
    service: Any = receiver
    page = Simulator(service, SimpleNamespace(), SimpleNamespace())  # type: ignore[arg-type]

    async def says(person: str, text: str, number: int) -> int:
        try:
            await page.say(Say(side="villager", person=person, text=text))
        except simulator.routes.HTTPException as refused:  # type: ignore[attr-defined]
            return int(refused.status_code)
        return 200

    return Rig(says, simulator.SimulatorSender(), None, repeats=False)


@pytest.fixture
def terminal_rig(receiver: ScriptedReceiver) -> Rig:
    async def says(person: str, text: str, number: int) -> int:
        try:
            await receiver.receive(terminal.line("wechat", person, text))
        except Unavailable:  # the terminal shows the failure itself
            return 503
        return 200

    return Rig(says, simulator.SimulatorSender(), None, repeats=False)


@pytest.fixture
def robot_rig(to_group: RobotSender, tencent: TencentApi) -> Rig:
    async def says(person: str, text: str, number: int) -> int:
        raise NotImplementedError("a robot does not listen")

    def arrived() -> list[str]:
        return [sent.text for sent in tencent.received if sent.path == WEBHOOK]

    return Rig(says, to_group, arrived)


class Nobody:
    """A desk that knows one partner for each token, and no case."""

    async def caller(self, token: str) -> Partner:
        return Partner(token, token, "")

    async def sent(self, partner: str, number: str) -> None:
        return None

    async def answered(self, key: str) -> None:
        return None


@pytest.fixture
def intake_rig(receiver: ScriptedReceiver) -> Iterator[Rig]:
    hook = Hook()
    desk: Any = Nobody()
    app = Starlette(routes=[*intake_routes(receiver, desk), *hook.app.routes])
    with serve(app) as base:

        async def says(person: str, text: str, number: int) -> int:
            async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
                answer = await client.post(
                    "/open311/v2/requests.json",
                    data={"external_id": str(number), "description": text},
                    headers={"Authorization": f"Bearer {person}"},
                )
            return 200 if answer.is_success else answer.status_code

        async def partner(identity: str) -> Partner:
            return Partner(identity, identity, "", f"{base}/notify")

        def arrived() -> list[str]:
            return [json.loads(body)["text"] for _, body in hook.arrived.queue]

        yield Rig(says, WebhookSender(partner, "k" * 40), arrived)


@pytest.fixture(params=["wechat", "wecom", "simulator", "terminal", "intake"])
def rig(request: pytest.FixtureRequest) -> Rig:
    return request.getfixturevalue(f"{request.param}_rig")  # type: ignore[no-any-return]


@pytest.fixture(params=["wechat", "wecom", "simulator", "terminal", "intake", "robot"])
def way_out(request: pytest.FixtureRequest) -> Rig:
    return request.getfixturevalue(f"{request.param}_rig")  # type: ignore[no-any-return]


def outgoing(text: str, **more: Any) -> Outgoing:
    return Outgoing("wecom", "ww", "li", "k1", text, **more)


async def test_words_come_in_whole_and_say_who_sent_them(
    rig: Rig, receiver: ScriptedReceiver
) -> None:
    assert await rig.says("zhang", "三组路灯坏了 <&> ]]> 😀", 1) == 200
    (got,) = receiver.got
    assert (got.kind, got.text, got.sender) == ("text", "三组路灯坏了 <&> ]]> 😀", "zhang")
    assert got.account
    assert got.key.startswith(got.person)


async def test_each_message_has_a_key_of_its_own(rig: Rig, receiver: ScriptedReceiver) -> None:
    for person, number in (("zhang", 1), ("zhang", 2), ("wang", 1)):
        await rig.says(person, "路灯坏了", number)
    assert len({got.key for got in receiver.got}) == 3
    assert len({got.person for got in receiver.got}) == 2


async def test_what_is_delivered_again_is_known_by_its_key(
    rig: Rig, receiver: ScriptedReceiver
) -> None:
    if not rig.repeats:
        pytest.skip("nothing is delivered twice here")
    for _ in range(2):
        await rig.says("zhang", "路灯坏了", 7)
    assert len({got.key for got in receiver.got}) == 1


async def test_what_was_not_stored_is_not_acknowledged(
    rig: Rig, receiver: ScriptedReceiver
) -> None:
    receiver.says = Unavailable()
    assert await rig.says("zhang", "路灯坏了", 1) == 503


async def test_a_long_text_arrives_whole_and_in_order(way_out: Rig) -> None:
    outcome = await way_out.sender.send(outgoing(LONG))
    assert outcome.state == "sent"
    if way_out.arrived is not None:
        assert "".join(way_out.arrived()) == LONG
        assert len(way_out.arrived()) == outcome.delivered


async def test_what_buttons_say_can_be_done_without_them(way_out: Rig) -> None:
    message = outgoing("编号 1023 等您接单。", buttons=(Button("接单", "接单 1023"),))
    assert (await way_out.sender.send(message)).state == "sent"
    if way_out.arrived is not None and not way_out.sender.capabilities.buttons:
        assert "接单 1023" in "".join(way_out.arrived())


async def test_a_medium_comes_or_it_is_said_why_not(way_out: Rig, tencent: TencentApi) -> None:
    tencent.media["M1"] = PHOTO
    if not way_out.sender.capabilities.media:
        with pytest.raises(FetchFailed):
            await way_out.sender.fetch("M1")
        return
    assert (await way_out.sender.fetch("M1")).name in ("", "M1")
    if way_out.arrived is not None:
        with pytest.raises(FetchFailed):
            await way_out.sender.fetch("gone")


async def test_its_limits_can_be_kept(way_out: Rig) -> None:
    assert all(limit.count > 0 and limit.span > 0 for limit in way_out.sender.capabilities.limits)
    await way_out.sender.aclose()


@pytest.mark.parametrize(
    "folder", [each for each in FOLDER.iterdir() if each.is_dir() and (each / "__init__.py").exists()],
    ids=lambda each: each.name,
)  # fmt: skip
def test_a_channel_knows_no_other_channel(folder: Path) -> None:
    """But the terminal, which shows what the simulator's phones show."""
    others = {each.name for each in FOLDER.iterdir() if each.is_dir()} - {folder.name}
    if folder.name == "terminal":
        others.discard("simulator")
    imported = {
        node.module.split(".")[2]
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bot.channels.")
    }  # fmt: skip
    assert imported & others == set()


def test_an_incoming_of_the_terminal_is_one_of_the_simulators() -> None:
    said: Incoming = terminal.line("wechat", "zhang", "路灯坏了")
    assert said.account == simulator.ACCOUNT
