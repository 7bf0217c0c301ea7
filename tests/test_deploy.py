"""What stands in deploy/ fits the service."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

from bot.app import create
from storage.database import Database
from tests.bot.pages.conftest import settings_for
from tests.conftest import AES_KEY

CADDYFILE = Path(__file__).parents[1] / "deploy" / "Caddyfile"
AT_HOME = {"/healthz", "/readyz", "/metrics"}


def test_the_proxy_lets_through_what_is_for_outside_and_nothing_else(tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path,
        "http://127.0.0.1:9",
        wecom_corp_id="ww1",
        wecom_agent_id="1000002",
        wecom_secret="corp-secret",
        wecom_token="token",
        wecom_aes_key=AES_KEY,
    )
    database = Database(settings.database_url)
    front = create(settings, database)
    database.close()
    paths = {*front.callbacks, *(route.path for route in front.app.router.routes)}
    asked = {re.sub(r"\{.*?\}", "x", path) for path in paths}
    line = re.search(r"@outside path (.+)", CADDYFILE.read_text("utf-8"))
    assert line is not None
    allowed = line[1].split()
    assert {
        path for path in asked if not any(fnmatchcase(path, each) for each in allowed)
    } == AT_HOME
    assert [each for each in allowed if not any(fnmatchcase(path, each) for path in asked)] == []
