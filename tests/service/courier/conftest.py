"""A post office and a platform for each test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platform.api import TencentApi
from tests import conftest
from tests.daylight import until_ten
from tests.service.courier.office import PostOffice
from tests.village import copy

# one for each test; in the folder above there is one for each file
tencent, tencent_url = conftest.tencent, conftest.tencent_url


@pytest.fixture
async def office(
    founded: Path,
    tmp_path: Path,
    tencent: TencentApi,
    tencent_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[PostOffice]:
    """It is ten in the morning: nothing is held back for the night. What is said gets its answer at
    once, however slow the machine: how long an answer may take is looked at elsewhere."""
    monkeypatch.setattr("bot.service.ANSWER_WITHIN", 60)
    monkeypatch.setattr("bot.service.COMMIT_WITHIN", 60)
    office = PostOffice(copy(founded, tmp_path), tencent, tencent_url)
    await office.database.awrite("clock", lambda session, _: until_ten(session))
    yield office
    await asyncio.to_thread(office.database.close)
