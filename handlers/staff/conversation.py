"""A member of staff says something: a command, in plain words or with a slash.

Where one thing is missing it is asked for, once, and the next message answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from casework.rights import belongs
from handlers import panels
from handlers.acting import Ask, Confirm, Sorry, reason
from handlers.admin import COMMANDS as ADMIN_COMMANDS
from handlers.arguments import READERS
from handlers.commands import (
    NAMED,
    Command,
    Said,
    arguments,
    called,
    find,
    nearest,
    rest_of,
)
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import COMMANDS as STAFF_COMMANDS
from handlers.staff import apart, deciding, lists, parts, sent, several, tables, work
from handlers.staff.meant import LOOKS, begun, meant
from handlers.staff.suggesting import (
    HEARD,
    all_shown,
    bare,
    by_a_word,
    data_of,
    of_a_cadre_or_danger,
    seen_by_staff,
    shown_as,
    suggested,
)
from handlers.staff.together import COMMANDS as JOINT_COMMANDS
from handlers.turn import Turn
from handlers.understood import (
    about_a_cadre,
    is_small_talk,
)
from handlers.wording import plain
from storage import audit, cases, pending
from storage.numbers import is_hidden

COMMANDS: Final = (*STAFF_COMMANDS, *JOINT_COMMANDS, *ADMIN_COMMANDS)
YES: Final = work.CONSENT | {"是", "是的", "对", "对的", "嗯", "就是", "y", "yes", "确认"}
SURE: Final = frozenset({"确认", "确定", "是", "确认办理"})
SMALL_TALK: Final = 6  # characters of a greeting or thanks
WORDS: Final = 3  # characters beside a number that say something of their own
_NUMBERED: Final = re.compile(r"\d{4}")
NO: Final = frozenset(
    [
        "不是",
        "不对",
        "否",
        "不",
        "取消",
        "撤回",
        "算了",
        "发错了",
        "不用",
        "不用了",
        "不要",
        "n",
        "no",
    ]
)


def command(turn: Turn) -> Reply:
    """Do what a member of staff said. One who is not in the town file is told whom to ask."""
    if turn.actor.staff is None:
        return Reply(say("staff.unknown", userid=turn.incoming.sender))
    if turn.incoming.press is not None:
        return _pressed(turn)
    if turn.incoming.kind == "event":
        return Reply("")
    return _spoken(turn)


def _pressed(turn: Turn) -> Reply:
    """A button says what it says in the presser's name. One that is no use any more is answered
    from the case, and goes from the panel."""
    number = panels.pressed(turn)
    case = cases.find(turn.viewer, turn.session, number) if number is not None else None
    refused = panels.refused(turn, case) if case is not None else None
    if case is not None and refused is not None:
        turn.about = case.number
        panels.follow(turn, case)
        return Reply(reason(refused, case, turn))
    pending.drop(turn.session, turn.incoming.person)  # what it says is no answer to a question
    return _spoken(turn)


def _spoken(turn: Turn) -> Reply:
    if (text := begun(turn.text)) != turn.text:
        turn.hear(text)
    if turn.incoming.kind == "location":
        return parts.located(turn) or sent.place(turn)
    if turn.incoming.kind == "file":
        return tables.sent(turn) or sent.medium(turn)
    if turn.incoming.press is None and turn.incoming.attachment is not None and not turn.text:
        return sent.medium(turn)
    known = commands_of(turn)
    if turn.incoming.press is None and (things := apart.things(turn, known)):
        return all_shown(turn, things)
    question = pending.waiting(turn.session, turn.incoming.person, turn.now)
    said = find(turn.text, known, answering=question is not None)
    if question is not None and _answers(turn, question):
        said = None
    if said is None and question is not None:
        if question.kind == "ask" or not _NUMBERED.search(turn.text):
            return _answered(turn, question, known)
        said = find(turn.text, known)  # to what was only suggested or shown, no number is an answer
    if said is None:
        return _not_understood(turn, known)
    return _do(turn, said)


def _do(turn: Turn, said: Said, confirmed: bool = False) -> Reply:
    """Do a command, or ask for what is missing. On a read session nothing is kept: the question
    is answered, its line in the trail follows with the message (`trailed`)."""
    if turn.message is None:
        return said.command.run(turn, arguments(said, turn))
    pending.drop(turn.session, turn.incoming.person)
    try:
        wanted = several.chosen(turn, said)
        if wanted is not None:
            return several.preview(turn, said, wanted)
        given = arguments(said, turn)
        if said.command.confirm and not confirmed:
            raise Confirm(_last_warning(said))
        given |= {"confirmed": confirmed, "answers": said.answers, "said": said.word}
        with turn.session.nested():  # what is refused has done nothing
            reply = said.command.run(turn, given)
    except Confirm as shown:
        pending.put(turn.session, turn.incoming.person, "confirm", data_of(said), turn.now)
        return Reply(str(shown), several.sure_or_not())
    except Ask as ask:
        said = replace(said, rest=said.rest.replace(ask.instead, "", 1))
        data = {**data_of(said), "argument": ask.argument, "suggestion": ask.suggestion}
        pending.put(turn.session, turn.incoming.person, "ask", data, turn.now)
        raise
    except Sorry:
        trail(turn, said.command, _line(turn, said), "not_done")
        raise
    trail(turn, said.command, _line(turn, said))
    return reply


def _line(turn: Turn, said: Said) -> str:
    """The words for the trail; of a bare 是 what it was said to."""
    if find(turn.text, (said.command,)) is not None:
        return turn.text
    return f"{turn.text}（{shown_as(said)}）"


def _last_warning(said: Said) -> str:
    """What cannot be taken back is done after a 确认 only."""
    return say("command.confirm", name=said.command.name, help=said.command.help, rest=said.rest)


def _answered(turn: Turn, question: pending.PendingRow, known: tuple[Command, ...]) -> Reply:
    """The word after a question of ours."""
    word, data = bare(turn.text), question.data
    if word in NO:
        pending.drop(turn.session, turn.incoming.person)
        return Reply(say("command.dropped"))
    said = _kept(data, known)
    agrees = {"meant": word in YES, "confirm": word in SURE, "ask": _fits(turn, data)}
    if question.kind == "confirm" and word in YES - SURE:
        return Reply(say("command.say_sure"))
    if said is None or not agrees[question.kind]:
        pending.drop(turn.session, turn.incoming.person)  # they are somewhere else by now
        return _not_understood(turn, known)
    if "each" in data:
        return _one_by_one(turn, [_kept(each, known) for each in data["each"]])
    if question.kind == "meant":
        return _do(turn, said)
    if question.kind == "confirm":
        return _confirmed(turn, said, data)
    answer = data["suggestion"] if word in YES and data["suggestion"] else turn.text
    return _do(turn, replace(said, answers={**said.answers, data["argument"]: plain(answer)}))


def _one_by_one(turn: Turn, things: Iterable[Said | None]) -> Reply:
    """What cannot be done says so, and the others are done."""
    lines, left = [], list(filter(None, things))
    while left:
        said = left.pop(0)
        turn.about = None
        turn.acted.clear()
        try:
            lines.append(_do(turn, said).text)
        except Sorry as sorry:
            lines.append(str(sorry))
        if left and pending.waiting(turn.session, turn.incoming.person, turn.now) is not None:
            lines.append(say("command.rest_not_done", lines="\n".join(map(shown_as, left))))
            break
    turn.about = None
    return Reply("\n".join(lines))


def _fits(turn: Turn, data: Mapping[str, Any]) -> bool:
    """True for what may answer the question; to 哪一件 a number alone."""
    if data.get("argument") != "number":
        return True
    number, rest = READERS["number"](plain(turn.text), turn)
    return number is not None and len(rest.strip(" 。.，,")) < WORDS


def _confirmed(turn: Turn, said: Said, data: Mapping[str, Any]) -> Reply:
    if "told" in data:
        pending.drop(turn.session, turn.incoming.person)
        reply = lists.confirmed(turn, data)
        trail(turn, said.command, turn.text)
        return reply
    if "numbers" not in data:
        return _do(turn, said, confirmed=True)
    pending.drop(turn.session, turn.incoming.person)
    return several.confirmed(turn, said, data)


def _kept(data: Mapping[str, Any], known: tuple[Command, ...]) -> Said | None:
    """The command that a question was about, if it is still the speaker's."""
    found = called(data["command"], known)
    if found is None:
        return None
    answers, word = data.get("answers", {}), data.get("word", "")
    return Said(found, data["rest"], data["slash"], answers, word)


