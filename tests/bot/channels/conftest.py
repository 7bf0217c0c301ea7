"""One public account and one corp, with the service between them and the fake Tencent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette

from bot.channels.robot.send import RobotSender
from bot.channels.wechat.routes import routes as wechat_routes
from bot.channels.wechat.send import WechatSender
from bot.channels.wecom.routes import routes as wecom_routes
from bot.channels.wecom.send import WecomSender
from bot.platform.api import TencentApi
from bot.platform.serving import serve
from bot.platform.tencent import Wechat, Wecom
from casework.town import Robot
from handlers.message import Incoming, Reply
from tests.conftest import AES_KEY

TOKEN = "qingshi-token"
APP_ID = "wx0123456789abcdef"
CORP_ID = "ww0123456789abcdef"
APP_SECRET = "app-secret-of-qingshi"
CORP_SECRET = "corp-secret-of-qingshi"


@dataclass
class ScriptedReceiver:
    """Keeps what it gets and says, or raises, what it was told to."""

    says: Reply | Exception | None = None
    got: list[Incoming] = field(default_factory=list)

    async def receive(self, incoming: Incoming) -> Reply | None:
        self.got.append(incoming)
        if isinstance(self.says, Exception):
            raise self.says
        return self.says


@pytest.fixture
def receiver() -> ScriptedReceiver:
    return ScriptedReceiver()


@pytest.fixture
def service(receiver: ScriptedReceiver) -> Iterator[str]:
    app = Starlette(
        routes=[
            *wechat_routes(receiver, TOKEN, AES_KEY, APP_ID),
            *wecom_routes(receiver, TOKEN, AES_KEY, CORP_ID),
        ]
    )
    with serve(app) as base_url:
        yield base_url


@pytest.fixture
def wechat(service: str) -> Wechat:
    return Wechat(service, TOKEN, AES_KEY, APP_ID)


@pytest.fixture
def wecom(service: str) -> Wecom:
    return Wecom(service, TOKEN, AES_KEY, CORP_ID)


@pytest.fixture
def to_villagers(tencent_url: str) -> WechatSender:
    return WechatSender(tencent_url, APP_ID, APP_SECRET)


@pytest.fixture
def to_staff(tencent_url: str) -> WecomSender:
    return WecomSender(tencent_url, CORP_ID, "1000002", CORP_SECRET)


ROBOT_KEY = "693a0000-7a0c-4bc4-97a0-0ec2aaaaaaaa"


class OneRobot:
    """As much of a database and its shelf as a robot's sender asks: the town with one robot, `li`,
    whose group reads in WeChat."""

    def book(self) -> SimpleNamespace:
        robot = Robot("li", "群", ROBOT_KEY, "shiqiang", {}, "wechat")
        return SimpleNamespace(town=SimpleNamespace(robots={"li": robot}, reads="wecom"))

    async def aread(self, question: Callable[..., Any]) -> SimpleNamespace:
        return self.book()


@pytest.fixture
def to_group(tencent: TencentApi, tencent_url: str) -> RobotSender:
    tencent.robots[ROBOT_KEY] = "li"
    database: Any = OneRobot()
    return RobotSender(tencent_url, database, database)
