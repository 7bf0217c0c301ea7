"""The floor: the fastest durable way from an encrypted message to an encrypted reply.

One ASGI function under uvicorn; own envelope; one row, deduplicated by a unique key, written by a
single thread that lets everything that waits share one commit (WAL, `synchronous=FULL`); the reply
is made after the commit. It understands nothing and keeps no promise: no design that stores what it
acknowledges can be expected below it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import uvicorn

from bench.envelope import decrypt, encrypt, signature, signed

FRESH = 300  # seconds that a timestamp may be off
LARGEST = 64  # messages that share one commit

SCHEMA = """
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    sender TEXT NOT NULL,
    text TEXT NOT NULL,
    received_at INTEGER NOT NULL
)
"""
# One statement is one transaction and one release of the interpreter lock for the whole batch.
INSERT = """
INSERT INTO message (key, sender, text, received_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) WHERE true
ON CONFLICT (key) DO NOTHING
"""

SEALED = re.compile(rb"<Encrypt><!\[CDATA\[([A-Za-z0-9+/=]+)\]\]></Encrypt>")
MESSAGE = re.compile(
    r"<xml>\s*<ToUserName><!\[CDATA\[(?P<account>.*?)\]\]></ToUserName>"
    r"\s*<FromUserName><!\[CDATA\[(?P<sender>.*?)\]\]></FromUserName>"
    r"\s*<CreateTime>\d+</CreateTime>"
    r"\s*<MsgType><!\[CDATA\[text\]\]></MsgType>"
    r"\s*<Content><!\[CDATA\[(?P<text>.*?)\]\]></Content>"
    r"\s*<MsgId>(?P<id>\d+)</MsgId>",
    re.DOTALL,
)
REPLY = (
    "<xml><ToUserName><![CDATA[{to}]]></ToUserName><FromUserName><![CDATA[{sender}]]></FromUserName>"
    "<CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
    "<Content><![CDATA[已收到，我们会尽快处理。]]></Content></xml>"
)
ENVELOPE = (
    b"<xml><Encrypt><![CDATA[%b]]></Encrypt><MsgSignature><![CDATA[%b]]></MsgSignature>"
    b"<TimeStamp>%b</TimeStamp><Nonce><![CDATA[%b]]></Nonce></xml>"
)

Row = tuple[str, str, str, int]
Waiting = tuple[Row, "asyncio.Future[None]"]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Writer:
    """The only connection that writes, in a thread of its own."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._waiting: SimpleQueue[Waiting] = SimpleQueue()
        threading.Thread(target=self._run, daemon=True).start()

    def write(self, row: Row) -> asyncio.Future[None]:
        """A future that is done when the row is on the disk."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.put((row, written))
        return written

    def _run(self) -> None:
        connection = open_database(self._database)
        while True:
            batch = self._batch()
            rows = json.dumps([row for row, _ in batch], ensure_ascii=False)
            connection.execute(INSERT, (rows,))
            batch[0][1].get_loop().call_soon_threadsafe(release, batch)

    def _batch(self) -> list[Waiting]:
        batch = [self._waiting.get()]
        while len(batch) < LARGEST and not self._waiting.empty():
            batch.append(self._waiting.get())
        return batch


def release(batch: list[Waiting]) -> None:
    for _, written in batch:
        if not written.done():
            written.set_result(None)


def open_database(path: Path) -> sqlite3.Connection:
    """A connection in autocommit, durable against loss of power."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(SCHEMA)
    return connection


class Floor:
    """The ASGI application."""

    def __init__(self, database: Path) -> None:
        self._writer = Writer(database)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"] != "/wechat" or scope["method"] != "POST":
            await answer(send, 200 if scope["path"] == "/readyz" else 404, b"")
            return
        now = int(time.time())
        try:
            account, sender, text, number = read(scope["query_string"], await body(receive), now)
        except (ValueError, KeyError):
            await answer(send, 403, b"")
            return
        await self._writer.write((f"{account}:{sender}:{number}", sender, text, now))
        await answer(send, 200, reply(account, sender, now))


def read(query: bytes, envelope: bytes, now: int) -> tuple[str, ...]:
    """Verify, decrypt and parse: account, sender, text, message id.

    Raises ValueError or KeyError for what is not Tencent's, not fresh or not readable.
    """
    given = dict(pair.split(b"=", 1) for pair in query.split(b"&"))
    found = SEALED.search(envelope)
    timestamp = given[b"timestamp"]
    if not found or abs(now - int(timestamp)) > FRESH:
        raise ValueError("no envelope, or an old one")
    sealed = found[1]
    if not signed(given[b"msg_signature"], timestamp, given[b"nonce"], sealed):
        raise ValueError("wrong signature")
    message = MESSAGE.match(decrypt(sealed).decode())
    if not message:
        raise ValueError("not a text message")
    return message.groups()


def reply(account: str, sender: str, now: int) -> bytes:
    """The sealed passive reply."""
    sealed = encrypt(REPLY.format(to=sender, sender=account, now=now).encode())
    timestamp, nonce = b"%d" % now, b"%d" % (time.perf_counter_ns() % 10**10)
    return ENVELOPE % (sealed, signature(timestamp, nonce, sealed), timestamp, nonce)


async def body(receive: Receive) -> bytes:
    event = await receive()
    content: bytes = event["body"]
    while event.get("more_body"):
        event = await receive()
        content += event["body"]
    return content


async def answer(send: Send, status: int, content: bytes) -> None:
    headers = [(b"content-type", b"application/xml"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


if __name__ == "__main__":
    uvicorn.run(
        Floor(Path(sys.argv[2])),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        server_header=False,
        date_header=False,
        log_level="warning",
    )