def trailed(turn: Turn, reply: Reply) -> Reply:
    """The answer to a question that was asked on a read session, with its line in the trail."""
    said = find(turn.text, commands_of(turn))
    if said is not None:
        trail(turn, said.command, turn.text, "not_done" if reply.refused else "")
    return reply


def trail(turn: Turn, command: Command, line: str, refused: str = "") -> None:
    """Every command has its line in the trail: who, when, what, about which case; one for each case
    to which something was done. What was `refused` (not_done | not_theirs) is marked so."""
    about = _meant_by(turn, command, line) if refused else turn.about
    numbers: list[int | None] = [*dict.fromkeys(turn.acted)] or [about]
    # a report that was sent elsewhere has no number that would hide its words
    is_sealed = numbers == [None] and about_a_cadre(turn, turn.book.reader.read(line))
    mark = say(f"admin.trail_{refused}") if refused else ""
    for number in numbers:
        audit.write(
            turn.session,
            actor=turn.actor.label,
            act=command.name,
            target=str(number or ""),
            detail=mark + (command.name if is_sealed else line),
            now=turn.now,
        )


def _meant_by(turn: Turn, command: Command, line: str) -> int | None:
    """The case that was named when nothing was done; one that the speaker may not see first, for
    its line is for nobody else who may not."""
    named = [int(number) for number in NAMED.findall(plain(line))]
    meant = [*(named[:1] if command.actions else ()), *filter(is_hidden, named)]
    unseen = (each for each in meant if cases.find(turn.viewer, turn.session, each) is None)
    return next(unseen, next(iter(meant), None))


