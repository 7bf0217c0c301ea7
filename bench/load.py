"""The load client: what Tencent's servers would post, as fast or as steadily as asked.

Runs as a process of its own and costs far less than any server that it measures: every request is
encrypted and laid out as bytes before the clock starts, every answer is decrypted and checked after
it has stopped. A plan comes in as JSON on standard input, the result goes out as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import re
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from itertools import count
from statistics import quantiles

import uvloop

from bench.envelope import ACCOUNT, decrypt, encrypt, signature
from bench.sentences import SENTENCES

LIMIT = 120  # seconds after which a run is given up
OPEN_LOOP_LINES = 64
SEALED = re.compile(rb"<Encrypt><!\[CDATA\[(.+?)\]\]></Encrypt>")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
END = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Plan:
    """`messages` to 127.0.0.1:`port`: by `clients` that each wait for their answer (closed loop),
    or at a fixed `rate` a second whatever the server does (open loop)."""

    port: int
    messages: int
    first: int = 0  # number of the first message: no two runs against a server may share one
    clients: int = 32
    rate: float = 0.0
    path: str = "/wechat"


@dataclass(frozen=True, slots=True)
class Result:
    """Times in the unit that the name says; latencies of an open loop count from the moment at
    which the message was due, so that a stalled server cannot hide behind the client."""

    messages: int
    wrong: int  # answers that were not an encrypted reply to the person who wrote
    us_each: float
    client_us_each: float  # processor time of this client
    p50_ms: float
    p99_ms: float
    max_ms: float
    sample: str


@dataclass(slots=True)
class Run:
    """The state of one run: what goes out, what came back."""

    requests: list[bytes]
    answers: list[bytes] = field(init=False)
    latencies: list[float] = field(init=False)
    left: int = field(init=False)
    done: asyncio.Future[None] = field(init=False)

    def __post_init__(self) -> None:
        self.left = len(self.requests)
        self.answers = [b""] * self.left
        self.latencies = [0.0] * self.left
        self.done = asyncio.get_running_loop().create_future()

    def arrived(self, index: int, since: float, answer: bytes) -> None:
        self.latencies[index] = time.perf_counter() - since
        self.answers[index] = answer
        self.left -= 1
        if not self.left:
            self.done.set_result(None)

    def broken(self) -> None:
        if not self.done.done():
            self.done.set_exception(ConnectionError("the server closed a connection"))


class Line(asyncio.Protocol):
    """One keep-alive connection; at most one request is under way on it."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._buffer = b""
        self._index = 0
        self._since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._run.broken()

    def post(self, index: int, since: float) -> None:
        self._index, self._since = index, since
        self._transport.write(self._run.requests[index])

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(END)
        if head < 0:
            return
        length = LENGTH.search(self._buffer, 0, head)
        if not length:
            self._run.broken()
            return
        if len(self._buffer) >= head + len(END) + int(length[1]):
            answer, self._buffer = self._buffer, b""
            self._run.arrived(self._index, self._since, answer)
            self.free()

    def free(self) -> None:
        """Called when the answer is complete."""


class ClosedLine(Line):
    """Sends the next message as soon as the last is answered."""

    def __init__(self, run: Run, numbers: count[int]) -> None:
        super().__init__(run)
        self._numbers = numbers

    def free(self) -> None:
        index = next(self._numbers)
        if index < len(self._run.requests):
            self.post(index, time.perf_counter())


class OpenLine(Line):
    """Takes what is overdue, or goes back to the end of the queue of idle lines."""

    def __init__(self, run: Run, idle: deque[OpenLine], overdue: deque[tuple[int, float]]) -> None:
        super().__init__(run)
        self._idle, self._overdue = idle, overdue

    def free(self) -> None:
        if self._overdue:
            self.post(*self._overdue.popleft())
        else:
            self._idle.append(self)


async def closed_loop(run: Run, plan: Plan) -> float:
    """Seconds from the first request to the last answer."""
    loop, numbers = asyncio.get_running_loop(), count()
    lines = [
        (await loop.create_connection(lambda: ClosedLine(run, numbers), "127.0.0.1", plan.port))[1]
        for _ in range(plan.clients)
    ]
    start = time.perf_counter()
    for line in lines:
        line.free()
    await run.done
    return time.perf_counter() - start


