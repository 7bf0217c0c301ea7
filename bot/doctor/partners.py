"""The partners 对接单位: whether what they are to be told can reach them."""

from __future__ import annotations

from bot.doctor.finding import Finding, bad, hint
from bot.settings import Settings
from casework.partner import Partner, partners
from storage import sending
from storage.database import Database
from storage.town import entries


async def findings(settings: Settings, database: Database) -> list[Finding]:
    decided = await database.aread(lambda session, _: entries(session))
    known = partners(decided.get("partner", {}))
    if not known:
        return [hint("intake", "none")]
    waiting = await database.aread(lambda session, _: sending.waiting(session, "intake"))
    return [_of(settings, partner, waiting.get(partner.id, 0)) for partner in known.values()]


def _of(settings: Settings, partner: Partner, waiting: int) -> Finding:
    if partner.webhook and not settings.secret_key.get_secret_value():
        return bad("intake", "unsigned", name=partner.name)
    if waiting:
        return bad("intake", "stuck", name=partner.name, detail=waiting, url=partner.webhook)
    if partner.webhook.startswith("http://"):
        return hint("intake", "plain", name=partner.name, url=partner.webhook)
    return Finding("intake", details={"name": partner.name})
