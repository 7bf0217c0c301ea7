"""What staff put on record for a case beside its work: 分类 记 公示 销号 回访 已电话."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from casework.case import ANSWERED, Case
from casework.closing import opinion
from handlers import public, wording
from handlers.acting import Sorry, perform
from handlers.arguments import first_word
from handlers.copy import say
from handlers.message import Reply
from handlers.ratings import STEPS, solved
from handlers.staff.work import done, meant
from handlers.turn import Turn
from storage import reach, tasks

Given = Mapping[str, Any]
SHOWN: Final = 20
_STAGES: Final = re.compile(r"^(?:分)?([2-9])期\s*")


def classify(turn: Turn, given: Given) -> Reply:
    """分类 1023 分期分批办 60天 3期 先挖沟再铺管: another list of the method, with its times."""
    case = meant(turn, given, "classify")
    method = turn.world.method_of(case)
    track = method.track(given["track"])
    if track is None:
        names = "、".join(each.name for each in method.tracks)
        raise Sorry(say("refused.no_track" if names else "refused.no_tracks", names=names))
    duration, text = given.get("duration"), given.get("text", "")
    if track.given and duration is None:
        raise Sorry(say("refused.how_long", number=case.number, track=track.name))
    staged = _STAGES.match(text) if track.stages else None
    if track.stages and staged is None:
        raise Sorry(say("refused.how_many", number=case.number, track=track.name))
    case = perform(
        turn,
        "classify",
        case,
        track=track,
        duration=duration if track.given else None,
        stages=int(staged[1]) if staged else 0,
        text=text[staged.end() :] if staged else text,
    )
    return done(turn, "classified", case, track=track.name)


def attest(turn: Turn, given: Given) -> Reply:
    """记 1023 议账 两委五人，同意换新灯: what the method wants on record."""
    case = meant(turn, given, "attest")
    case = perform(turn, "attest", case, fact=given["fact"], text=given.get("text", ""))
    return done(turn, "attested", case, fact=given["fact"])


def remark(turn: Turn, given: Given) -> Reply:
    """备注 1023 去看过，要挖机: for those who work on it."""
    case = perform(turn, "remark", meant(turn, given, "remark"), text=given["text"])
    return Reply(say("staff.words_kept", number=case.number))


def recommend(turn: Turn, given: Given) -> Reply:
    """推荐 1023: the answer to a question may be one for all; an admin takes it in, or not."""
    return done(turn, "recommended", perform(turn, "recommend", meant(turn, given, "recommend")))


def publish(turn: Turn, given: Given) -> Reply:
    """公示 1023 公示栏; without a number: what is to be made public."""
    if given.get("number") is None:
        return _to_publish(turn)
    case = meant(turn, given, "publish")
    case = perform(turn, "publish", case, text=given.get("text", ""))
    if case.published_at is not None:
        return done(turn, "published", case)
    forms = turn.world.method_of(case).publication.forms
    return done(
        turn,
        "published_partly",
        case,
        so_far="、".join(case.forms),
        lacking=str(forms - len(case.forms)),
    )


def _to_publish(turn: Turn) -> Reply:
    """A list to be put on the wall: numbers, sorts and places, no people."""
    found = public.waiting(turn, turn.viewer)
    if not found:
        return Reply(say("staff.nothing_to_publish"))
    lines = wording.listed(found, SHOWN, partial(public.line, turn))
    return Reply(say("staff.to_publish", count=len(found), lines=lines))


def archive(turn: Turn, given: Given) -> Reply:
    return done(turn, "archived", perform(turn, "archive", meant(turn, given, "archive")))


def call_back(turn: Turn, given: Given) -> Reply:
    """回访 1023 满意 电话里说灯亮了: what the villager said when asked counts as their own word.
    回访 1023 已解决 不满意 来得太慢: is it solved, and are they content?"""
    case = meant(turn, given, "satisfied")
    word, text = given["rating"], given.get("text", "")
    is_solved = solved(f"{word} {text}")
    if word not in STEPS and solved(word) is not None:
        word, text = first_word(text)
    rating = STEPS.get(word)
    if rating is None:
        raise Sorry(say("refused.which_rating", number=case.number))
    if case.state != ANSWERED:
        raise Sorry(say("refused.not_answered", number=case.number))
    does = opinion(turn.world.method_of(case), case, rating)
    case = perform(turn, does, case, rating=rating, solved=is_solved, text=text)
    return done(turn, "called_back", case, rating=word)


def phoned(turn: Turn, given: Given) -> Reply:
    """已电话 1023 上午十点，本人说知道了: what did not reach the villager's phone was told all the same."""
    case = meant(turn, given, "phoned")
    case = perform(turn, "phoned", case, text=given["text"])
    told = reach.told_by_phone(turn.session, case.number, turn.now)
    for letter in told:
        tasks.end(turn.session, f"letter:{letter}", turn.now)
    sentence = "phoned_told" if told else "phoned"
    return Reply(say(f"staff.{sentence}", number=case.number, count=len(told)))


def pictured(turn: Turn, case: Case) -> None:
    """A picture is what some records are made of: the signed card, the lamp that shines."""
    wanted = turn.world.method_of(case).requirements
    for each in wanted:
        if each.how == "photo" and each.cases.hold(case) and each.name not in case.on_record:
            case = perform(turn, "attest", case, fact=each.name)
