"""A real server for a test: uvicorn in a thread, on a free port of the loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    """Says when it is ready, and stops as soon as it is asked to."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
        super().__init__(config)
        self.ready = threading.Event()
        self.stop = threading.Event()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        self.ready.set()
        await asyncio.to_thread(self.stop.wait)


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """The app's base URL, for as long as the block runs."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = _Server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        assert server.ready.wait(30), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.stop.set()
        thread.join(30)
        listener.close()
