"""Reaching a villager later: a ladder, climbed for each letter as far as it is worth.

1. A customer message 客服消息, while the villager's last word allows it; the last one allowed is
   kept for what matters.
2. What matters, and cannot go that way: the long-term subscription notice 长期订阅 of those who have
   taken it, else a template message 模板消息.
3. What is left is held for the villager's next word, and somebody phones (`handlers.timed.letters`).

Each rung that was tried is part of the outcome.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.channels.api import Answer, Media
from bot.channels.gate import Gate
from bot.channels.outcome import Outcome
from bot.channels.sending import Arrived, parts_of, untold
from bot.channels.wechat.fields import fill
from bot.channels.wechat.send import WechatSender
from handlers.message import Outgoing
from storage import platform, reach
from storage.database import Database
from storage.reach import Attempt

TEMPLATES = "wechat:template:"  # key of the facts that `xiaoge wechat setup` writes
_NOT_ALLOWED = Outcome(
    "limited", reason="48 hours are over, or what may be sent is used up", asked=False
)


@dataclass(frozen=True, slots=True)
class Templates:
    """The ids from the settings, and where a tap on the message leads."""

    subscription: str = ""
    template: str = ""
    public_url: str = ""


class Ladder:
    """The way out to villagers."""

    capabilities = WechatSender.capabilities

    def __init__(
        self,
        database: Database,
        sender: WechatSender,
        templates: Templates = Templates(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.database = database
        self.sender = sender
        self.templates = templates
        self.gate = Gate(clock)

    async def send(
        self, message: Outgoing, delivered: int = 0, arrived: Arrived = untold
    ) -> Outcome:
        if (shut := self.gate.shut()) is not None:
            return shut
        outcome = await self._customer(message, delivered, arrived)
        attempts = [_attempt(reach.CUSTOMER, outcome)]
        if _climbs(outcome, message):
            for rung in (reach.SUBSCRIPTION, reach.TEMPLATE):
                higher = await self._template(message, rung)
                if higher is None:
                    continue
                attempts.append(_attempt(rung, higher[0], higher[1]))
                if higher[0].state in ("sent", "unknown"):
                    outcome = higher[0]
                    break
        return replace(self.gate.heed(outcome), attempts=tuple(attempts))

    async def give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        """A picture, voice or video; one customer message. What cannot go stays to be looked at."""
        return await self.gate.through(lambda: self._give(message, kind, medium))

    async def _give(self, message: Outgoing, kind: str, medium: Media) -> Outcome:
        if not await self._spend(message, 1):
            return replace(_NOT_ALLOWED, attempts=(_attempt(reach.CUSTOMER, _NOT_ALLOWED),))
        outcome = await self.sender.give(message, kind, medium)
        await self._settle(message, outcome, 1, 0)
        return replace(outcome, attempts=(_attempt(reach.CUSTOMER, outcome),))

    async def fetch(self, media_id: str) -> Media:
        return await self.sender.fetch(media_id)

    async def aclose(self) -> None:
        await self.sender.aclose()

    # --- the rungs -------------------------------------------------------------------------

    async def _customer(self, message: Outgoing, delivered: int, arrived: Arrived) -> Outcome:
        wanted = max(1, len(parts_of(message)) - delivered)
        given = await self._spend(message, wanted)
        if not given:
            return replace(_NOT_ALLOWED, delivered=delivered)
        parts = delivered

        async def counted(number: int, rest: str) -> None:
            nonlocal parts
            parts = number
            await arrived(number, rest)

        try:
            outcome = await self.sender.send(message, delivered, counted, delivered + given)
        except BaseException:  # broken off: the next part may have arrived
            await self._settle(message, Outcome("unknown"), given, parts - delivered)
            raise
        await self._settle(message, outcome, given, max(0, outcome.delivered - delivered))
        return outcome

    async def _template(self, message: Outgoing, rung: str) -> tuple[Outcome, str] | None:
        """The outcome and the platform's number of the message; None: this rung is not there."""
        chosen = await self._chosen(message, rung)
        if chosen is None:
            return None
        template, fields = chosen
        payload: dict[str, Any] = {
            "touser": message.recipient,
            "template_id": template,
            "data": fill(fields, message.notice),
        }
        number = message.notice.get("number", "")
        if self.templates.public_url and number:
            link = f"{self.templates.public_url}/my/{number}"
            payload["page" if rung == reach.SUBSCRIPTION else "url"] = link
        outcome, answer = await self.sender.template(rung == reach.SUBSCRIPTION, payload)
        if outcome.means == "unsubscribed":
            await self._write(lambda session, _: reach.subscribed(session, _person(message), False))
        return outcome, _receipt(answer)

    async def _chosen(self, message: Outgoing, rung: str) -> tuple[str, Mapping[str, str]] | None:
        names = {
            reach.SUBSCRIPTION: self.templates.subscription,
            reach.TEMPLATE: self.templates.template,
        }
        template = names[rung]
        if not template or not message.notice:
            return None

        def ask(session: Any, _: object) -> Mapping[str, str] | None:
            known = platform.fact(session, f"{TEMPLATES}{template}")
            villager = reach.person(session, _person(message))
            if known is None or villager is None or not villager.follows:
                return None
            if rung == reach.SUBSCRIPTION and not villager.subscribed:
                return None
            fields: Mapping[str, str] = known["fields"]
            return fields

        found = await self.database.aread(ask)
        return None if not found else (template, found)

    # --- what the platform allows ----------------------------------------------------------

    async def _spend(self, message: Outgoing, wanted: int) -> int:
        keep = 0 if message.matters else 1
        given: int = await self._write(
            lambda session, begun: reach.spend(session, _person(message), wanted, keep, begun.wall)
        )
        return given

    async def _settle(self, message: Outgoing, outcome: Outcome, given: int, used: int) -> None:
        """Bring what is in the database to what the platform has said."""
        person = _person(message)
        if outcome.means == "gone":
            await self._write(lambda session, _: reach.unreachable(session, person))
        elif outcome.means == "closed":
            await self._write(lambda session, _: reach.close(session, person))
        elif outcome.state != "sent":
            spent = used + (outcome.state == "unknown")  # that one may have arrived
            unused = max(0, given - spent)
            await self._write(lambda session, _: reach.give_back(session, person, unused))

    async def _write(self, work: Callable[[Any, Any], Any]) -> Any:
        return await self.database.awrite("outbox", work, background=True)


def _climbs(outcome: Outcome, message: Outgoing) -> bool:
    """Whether the next rung is to be tried now."""
    if not message.matters or outcome.means == "gone" or outcome.state == "sent":
        return False
    return outcome.wait is None and (outcome.state != "retry" or message.last)


def _attempt(rung: str, outcome: Outcome, receipt: str = "") -> Attempt:
    said = {"sent": "told", "unknown": "unknown"}.get(outcome.state, "failed")
    return Attempt(rung, said, outcome.code, outcome.reason, receipt)  # type: ignore[arg-type]


def _receipt(answer: Answer | None) -> str:
    return str(answer.data.get("msgid") or "") if answer is not None else ""


def _person(message: Outgoing) -> tuple[str, str, str]:
    return message.channel, message.account, message.recipient
