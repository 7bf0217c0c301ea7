"""A township with two partners: 12345, which wants to be told of changes, and a sensor, which does not."""

from __future__ import annotations

import asyncio
import json
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import partners
from bot.app import create
from bot.channels.intake.send import key_of
from bot.platform.serving import serve
from bot.settings import Settings
from casework.partner import Partner
from handlers.message import Incoming
from storage.database import Database
from tests.village import copy, open_database

SECRET = "k" * 40
WITHIN = 20.0  # seconds, on a busy machine


@dataclass
class Hook:
    """The hotline's side: keeps what it is told, and answers what it was told to."""

    status: int = 200
    arrived: queue.Queue[tuple[dict[str, str], bytes]] = field(default_factory=queue.Queue)

    @property
    def app(self) -> Starlette:
        return Starlette(routes=[Route("/notify", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        self.arrived.put((dict(request.headers), await request.body()))
        return Response(status_code=self.status)

    def next(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.arrived.get(timeout=WITHIN)[1])
        return told


@dataclass
class Office:
    """One service: what partners send to it, what staff say."""

    base: str
    database: Database
    app: Any
    tokens: dict[str, str]
    keys: dict[str, str]
    number: int = 0

    def partner(self, name: str = "hotline", **headers: str) -> httpx.Client:
        known = {"Authorization": f"Bearer {self.tokens[name]}"} if name in self.tokens else {}
        return httpx.Client(
            base_url=f"{self.base}/open311/v2",
            trust_env=False,
            headers={**known, **headers},
            timeout=WITHIN,
        )

    def sends(self, name: str = "hotline", **fields: Any) -> httpx.Response:
        with self.partner(name) as client:
            return client.post("/requests.json", data=fields)

    def opens(self, name: str = "hotline", **fields: Any) -> int:
        answer = self.sends(name, **fields)
        assert answer.status_code == 201, answer.text
        return int(answer.json()[0]["service_request_id"])

    def sees(self, number: int, name: str = "hotline") -> dict[str, Any]:
        with self.partner(name) as client:
            answer = client.get(f"/requests/{number}.json")
        assert answer.status_code == 200, answer.text
        (found,) = answer.json()
        return dict(found)

    def says(self, person: str, text: str) -> str:
        """A member of staff says something."""
        self.number += 1
        reply = asyncio.run(
            self.app.state.service.receive(
                Incoming(
                    channel="wecom",
                    account="ww",
                    sender=person,
                    key=f"wecom:ww:{person}:{self.number}",
                    kind="text",
                    sent_at=datetime.now(UTC),
                    text=text,
                )
            )
        )
        return reply.text if reply is not None else ""


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def hook_url(hook: Hook) -> Iterator[str]:
    with serve(hook.app) as base:
        yield f"{base}/notify"


@pytest.fixture
def office(founded: Path, tmp_path: Path, hook_url: str) -> Iterator[Office]:
    with opened(founded, tmp_path, hook_url) as office:
        yield office


@pytest.fixture(scope="module")
def door(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office before which many are turned away: nothing is opened there."""
    with opened(founded, tmp_path_factory.mktemp("door"), "http://127.0.0.1:9/") as office:
        yield office


@contextmanager
def opened(founded: Path, folder: Path, hook_url: str) -> Iterator[Office]:
    file = copy(founded, folder)
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite:///{file}",
        media_dir=folder / "media",
        secret_key=SECRET,
    )
    database = open_database(file)
    tokens, keys = {}, {}
    for partner in (
        Partner("hotline", "12345热线", "", hook_url),
        Partner("sensor", "水位计", "", sensor=True),
        Partner("zongzhi", "综治平台", "", rate=3),
    ):
        told = "\n".join(partners.add(database, settings, partner))
        tokens[partner.id] = told.partition("Bearer 令牌）：")[2].partition("\n")[0]
        keys[partner.id] = key_of(SECRET, partner)
    app = create(settings, database)
    with serve(app) as base:
        yield Office(base, database, app, tokens, keys)
