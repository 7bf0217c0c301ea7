"""帮助: one screen for the role, or one command explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.acting import Sorry
from handlers.commands import nearest
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn


def show(turn: Turn, given: Mapping[str, Any]) -> Reply:
    from handlers.staff.conversation import commands_of  # the table holds this function

    known = commands_of(turn)
    word = given.get("word")
    if word is None:
        lines = "\n".join(f"{each.example}　{each.help}" for each in known)
        return Reply(say("command.help", lines=lines))
    meant = next((each for each in known if word.lstrip("/") in each.words), None) or nearest(
        word, known
    )
    if meant is None:
        raise Sorry(say("command.unknown"))
    aliases = "、".join(meant.aliases) or say("command.no_alias")
    return Reply(
        say(
            "command.explained",
            name=meant.name,
            help=meant.help,
            example=meant.example,
            aliases=aliases,
        )
    )
