"""/公告: the text that greets villagers and stands in 帮助. It sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.arguments import NOTHING
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage.town import put


def notice(turn: Turn, given: Mapping[str, Any]) -> Reply:
    text, now = given.get("text"), turn.town.notice
    if text is None:
        return Reply(say("admin.notice_now", text=now) if now else say("admin.notice_none"))
    text = "" if text in NOTHING else text
    put(
        turn.session, "setting", "notice", {"text": text},
        source="chat", by=turn.actor.label, now=turn.now,
    )  # fmt: skip
    said = say("admin.notice_set", text=text) if text else say("admin.notice_cleared")
    return Reply(said + (say("admin.notice_was", text=now) if now and now != text else ""))
