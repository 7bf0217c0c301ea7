"""`xiaoge serve` as a process of its own, and what can be seen of it from outside.

Nothing of the service's own code is imported here: its tables are read as any client of SQLite
would read them.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import httpx

from bot.platform.tencent import Wechat, Wecom
from tests.conftest import AES_KEY

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
XIAOGE = Path(sys.executable).with_name("xiaoge")
TOWN = ROOT / "deploy" / "town.example.toml"
QUIET = 'quiet = ["21:30", "07:30"]'
DAYS_OFF = "quiet_days = true"
READY_LIMIT = 60.0  # seconds
STOP_LIMIT = 15.0
NUMBER = re.compile(r"编号 (\d+)")

APP_ID, CORP_ID, AGENT_ID = "wx0123456789abcdef", "ww0123456789abcdef", "1000002"
SECRETS = {
    "WECHAT_APP_SECRET": "app-secret-4f1c09d2",
    "WECHAT_TOKEN": "wechat-token-77ab31",
    "WECHAT_AES_KEY": AES_KEY,
    "WECOM_SECRET": "corp-secret-9b20e6aa",
    "WECOM_TOKEN": "wecom-token-5d81c4",
    "WECOM_AES_KEY": "z9x8c7v6b5n4m3a2s1d0f9g8h7j6k5l4q3w2e1r0t9y",
    "METRICS_TOKEN": "metrics-token-c0ffee42",
}


@dataclass
class Xiaoge:
    """The service on a port and a folder of its own; it can be killed and started again."""

    folder: Path
    tencent: str
    port: int = field(default_factory=lambda: free_port())
    changed: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    seconds_to_ready: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database(self) -> Path:
        return self.folder / "xiaoge.db"

    @property
    def media(self) -> Path:
        return self.folder / "media"

    @property
    def log(self) -> str:
        return (self.folder / "xiaoge.log").read_text("utf-8")

    @property
    def wechat(self) -> Wechat:
        return Wechat(self.url, SECRETS["WECHAT_TOKEN"], SECRETS["WECHAT_AES_KEY"], APP_ID)

    @property
    def wecom(self) -> Wecom:
        return Wecom(self.url, SECRETS["WECOM_TOKEN"], SECRETS["WECOM_AES_KEY"], CORP_ID)

    @property
    def resident(self) -> float:
        """Megabytes of the process (Linux)."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def start(self) -> None:
        begun = time.perf_counter()
        with (self.folder / "xiaoge.log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(XIAOGE), "serve"],
                cwd=self.folder,
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        wait_for(self._ready, READY_LIMIT, "the service is not ready")
        self.seconds_to_ready = time.perf_counter() - begun

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """As a service manager stops it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process = None

    def _ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log[-3000:]
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def environment(self) -> dict[str, str]:
        settings = {
            "DATABASE_URL": f"sqlite:///{self.database}",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "MEDIA_DIR": str(self.media),
            "TOWN_FILE": str(self.town_file()),
            "WECHAT_APP_ID": APP_ID,
            "WECHAT_API_BASE": self.tencent,
            "WECOM_CORP_ID": CORP_ID,
            "WECOM_AGENT_ID": AGENT_ID,
            "WECOM_API_BASE": self.tencent,
            **SECRETS,
            **self.changed,
        }
        return clean_environment() | {f"XIAOGE_{name}": text for name, text in settings.items()}

    def town_file(self) -> Path:
        """青石镇 with quiet hours that are not now, and no days off: a test may run at any time."""
        file = self.folder / "town.toml"
        if not file.exists():
            start = datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(hours=12)
            end = start + timedelta(minutes=30)
            text = TOWN.read_text("utf-8")
            assert QUIET in text
            assert DAYS_OFF in text
            text = text.replace(QUIET, f'quiet = ["{start:%H:%M}", "{end:%H:%M}"]')
            file.write_text(text.replace(DAYS_OFF, "quiet_days = false"), "utf-8")
        return file

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """What stands in the tables."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return connection.execute(sql, values).fetchall()

    def value(self, sql: str, *values: Any) -> Any:
        return self.rows(sql, *values)[0][0]


@contextmanager
def running(folder: Path, tencent: str, **changed: str) -> Iterator[Xiaoge]:
    """The service for as long as the block runs. `changed` are settings without their prefix."""
    folder.mkdir(parents=True, exist_ok=True)
    service = Xiaoge(folder, tencent, changed=changed)
    try:
        service.start()
        yield service
    finally:
        service.stop()


def clean_environment() -> dict[str, str]:
    """This process's environment without any setting of ours."""
    return {name: text for name, text in os.environ.items() if not name.startswith("XIAOGE_")}


def wait_for(question: Callable[[], T], seconds: float = 10.0, what: str = "") -> T:
    """The first true answer."""
    deadline = time.monotonic() + seconds
    while not (answer := question()):
        assert time.monotonic() < deadline, what or f"still {answer!r}"
        time.sleep(0.02)
    return answer


def number_in(text: str | None) -> int | None:
    found = NUMBER.search(text or "")
    return int(found[1]) if found else None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
