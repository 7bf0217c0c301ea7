"""A member of staff says something: a command, in plain words or with a slash."""

from __future__ import annotations

from casework.rights import is_admin
from handlers.acting import Sorry
from handlers.admin import COMMANDS as ADMIN_COMMANDS
from handlers.commands import Command, arguments, find, nearest
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import COMMANDS as STAFF_COMMANDS
from handlers.staff.photos import photo
from handlers.turn import Turn
from storage import audit


def command(turn: Turn) -> Reply:
    """Do what a member of staff said. One who is not in the town file is told whom to ask."""
    if turn.actor.staff is None:
        return Reply(say("staff.unknown", userid=turn.incoming.sender))
    if turn.incoming.kind == "event":
        return Reply("")
    if turn.incoming.kind != "text" and not turn.text:
        return photo(turn)
    known = commands_of(turn)
    said = find(turn.text, known)
    if said is None:
        return _not_understood(turn, known)
    given = arguments(said, turn)
    reply = said.command.run(turn, given)
    if said.command.who == "admin" and said.command.audited:
        audit.write(
            turn.session,
            actor=turn.actor.label,
            act=said.command.name,
            target=str(turn.about or ""),
            detail=turn.text,
            now=turn.now,
        )
    return reply


def commands_of(turn: Turn) -> tuple[Command, ...]:
    """The commands that this person may say at all; an admin's come first, with more to say."""
    if is_admin(turn.actor.staff, turn.town):
        own = {each.name for each in ADMIN_COMMANDS}
        return (*ADMIN_COMMANDS, *(each for each in STAFF_COMMANDS if each.name not in own))
    return STAFF_COMMANDS


def _not_understood(turn: Turn, known: tuple[Command, ...]) -> Reply:
    """A wrong command: the nearest one, or help; one that is not theirs: who may."""
    others = find(turn.text, ADMIN_COMMANDS)
    if others is not None and others.slash:
        raise Sorry(say("command.admins_only", name=others.command.name))
    meant = nearest(turn.text, known)
    if meant is not None:
        return Reply(say("command.did_you_mean", name=meant.name, example=meant.example))
    return Reply(say("command.unknown"))
