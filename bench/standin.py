"""Stands in for Tencent's API hosts: says yes to everything, at once.

`python -m bench.standin PORT`. Tokens, sent messages, cards: all the calls that the service makes
read the same fields, so that one answer fits them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

YES = json.dumps(
    {
        "errcode": 0,
        "errmsg": "ok",
        "access_token": "bench-access-token",
        "expires_in": 7200,
        "msgid": "1",
    }
).encode()
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(YES))]


async def say_yes(
    _scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": YES})


if __name__ == "__main__":
    uvicorn.run(
        say_yes,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        access_log=False,
        log_level="warning",
    )
