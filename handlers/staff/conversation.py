"""A member of staff says something: a command, in plain words or with a slash."""

from __future__ import annotations

from casework.rights import is_admin, leads
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
    if turn.message is None:
        return reply  # asked on a read session: see `trailed`
    return trailed(turn, reply)


def trailed(turn: Turn, reply: Reply) -> Reply:
    """The answer to a command, with its line in the trail: what grid members do stands in the
    history of the case, what those above them do stands here too."""
    said = find(turn.text, commands_of(turn))
    if said is not None and said.command.who != "staff":
        _trail(turn, said.command)
    return reply


def _trail(turn: Turn, command: Command) -> None:
    audit.write(
        turn.session,
        actor=turn.actor.label,
        act=command.name,
        target=str(turn.about or ""),
        detail=turn.text,
        now=turn.now,
    )


def commands_of(turn: Turn) -> tuple[Command, ...]:
    """The commands that this person may say at all; those of who decides come first."""
    admin = is_admin(turn.actor.staff, turn.town)
    lead = leads(turn.actor.staff, turn.town)
    more = tuple(each for each in ADMIN_COMMANDS if admin or (lead and each.who == "lead"))
    known = {each.name for each in more}
    return (*more, *(each for each in STAFF_COMMANDS if each.name not in known))


def _not_understood(turn: Turn, known: tuple[Command, ...]) -> Reply:
    """A wrong command: the nearest one, or help; one that is not theirs: who may."""
    others = find(turn.text, ADMIN_COMMANDS)
    if others is not None and others.slash:
        raise Sorry(say(f"command.only_{others.command.who}", name=others.command.name))
    meant = nearest(turn.text, known)
    if meant is not None:
        return Reply(say("command.did_you_mean", name=meant.name, example=meant.example))
    return Reply(say("command.unknown"))
