"""Starts the servers that are measured and the client that measures them, each in a process.

Servers run on the first core that this process may use, the client and Tencent's stand-in on the
last, so that they do not take time from each other (Linux; elsewhere the system decides).
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path

from bench.envelope import AES_KEY, APP_ID, TOKEN
from bench.load import Plan, Result
from casework.calendar import SHANGHAI, shipped_days

ROOT = Path(__file__).parent.parent
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
OFFICE_HOUR = clock(10)
READY_LIMIT = 60  # seconds
STOP_LIMIT = 15
# what there must be one of for each message
COUNTS = {
    "floor": ("SELECT count(*) FROM message",),
    "obvious": ("SELECT count(*) FROM message",),
    "ours": (
        "SELECT count(*) FROM message WHERE state = 'done'",
        "SELECT count(DISTINCT case_number) FROM message",
        "SELECT count(*) FROM cases",
        "SELECT count(*) FROM case_event",
    ),
}


@dataclass(slots=True)
class Server:
    """A running server; `sent` is how many messages it has been given."""

    name: str
    port: int
    pid: int
    folder: Path
    seconds_to_ready: float
    sent: int = 0

    @property
    def database(self) -> Path:
        return self.folder / f"{self.name}.db"

    def missing(self) -> int:
        """How many more or fewer rows than messages given there are, whatever was answered."""
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)
        counts = [connection.execute(count).fetchone()[0] for count in COUNTS[self.name]]
        connection.close()
        return max(abs(self.sent - count) for count in counts)

    @contextmanager
    def awake(self) -> Iterator[None]:
        """The others stand still: what one still has to do must not fall upon the next."""
        os.kill(self.pid, signal.SIGCONT)
        yield
        os.kill(self.pid, signal.SIGSTOP)

    def load(self, messages: int, *, rate: float = 0.0) -> Result:
        """Give it `messages`: 32 clients as fast as they are answered, or at `rate` a second."""
        plan = Plan(port=self.port, messages=messages, first=self.sent, rate=rate)
        self.sent += messages
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"],
            input=json.dumps(asdict(plan)),
            capture_output=True,
            text=True,
            cwd=ROOT,
            preexec_fn=pinned(-1),
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{self.name} under load: {done.stderr.strip()[-2000:]}")
        return Result(**json.loads(done.stdout))


@contextmanager
def floor(folder: Path) -> Iterator[Server]:
    with module("floor", folder) as server:
        yield server


@contextmanager
def obvious(folder: Path) -> Iterator[Server]:
    with module("obvious", folder) as server:
        yield server


@contextmanager
def ours(folder: Path) -> Iterator[Server]:
    """`xiaoge serve` with both channels on, the example town, and Tencent's stand-in."""
    xiaoge = str(Path(sys.executable).parent / "xiaoge")
    tencent_port = free_port()
    standin = [sys.executable, "-m", "bench.standin", str(tencent_port)]
    with process("standin", standin, tencent_port, folder, core=-1):
        port = free_port()
        settings = service_settings(folder, port, f"http://127.0.0.1:{tencent_port}")
        with process("ours", [xiaoge, "serve"], port, folder, settings=settings) as server:
            to_office_hours(server.database)
            yield server


def to_office_hours(database: Path) -> None:
    """Move the town's clock to ten in the morning of the next working day, whatever the day and
    the hour here: at night and on days off the letters wait, and the load would be another."""
    now = datetime.now(SHANGHAI)
    days = shipped_days(now.year, now.year + 1)
    day = next(day for day, works, _ in days if works and day > now.date())
    ahead = datetime.combine(day, OFFICE_HOUR, SHANGHAI) - now
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "UPDATE town_state SET clock_offset = ?", [ahead // timedelta(milliseconds=1)]
        )


def service_settings(folder: Path, port: int, tencent: str) -> dict[str, str]:
    """The service's environment."""
    values = {
        "DATABASE_URL": f"sqlite:///{folder / 'ours.db'}",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "MEDIA_DIR": str(folder / "media"),
        "TOWN_FILE": str(ROOT / "deploy" / "town.example.toml"),
        "LOG_LEVEL": "WARNING",
        "WECHAT_APP_ID": APP_ID,
        "WECHAT_APP_SECRET": "bench-app-secret",
        "WECHAT_TOKEN": TOKEN,
        "WECHAT_AES_KEY": AES_KEY,
        "WECHAT_API_BASE": tencent,
        "WECOM_CORP_ID": "ww5e6b7c8d9a0b1c2d",
        "WECOM_AGENT_ID": "1000002",
        "WECOM_SECRET": "bench-agent-secret",
        "WECOM_TOKEN": TOKEN,
        "WECOM_AES_KEY": AES_KEY,
        "WECOM_API_BASE": tencent,
    }
    return {f"XIAOGE_{name}": value for name, value in values.items()}


@contextmanager
def module(name: str, folder: Path) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", f"bench.{name}", str(port), str(folder / f"{name}.db")]
    with process(name, command, port, folder) as server:
        yield server


@contextmanager
def process(
    name: str,
    command: list[str],
    port: int,
    folder: Path,
    *,
    core: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Run `command` in `folder` until the block ends; the block begins when it is ready.

    Raises RuntimeError with the end of its log if it stops or is not ready in a minute.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("XIAOGE_")}
    environment |= {"PYTHONPATH": str(ROOT)} | dict(settings or {})
    log = folder / f"{name}.log"
    start = time.perf_counter()
    with log.open("wb") as output:
        running = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=output,
            preexec_fn=pinned(core),
        )
    try:
        wait_until_ready(running, port, log)
        yield Server(name, port, running.pid, folder, time.perf_counter() - start)
    finally:
        stop(running)


def wait_until_ready(running: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_LIMIT
    while running.poll() is None and time.monotonic() < deadline:
        if is_ready(port):
            return
        time.sleep(0.01)
    raise RuntimeError(f"{running.args!r} is not ready:\n{log.read_text()[-3000:]}")


def is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def stop(running: subprocess.Popen[bytes]) -> None:
    running.terminate()
    running.send_signal(signal.SIGCONT)  # it may stand still
    try:
        running.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pinned(core: int) -> Callable[[], None]:
    """What a child does first: stay on one core (0 the first, -1 the last that we may use)."""

    def stay() -> None:
        if CORES:
            os.sched_setaffinity(0, {CORES[core]})

    return stay
