from __future__ import annotations

from pathlib import Path

import pytest

from casework import townfile
from casework.townfile import Entries


@pytest.fixture(scope="session")
def source() -> str:
    """The text of a small town file: 石墙村, its 三组, four people."""
    return Path(__file__).with_name("small.toml").read_text(encoding="utf-8")


@pytest.fixture
def small(source: str) -> Entries:
    return townfile.parse(source)
