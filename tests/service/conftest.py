"""The fake Tencent in this process, the service in another. One of each for a file of tests.

Tests of one file share a service as a township does: each has people of its own.
"""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.platform.api import TencentApi
from bot.platform.serving import serve
from bot.platform.tencent import Wechat, Wecom
from tests.service.running import SECRETS, Xiaoge, running


@pytest.fixture(scope="module")
def tencent() -> TencentApi:
    return TencentApi()


@pytest.fixture(scope="module")
def tencent_url(tencent: TencentApi) -> Iterator[str]:
    with serve(tencent.app) as base_url:
        yield base_url


@pytest.fixture(scope="module")
def xiaoge(tmp_path_factory: pytest.TempPathFactory, tencent_url: str) -> Iterator[Xiaoge]:
    """At the end it stops without alarm, and its log, at its most talkative, holds nothing private."""
    folder = tmp_path_factory.mktemp("xiaoge")
    with running(folder, tencent_url, LOG_LEVEL="DEBUG") as service:
        yield service
        process = service.process
    assert process is not None
    assert process.returncode in (0, -signal.SIGTERM)
    for secret in (*SECRETS.values(), "TOKEN-1", "msg_signature", "路灯", "oQs6-villager-0"):
        assert secret not in service.log
    assert 'File "' not in service.log, "an error was logged"


@pytest.fixture(scope="module")
def wechat(xiaoge: Xiaoge) -> Wechat:
    return xiaoge.wechat


@pytest.fixture(scope="module")
def wecom(xiaoge: Xiaoge) -> Wecom:
    return xiaoge.wecom


@pytest.fixture(scope="session")
def villager() -> Callable[[], str]:
    """A new openid each time."""
    numbers = itertools.count(1)
    return lambda: f"oQs6-villager-{next(numbers):05d}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
