"""A post office and a platform for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.platform.api import TencentApi
from bot.platform.serving import serve
from storage.town import advance
from tests.service.courier.office import PostOffice
from tests.village import copy

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def tencent() -> TencentApi:
    return TencentApi()


@pytest.fixture
def tencent_url(tencent: TencentApi) -> Iterator[str]:
    with serve(tencent.app) as base_url:
        yield base_url


@pytest.fixture
async def office(
    founded: Path, tmp_path: Path, tencent: TencentApi, tencent_url: str
) -> AsyncIterator[PostOffice]:
    """It is ten in the morning: nothing is held back for the night."""
    office = PostOffice(copy(founded, tmp_path), tencent, tencent_url)
    now = datetime.now(SHANGHAI)
    ten = now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    await office.database.awrite(
        "clock", lambda session, _: advance(session, int((ten - now).total_seconds() * 1000))
    )
    yield office
    await asyncio.to_thread(office.database.close)
