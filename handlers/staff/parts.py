"""What those do who were called: 报到, 反馈; and what is said of it: 否决, 评议, 结哨, 联办."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from casework.case import Case
from casework.joint.call import INVITED, SIGNED_IN, Call
from casework.rights import HANDLER, is_admin, standing
from handlers import arguments, calls, wording
from handlers.acting import Sorry, allowed, perform
from handlers.copy import say
from handlers.message import Reply
from handlers.ratings import STEPS
from handlers.staff.calling import own_keys
from handlers.staff.fields import fill, labelled
from handlers.staff.work import done, meant, seen, which
from handlers.turn import Turn
from storage import cases, incoming, joint

Given = Mapping[str, Any]
LATELY: Final = timedelta(minutes=30)  # so long a location belongs to the 报到 before it


def sign_in(turn: Turn, given: Given) -> Reply:
    """报到 1023; for somebody without an account, by who leads the case: 报到 1023 李律师. With what was
    handed over: 接手 1023 材料=身份证、户口簿."""
    case = _case(turn, given, "sign_in")
    line = given.get("text", "")
    call, keys = _part(turn, case, line, given["said"], (INVITED,))
    wanted = [field for field in call.form.fields if call.form.agent and field.kind == "text"]
    fields, _ = labelled(wanted, line) if wanted else ({}, "")
    text = "；".join(say("joint.field", name=name, value=value) for name, value in fields.items())
    perform(turn, "sign_in", case, call=call, parts=keys, fields=fields, text=text)
    return Reply(_said(turn, "signed_in", case, call, keys))


def located(turn: Turn) -> Reply | None:
    """A location that was sent: where one signed in just now, or signs in by it. None: it belongs to
    nothing of the kind."""
    number = incoming.last_about(turn.session, turn.incoming.person, turn.now - LATELY)
    mine = [c for c in _mine(turn) if number in (None, c.number)]
    where = turn.incoming.location
    label = turn.text or (where.label if where is not None else "")
    place = label or (f"{where.latitude}, {where.longitude}" if where is not None else "")
    for case in mine:
        for call in joint.of_case(case, turn.session):
            parts = [call.part(key) for key in own_keys(turn, call) if call.open]
            come = [p for p in parts if p is not None and p.state in (INVITED, SIGNED_IN)]
            if come:
                taken = cases.take(turn.viewer, turn.session, case.number) or case
                perform(
                    turn, "sign_in", taken, call=call, place=place,
                    parts=[p.key for p in come], text=place,
                )  # fmt: skip
                sign_in = call.form.words["sign_in"]
                return Reply(say("joint.located", number=case.number, sign_in=sign_in))
    return None


def feedback(turn: Turn, given: Given) -> Reply:
    """反馈 1023 管子已关，现场已恢复: to the lead handler and to who called."""
    case = _case(turn, given, "feedback")
    text = given["text"]
    first, _, rest = text.partition(" ")
    call, keys = _part(turn, case, first if rest else "", given["said"], ())
    if keys == [first]:
        text = rest
    perform(turn, "feedback", case, call=call, parts=keys, text=text)
    return Reply(_said(turn, "reported", case, call, keys))


def overrule(turn: Turn, given: Given) -> Reply:
    """否决 1023 水务站 还在漏水: what was reported is not enough."""
    case = _case(turn, given, "overrule")
    call, keys, reason = _named(turn, case, given["text"])
    if not reason:
        raise Sorry(say("joint.which_reason", number=case.number))
    perform(turn, "overrule", case, call=call, parts=keys, reason=reason)
    return Reply(_said(turn, "overruled", case, call, keys))


def appraise(turn: Turn, given: Given) -> Reply:
    """评议 1023 水务站 满意 来得快: 下评上."""
    case = _case(turn, given, "appraise")
    call, keys, rest = _named(turn, case, given["text"])
    word, _, text = rest.partition(" ")
    rating = STEPS.get(word)
    if rating is None:
        raise Sorry(say("joint.which_rating", number=case.number))
    perform(turn, "appraise", case, call=call, parts=keys, rating=rating, text=text)
    words = say(f"word.rating.{rating}")
    return Reply(say("joint.appraised", names=calls.names(turn, keys), rating=words))


def disband(turn: Turn, given: Given) -> Reply:
    """结哨 1023 堵点已清; 散会, 交回 …: what its form wants at the end is asked for."""
    case = _case(turn, given, "disband")
    call = _ending(turn, case, given["said"])
    allowed(turn, "disband", case, call=call, text=call.form.word)
    fields = " ".join(
        each.name if each.bare else say("joint.labelled", name=each.name)
        for each in sorted(call.form.closing, key=lambda each: not each.bare)
    )
    example = say(
        "joint.end_example", end=call.form.words["end"], number=case.number, fields=fields
    )
    filled = fill(turn, call.form.closing, given.get("text", ""), given["answers"], example)
    text = "；".join(filled.fields.values())
    case = perform(turn, "disband", case, call=call, text=text, fields=filled.fields)
    end = call.form.words["end"]
    if call.form.agent and HANDLER in standing(turn.actor, case, turn.town) and case.open:
        perform(turn, "conclude", case, text=text)
        return Reply(say("joint.handed_back", end=end, number=case.number))
    rate = say("joint.rate", number=case.number) if call.form.rated else ""
    return done(turn, "disbanded", case, end=end, rate=rate)


def together(turn: Turn, given: Given) -> Reply:
    """联办 1023: who has come and who has not; 联办 1023 协议: to be printed and signed; 联办: what I have a part in; 联办 评分: 下评上."""
    if given.get("number") is not None:
        case = seen(turn, given["number"])
        turn.about = case.number
        found = joint.of_case(case, turn.session)
        if given.get("text", "").startswith("协议"):
            return Reply(calls.agreement(turn, case, found))
        return Reply(calls.shown(turn, found) or say("joint.none", number=case.number))
    if given.get("text", "").startswith(("评分", "评议")) and is_admin(turn.staff, turn.town):
        return _ratings(turn)
    lines = [_line(turn, case) for case in _mine(turn)]
    return Reply(say("joint.mine", lines="\n".join(lines)) if lines else say("joint.nothing"))


def tracking_card(turn: Turn, given: Given) -> Reply:
    """跟踪卡 1023: of its errand, to be printed and signed."""
    case = seen(turn, given["number"], sealed=False)
    turn.about = case.number
    return Reply(calls.tracking_card(turn, case, joint.of_case(case, turn.session)))


def _line(turn: Turn, case: Case) -> str:
    mine = [
        (call, key)
        for call in joint.of_case(case, turn.session)
        if call.open
        for key in own_keys(turn, call)
    ]
    call, key = mine[-1]
    part = call.part(key)
    waits = part is not None and part.state == INVITED
    sign_in = call.form.words["sign_in"]
    state = say("joint.waiting", sign_in=sign_in) if waits else say("joint.open")
    return say(
        "joint.mine_line", number=case.number, title=call.form.word, state=state,
        matter=wording.sort_of(case),
    )  # fmt: skip


def _ratings(turn: Turn) -> Reply:
    lines = calls.ratings(turn)
    return Reply(say("joint.ratings", lines=lines) if lines else say("joint.no_ratings"))


# --- which case, which call, whose part ------------------------------------------------------------


def _mine(turn: Turn) -> list[Case]:
    """The cases in which the speaker has a part."""
    return cases.with_part(turn.viewer, turn.session, turn.staff.hands)


def _case(turn: Turn, given: Given, name: str) -> Case:
    """The case that is named; or, where only one can be meant, that one."""
    if given.get("number") is None:
        mine = _mine(turn)
        if len(mine) == 1:
            return meant(turn, {"number": mine[0].number}, name)
        if mine:
            raise which(turn, mine)
    return meant(turn, given, name)


def _open(turn: Turn, case: Case) -> list[Call]:
    found = [call for call in joint.of_case(case, turn.session) if call.open]
    if not found:
        raise Sorry(say("joint.no_call", number=case.number))
    return found


def _part(
    turn: Turn, case: Case, name: str, word: str, states: tuple[str, ...]
) -> tuple[Call, list[str]]:
    """The speaker's own part; or that of somebody without an account, who is named. Of several
    calls the one whose word it is (到会 of a 会诊), else the newest."""
    found = sorted(_open(turn, case), key=lambda call: word in call.form.words.values())
    for call in reversed(found):
        if name and (part := call.part(name)) is not None and not part.post:
            return call, [name]
    own = [(call, keys) for call in reversed(found) if (keys := own_keys(turn, call))]
    if not own:
        raise Sorry(say("joint.no_call", number=case.number))
    fit = (
        (call, keys)
        for call, keys in own
        if not states or any(p.key in keys and p.state in states for p in call.parts)
    )
    return next(fit, own[0])


def _named(turn: Turn, case: Case, text: str) -> tuple[Call, list[str], str]:
    """水务站 满意 来得快: whose part, and the rest of what was said."""
    found = joint.of_case(case, turn.session)
    word, _, rest = text.strip().partition(" ")
    posts = [post.id for post in arguments.posts_called(turn.town, word)]
    for call in reversed(found):
        for key in (*posts, word):
            if call.part(key) is not None:
                return call, [key], rest.strip()
    if not found:
        raise Sorry(say("joint.none", number=case.number))
    keys = [part.key for part in found[-1].parts]
    raise Sorry(say("joint.who", names=calls.names(turn, keys)))


def _ending(turn: Turn, case: Case, word: str) -> Call:
    """Which of several is ended: the word says it 结哨, 散会, 结包; of several whistles the newest that
    the speaker may end."""
    found = _open(turn, case)
    fit = [call for call in found if call.form.words["end"] == word] or found
    words = list(dict.fromkeys(call.form.words["end"] for call in fit))
    if len(words) > 1:
        raise Sorry(
            say("joint.which", number=case.number, words="、".join(words), words_first=words[0])
        )
    return next((call for call in reversed(fit) if _may_end(turn, case, call)), fit[-1])


def _may_end(turn: Turn, case: Case, call: Call) -> bool:
    try:
        allowed(turn, "disband", case, call=call, text=call.form.word)
    except Sorry:
        return False
    return True


def _said(turn: Turn, sentence: str, case: Case, call: Call, keys: Sequence[str]) -> str:
    return say(
        f"joint.{sentence}",
        number=case.number,
        names=calls.names(turn, keys),
        **call.form.words,
    )
