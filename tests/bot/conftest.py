"""A running demo of our own, for tests that look at it from outside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

READY_WITHIN = 60.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def live_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `xiaoge serve` in demo mode, with a database that nobody else sees."""
    home = tmp_path_factory.mktemp("demo")
    port = _free_port()
    base = f"http://127.0.0.1:{port}"
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from bot.cli import main; main()", "serve"],
            cwd=home,
            env=_environment(home, port),
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_ready(base, process, home / "log")
        yield base
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment(home: Path, port: int) -> dict[str, str]:
    """This process's environment without its settings of 小格, and those of the demo."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("XIAOGE_")}
    return own | {
        "XIAOGE_DEMO": "1",
        "XIAOGE_PORT": str(port),
        "XIAOGE_DATABASE_URL": f"sqlite:///{home / 'xiaoge.db'}",
        "XIAOGE_MEDIA_DIR": str(home / "media"),
    }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait_until_ready(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    with httpx.Client(base_url=base, trust_env=False) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                if client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    pytest.fail(f"the demo did not get ready:\n{log.read_text('utf-8', 'replace')[-4000:]}")
