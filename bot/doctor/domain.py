"""Whether 公众号 may open the villagers' pages: the domain has to be entered in its console."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from bot.doctor.finding import Finding, bad, hint
from bot.pages.domain import content, there
from bot.settings import Settings


async def findings(settings: Settings) -> list[Finding]:
    """What the console holds cannot be asked; whether it would find its file can."""
    if not settings.wechat or not settings.pages:
        return []
    names = there(settings.verify_dir)
    if names:
        return [await _seen(settings, names)]
    host, folder = urlsplit(settings.public_url).netloc, settings.verify_dir
    return [hint("wechat_domain", "missing", host=host, folder=folder)]


async def _seen(settings: Settings, names: list[str]) -> Finding:
    """Each file from outside, as the platform reads it."""
    async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
        for name in names:
            url = f"{settings.public_url}/{name}"
            try:
                answer = await client.get(url)
            except httpx.HTTPError as error:
                return bad("wechat_domain", "unseen", url=url, detail=type(error).__name__)
            if answer.content != content(settings.verify_dir, name):
                return bad("wechat_domain", "unseen", url=url, detail=f"HTTP {answer.status_code}")
    return Finding("wechat_domain")
