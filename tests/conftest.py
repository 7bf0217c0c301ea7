"""What all tests may ask for: a village to talk in, and a platform."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.platform.api import TencentApi
from bot.platform.serving import serve
from tests.village import Village, copy, found

AES_KEY = "q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c"

# the same examples on every machine, however busy it is
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo town in a database, migrated and loaded once; never written again."""
    return found(tmp_path_factory.mktemp("founded"))


@pytest.fixture
def tencent() -> TencentApi:
    """The platform that stands in for Tencent's."""
    return TencentApi()


@pytest.fixture
def tencent_url(tencent: TencentApi) -> Iterator[str]:
    with serve(tencent.app) as base_url:
        yield base_url


@pytest.fixture
def village(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Village]:
    village = Village(copy(founded, tmp_path), monkeypatch)
    yield village
    village.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
