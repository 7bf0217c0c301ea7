"""`xiaoge doctor`: every step of going live, what is missing, and where to click."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from bot.doctor import domain, here, partners, platforms
from bot.doctor.finding import Finding
from bot.settings import Settings
from storage.database import Database

MARKS = {"good": "✓", "hint": "·", "bad": "✗"}


def examine(settings: Settings, database: Database, show: Callable[[str], None]) -> int:
    """Show all findings; says how many things are missing that the service cannot do without."""
    findings = asyncio.run(_findings(settings, database))
    for finding in findings:
        show(f"{MARKS[finding.how]} {told(finding)}")
    bad = sum(finding.how == "bad" for finding in findings)
    show(f"还有{bad}处要处理，处理好再运行一次。" if bad else "可以上线了。")
    return bad


async def _findings(settings: Settings, database: Database) -> list[Finding]:
    found = [*await here.findings(settings, database)]
    found += await domain.findings(settings)
    found += await platforms.findings(settings, database)
    found += await partners.findings(settings, database)
    return found


def told(finding: Finding) -> str:
    """A finding in words."""
    step = _advice()[finding.step]
    said = step[finding.what].format_map(finding.details) if finding.what else "正常"
    return f"{step['name']}：{said}"


@cache
def _advice() -> dict[str, Any]:
    return tomllib.loads((files("bot.doctor") / "advice.toml").read_text("utf-8"))
