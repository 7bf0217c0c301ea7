"""A member of staff says something: a command, in plain words or with a slash.

Where one thing is missing it is asked for, once, and the next message answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from casework.recusal import spoken_of
from casework.rights import belongs
from handlers import panels, telling
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
from handlers.staff.meant import LOOKS, is_done, meant
from handlers.staff.together import COMMANDS as JOINT_COMMANDS
from handlers.turn import Turn
from handlers.understood import (
    about_a_cadre,
    danger_words,
    in_danger,
    is_small_talk,
    names_an_office,
)
from handlers.wording import plain
from storage import audit, cases, pending
from storage.numbers import is_hidden

COMMANDS: Final = (*STAFF_COMMANDS, *JOINT_COMMANDS, *ADMIN_COMMANDS)
YES: Final = work.CONSENT | {"是", "是的", "对", "对的", "嗯", "就是", "y", "yes", "确认"}
HEARD: Final = work.CONSENT.union(
    ["收到", "知道了", "明白", "明白了", "晓得了", "好嘞", "嗯", "嗯嗯", "ok"]
)
REFUSES: Final = frozenset(["不行", "不可以", "不得行", "不批", "不准"])
MISTAKEN: Final = frozenset(
    ["发错了", "搞错了", "弄错了", "说错了", "办错了", "结错了", "错了", "撤回"]
)
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
    if turn.incoming.kind == "location":
        return parts.located(turn) or sent.place(turn)
    if turn.incoming.kind == "file":
        return tables.sent(turn) or sent.medium(turn)
    if turn.incoming.press is None and turn.incoming.attachment is not None and not turn.text:
        return sent.medium(turn)
    known = commands_of(turn)
    if turn.incoming.press is None and (things := apart.things(turn, known)):
        return _shown(turn, things)
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
        pending.put(turn.session, turn.incoming.person, "confirm", _data(said), turn.now)
        return Reply(str(shown), several.sure_or_not())
    except Ask as ask:
        said = replace(said, rest=said.rest.replace(ask.instead, "", 1))
        data = {**_data(said), "argument": ask.argument, "suggestion": ask.suggestion}
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
    return f"{turn.text}（{_shown_as(said)}）"


def _data(said: Said) -> dict[str, Any]:
    return {
        "command": said.command.name,
        "rest": said.rest,
        "slash": said.slash,
        "answers": dict(said.answers),
        "word": said.word,
    }


def _last_warning(said: Said) -> str:
    """What cannot be taken back is done after a 确认 only."""
    return say("command.confirm", name=said.command.name, help=said.command.help, rest=said.rest)


def _answered(turn: Turn, question: pending.PendingRow, known: tuple[Command, ...]) -> Reply:
    """The word after a question of ours."""
    word, data = _bare(turn.text), question.data
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


def _shown(turn: Turn, things: Sequence[Said]) -> Reply:
    """Several things: a 是 does all of them."""
    if turn.message is not None:
        data = {**_data(things[0]), "each": [_data(said) for said in things]}
        pending.put(turn.session, turn.incoming.person, "meant", data, turn.now)
    lines, read = "\n".join(map(_shown_as, things)), _read_by_them(things)
    return Reply(say("command.meant_several", count=len(things), read=read, lines=lines))


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
            lines.append(say("command.rest_not_done", lines="\n".join(map(_shown_as, left))))
            break
    turn.about = None
    return Reply("\n".join(lines))


def _shown_as(said: Said) -> str:
    return f"{said.command.name} {said.rest}".strip()


def _read_by_them(things: Iterable[Said]) -> str:
    """Whether the villager will read words that are said with any of these."""
    words = (each for each in things if re.sub(r"^[\d\s]+", "", each.rest))
    are_read = any(telling.are_read(action) for each in words for action in each.command.actions)
    return say("command.they_read") if are_read else ""


def _bare(text: str) -> str:
    return plain(text).strip(" 。.!！").lower()


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
    if (told := _of_a_cadre_or_danger(turn, known)) is not None:
        return told
    if (said := meant(turn.text, known)) is not None:
        if said.command.name in LOOKS:
            return _do(turn, said)
        return _suggested(turn, work.numbered(turn, said))
    word = _bare(turn.text)
    if (wanted := _by_a_word(turn, known)) is not None:
        return _suggested(turn, wanted)
    if word in (YES | NO) - HEARD:
        return Reply(say("command.nothing_asked"))
    if word in HEARD or (len(word) <= SMALL_TALK and is_small_talk(turn.reading)):
        return Reply(say("command.good"))
    near = nearest(turn.text, known)
    if near is None:
        return _of_a_case(turn, known) or Reply(say("command.unknown"))
    said = Said(near, rest_of(turn.text), slash=True)
    if said.rest:
        return _suggested(turn, said)
    question = say("command.did_you_mean", name=near.name, example=near.example)
    return _suggested(turn, said, question)


def _answers(turn: Turn, question: pending.PendingRow) -> bool:
    """可以 answers what was asked; so does 同意, unless there is a request that it would mean."""
    word = _bare(turn.text)
    if word not in work.CONSENT:
        return False
    return question.kind == "ask" or word not in work.AGREES or not deciding.requests(turn)


def _by_a_word(turn: Turn, known: tuple[Command, ...]) -> Said | None:
    """可以 and 不行 decide what was asked for, 收到 accepts what waits for it, 发错了 takes back what was
    concluded just now. 1001 可以: of that case."""
    number, rest = READERS["number"](plain(turn.text), turn)
    word = _bare(rest)
    refuses = next((each for each in REFUSES if _is_said(each, word, number)), None)
    if refuses is not None:
        return deciding.decision(turn, deciding.REFUSED, known, number, word[len(refuses) :])
    if word in MISTAKEN:
        command, case = called("收回办结", known), work.just_concluded(turn)
        return Said(command, str(case.number), slash=True) if command and case else None
    waits = word in HEARD and number is None and work.waits_for(turn, "accept")
    if word in work.CONSENT and not waits:
        return deciding.decision(turn, deciding.AGREED, known, number)
    command = called("接单", known) if waits else None
    return work.numbered(turn, Said(command, "", slash=True)) if command else None


def _is_said(refusal: str, word: str, number: int | None) -> bool:
    """不行，配件镇上就有; 不准再倒垃圾 is none."""
    behind = word[len(refusal) :]
    return word.startswith(refusal) and (number is not None or behind[:1] in ("", "，", ",", " "))


def _of_a_cadre_or_danger(turn: Turn, known: tuple[Command, ...]) -> Reply | None:
    """What accuses a cadre is kept with no case that this cadre may read, and a danger behind a number is
    no remark: both are suggested as 登记."""
    number, rest = READERS["number"](plain(turn.text), turn)
    reading = turn.book.reader.read(rest)
    of_somebody = names_an_office(rest) or bool(spoken_of(rest, turn.town))
    accuses = of_somebody and reading.subkind == "misconduct" and about_a_cadre(turn, reading)
    danger = number is not None and in_danger(reading) and meant(turn.text, known) is None
    command = called("登记", known)
    if command is None or not (accuses or danger):
        return None
    shown = _suggested(turn, Said(command, rest, slash=True))
    return replace(shown, text=danger_words(reading) + shown.text)


def _seen_by_staff(turn: Turn, known: tuple[Command, ...]) -> Reply | None:
    """三组有个井盖不见了: what they have seen themselves 巡查, and what they have done about it 随手办."""
    command = called("随手办" if is_done(turn.text) else "巡查", known)
    if command is None or not sent.are_of_no_case(turn):
        return None
    shown = _suggested(turn, Said(command, plain(turn.text), slash=True))
    return replace(shown, text=danger_words(turn.reading) + shown.text)


def _of_a_case(turn: Turn, known: tuple[Command, ...]) -> Reply | None:
    """What is no command is kept with the case that it is about; which one is asked."""
    if turn.message is None:
        return None
    remark = called(apart.REMARK, known)
    if remark is not None and sent.are_of_named(turn):
        return _do(turn, Said(remark, plain(turn.text), slash=True))
    if (number := READERS["number"](plain(turn.text), turn)[0]) is not None:
        work.seen(turn, number)  # of what is not there nothing is kept
    kept = sent.words(turn) or _seen_by_staff(turn, known)
    if kept is None and remark is not None and sent.are_of_some_case(turn):
        return _do(turn, Said(remark, turn.text, slash=True))
    return kept


def _suggested(turn: Turn, said: Said, question: str = "") -> Reply:
    """What a 是 will do, and whether the villager will read these words."""
    if turn.message is not None:
        pending.put(turn.session, turn.incoming.person, "meant", _data(said), turn.now)
    read = _read_by_them([said])
    return Reply(question or say("command.meant", said=_shown_as(said), read=read))