async def open_loop(run: Run, plan: Plan) -> float:
    """Seconds from the first request to the last answer."""
    loop = asyncio.get_running_loop()
    idle: deque[OpenLine] = deque()
    overdue: deque[tuple[int, float]] = deque()
    for _ in range(OPEN_LOOP_LINES):
        _, line = await loop.create_connection(
            lambda: OpenLine(run, idle, overdue), "127.0.0.1", plan.port
        )
        idle.append(line)
    start = time.perf_counter()
    for index in range(len(run.requests)):
        due = start + index / plan.rate
        while (wait := due - time.perf_counter()) > 0 and not run.done.done():
            await asyncio.sleep(wait)
        if idle:
            idle.popleft().post(index, due)
        else:
            overdue.append((index, due))
    await run.done
    return time.perf_counter() - start


def openid(number: int) -> str:
    return f"oBench{number:022d}"


def request(plan: Plan, number: int, now: int) -> bytes:
    """The whole HTTP request that brings the message `number`, signed `now`."""
    message = (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>"
        f"<FromUserName><![CDATA[{openid(number)}]]></FromUserName>"
        f"<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{SENTENCES[number % len(SENTENCES)]}]]></Content>"
        f"<MsgId>{24_000_000_000_000_000 + number}</MsgId></xml>"
    )
    sealed = encrypt(message.encode())
    stamp, nonce = b"%d" % now, b"%d" % (1_000_000_000 + number)
    query = b"signature=%b&timestamp=%b&nonce=%b&openid=%b&encrypt_type=aes&msg_signature=%b" % (
        signature(stamp, nonce),
        stamp,
        nonce,
        openid(number).encode(),
        signature(stamp, nonce, sealed),
    )
    body = (
        b"<xml><ToUserName><![CDATA[%b]]></ToUserName><Encrypt><![CDATA[%b]]></Encrypt></xml>"
        % (ACCOUNT.encode(), sealed)
    )
    return (
        b"POST %b?%b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: Mozilla/4.0\r\nAccept: */*\r\n"
        b"Content-Type: text/xml\r\nContent-Length: %d\r\n\r\n%b"
        % (plan.path.encode(), query, plan.port, len(body), body)
    )


def reply_to(answer: bytes, number: int) -> str | None:
    """The words of a correct answer to message `number`; None if it is not one."""
    sealed = SEALED.search(answer)
    if not answer.startswith(b"HTTP/1.1 200") or not sealed:
        return None
    reply = decrypt(sealed[1]).decode()
    words = re.search(r"<Content><!\[CDATA\[(.*?)\]\]></Content>", reply, re.DOTALL)
    return words[1] if words and openid(number) in reply else None


async def execute(plan: Plan) -> Result:
    """Build the requests, play them, check the answers."""
    now = int(time.time())
    run = Run([request(plan, plan.first + index, now) for index in range(plan.messages)])
    play = open_loop if plan.rate else closed_loop
    gc.disable()
    processor = time.process_time()
    seconds = await asyncio.wait_for(play(run, plan), LIMIT)
    processor = time.process_time() - processor
    replies = [reply_to(answer, plan.first + i) for i, answer in enumerate(run.answers)]
    percent = quantiles(run.latencies, n=100)
    return Result(
        messages=plan.messages,
        wrong=replies.count(None),
        us_each=seconds / plan.messages * 1e6,
        client_us_each=processor / plan.messages * 1e6,
        p50_ms=percent[49] * 1e3,
        p99_ms=percent[98] * 1e3,
        max_ms=max(run.latencies) * 1e3,
        sample=replies[0] or run.answers[0].decode(errors="replace"),
    )


if __name__ == "__main__":
    outcome = uvloop.run(execute(Plan(**json.load(sys.stdin))))
    json.dump(asdict(outcome), sys.stdout, ensure_ascii=False)
