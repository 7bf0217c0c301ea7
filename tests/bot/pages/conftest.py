"""The service with its pages on, between a villager's browser and the fake Tencent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot.app import create
from bot.pages.signing import Signer
from bot.platform.api import TencentApi
from bot.platform.serving import serve
from bot.settings import Settings
from handlers.message import Attachment, Incoming, Kind
from storage.database import Database
from tests.conftest import AES_KEY
from tests.village import copy, open_database

SECRET = "k" * 40
ACCOUNT = "gh_qingshi"
PUBLIC = "http://xiaoge.test"
TEMPLATE, SUBSCRIPTION = "TPL-1", "SUB-1"


@dataclass
class Site:
    """One service: what villagers say to it, and what their browsers see."""

    base: str
    settings: Settings
    database: Database
    tencent: TencentApi
    app: object
    number: int = 0

    def says(self, person: str, text: str, kind: Kind = "text", medium: str = "") -> str:
        self.number += 1
        attachment = Attachment(kind, medium) if medium else None  # type: ignore[arg-type]
        incoming = Incoming(
            channel="wechat" if person.startswith("o") else "wecom",
            account=ACCOUNT,
            sender=person,
            key=f"{person}:{self.number}",
            kind=kind,
            sent_at=datetime.now(UTC),
            text=text,
            attachment=attachment,
        )
        reply = asyncio.run(self.app.state.service.receive(incoming))  # type: ignore[attr-defined]
        return reply.text if reply else ""

    def cookie(self, person: str) -> str:
        """What the browser of somebody holds who has logged in."""
        return Signer(SECRET).sign("session", person, 3600)

    def browser(self, person: str = "") -> httpx.Client:
        cookies = {"xiaoge": self.cookie(person)} if person else {}
        return httpx.Client(base_url=self.base, trust_env=False, cookies=cookies)


def settings_for(folder: Path, base: str, **more: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'village.db'}",
        media_dir=folder / "media",
        verify_dir=folder / "verify",
        public_url=PUBLIC,
        secret_key=SECRET,
        wechat_app_id="wx0123456789abcdef",
        wechat_app_secret="app-secret",
        wechat_token="token",
        wechat_aes_key=AES_KEY,
        wechat_api_base=base,
        wechat_template=TEMPLATE,
        wechat_subscription=SUBSCRIPTION,
        **more,
    )


@pytest.fixture
def settings(founded: Path, tmp_path: Path, tencent_url: str) -> Settings:
    copy(founded, tmp_path)
    return settings_for(tmp_path, tencent_url)


@pytest.fixture
def site(settings: Settings, tmp_path: Path, tencent: TencentApi) -> Iterator[Site]:
    database = open_database(tmp_path / "village.db")
    app = create(settings, database)
    with serve(app) as base:
        yield Site(base, settings, database, tencent, app)