def commands_of(turn: Turn) -> tuple[Command, ...]:
    """The commands that this person may say at all."""
    return tuple(each for each in COMMANDS if belongs(turn.actor.staff, each.who, turn.town))


def _not_understood(turn: Turn, known: tuple[Command, ...]) -> Reply:
    """A wrong command: the nearest one, or help; one that is not theirs: who may."""
    others = find(turn.text, COMMANDS)
    if others is not None and others.command not in known and others.slash:
        if turn.message is not None:
            trail(turn, others.command, turn.text, "not_theirs")
        raise Sorry(say(f"command.only_{others.command.who}", name=others.command.name))
    said = meant(turn.text, known)
    if (told := of_a_cadre_or_danger(turn, known, said is not None)) is not None:
        return told
    if said is not None:
        if said.command.name in LOOKS:
            return _do(turn, said)
        said = work.numbered(turn, said)
        some = several.chosen(turn, said) if turn.message is not None else None
        if some is not None and not some.rest:  # the list that is shown asks as well
            return _do(turn, said)
        return suggested(turn, said)
    word = bare(turn.text)
    if (wanted := by_a_word(turn, known)) is not None:
        return suggested(turn, wanted)
    if word in (YES | NO) - HEARD:
        return Reply(say("command.nothing_asked"))
    if word in HEARD or (len(word) <= SMALL_TALK and is_small_talk(turn.reading)):
        return Reply(say("command.good"))
    near = nearest(turn.text, known)
    if near is None:
        return _of_a_case(turn, known) or Reply(say("command.unknown"))
    said = Said(near, rest_of(turn.text), slash=True)
    if said.rest:
        return suggested(turn, said)
    question = say("command.did_you_mean", name=near.name, example=near.example)
    return suggested(turn, said, question)


def _answers(turn: Turn, question: pending.PendingRow) -> bool:
    """可以 answers what was asked; so does 同意, unless there is a request that it would mean."""
    word = bare(turn.text)
    if word not in work.CONSENT:
        return False
    return question.kind == "ask" or word not in work.AGREES or not deciding.requests(turn)


def _of_a_case(turn: Turn, known: tuple[Command, ...]) -> Reply | None:
    """What is no command is kept with the case that it is about; which one is asked."""
    if turn.message is None:
        return None
    remark = called(apart.REMARK, known)
    if remark is not None and sent.are_of_named(turn):
        return _do(turn, Said(remark, plain(turn.text), slash=True))
    if (number := READERS["number"](plain(turn.text), turn)[0]) is not None:
        work.seen(turn, number)  # of what is not there nothing is kept
    kept = sent.words(turn) or seen_by_staff(turn, known)
    if kept is None and remark is not None and sent.are_of_some_case(turn):
        return _do(turn, Said(remark, turn.text, slash=True))
    return kept
