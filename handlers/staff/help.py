"""帮助: one screen for the role, or one command explained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from handlers import calls
from handlers.acting import Sorry
from handlers.commands import Command, nearest
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn


def show(turn: Turn, given: Mapping[str, Any]) -> Reply:
    from handlers.staff.conversation import commands_of  # the table holds this function

    known = commands_of(turn)
    word = given.get("word")
    return Reply(overview(known)) if word is None else _explained(word, known)


def overview(known: Sequence[Command]) -> str:
    """What is said every day with an example; the rest by its name: one screen."""
    own = [each for each in known if each.who == "staff" and not each.joint]
    seldom = [each for each in own if not each.daily]
    joint = [each for each in known if each.joint]
    above = [each for each in known if each.who != "staff" and each.actions]
    town = [each for each in known if each.who != "staff" and not each.actions]
    lines = "\n".join(each.example.partition("｜")[0] for each in own if each.daily)
    return say(
        "command.help",
        lines=lines,
        seldom=say("command.help_seldom", names=_names(seldom)),
        joint=say("command.help_joint", names=_names(joint)),
        above=say("command.help_above", names=_names(above)) if above else "",
        town=say("command.help_town", names=_names(town)) if town else "",
    )


def _names(commands: Sequence[Command]) -> str:
    return "、".join(each.name for each in commands)


def _explained(word: str, known: Sequence[Command]) -> Reply:
    word = word.lstrip("/")
    meant = next((each for each in known if word in each.words), None) or nearest(word, known)
    if meant is None:
        raise Sorry(say("command.unknown"))
    return Reply(
        say(
            "command.explained",
            name=meant.name,
            help=meant.help,
            example=meant.example,
            aliases="、".join(meant.aliases) or say("command.no_alias"),
            several=say("command.several") if meant.several else "",
            forms=calls.explained(meant.name) if meant.joint else "",
        )
    )
