"""What is wrong with a request, as Open311 wants to be told."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.responses import JSONResponse


class Problem(Exception):
    """A request that is not taken. `what` names the sentence in problems.toml."""

    def __init__(self, status: int, what: str, wait: int = 0, **details: Any) -> None:
        super().__init__(f"{status} {what}")
        self.status = status
        self.what = what
        self.wait = wait  # seconds until it is worth trying again
        self.details = details

    def answer(self) -> JSONResponse:
        said = _sentences()[self.what].format_map({**self.details, "wait": self.wait})
        return refusal(self.status, said, {"Retry-After": str(self.wait)} if self.wait else {})


def refusal(status: int, said: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    more = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    body = [{"code": status, "description": said}]
    return JSONResponse(body, status, headers={**more, **(headers or {})})


@cache
def _sentences() -> dict[str, str]:
    return tomllib.loads((files("bot.channels.intake") / "problems.toml").read_text("utf-8"))
