"""What follows from an action: the case afterwards, its history, its clocks.

建账 → 接单 → 办理 → 办结 → 评价 → 结账. `actions` says whether something may be done; this module
says what it does. Nothing here looks anything up or writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from casework import waiting
from casework.actions import ACTIONS
from casework.case import ASSIGNED, BEFORE_ANSWER, HANDLING, WAITING, Case, Decision, Event
from casework.clocks import promise
from casework.closing import again, conclude, rated, reopen, review, settled, stand, take_back
from casework.draft import Draft, World, anew, promised, promises, rules_of, to_post, up
from casework.joint import effects as joint
from casework.recusal import away, free, kept_away, spoken_of_later
from casework.rights import THE_SERVICE, Actor
from casework.routing import Assignment, answering
from casework.sorting import attest, classify, publish

__all__ = ["Matter", "World", "carded", "decide", "open_case"]


@dataclass(frozen=True, slots=True)
class Matter:
    """What is to be filed: what was understood, and from whom."""

    text: str
    kind: str
    subkind: str = ""
    field: str = ""
    topic: str = ""
    urgency: str = "ordinary"
    ledger: str = "民生"
    place: str = ""
    villager: int | None = None
    anonymous: bool = False
    channel: str = "wechat"
    query_word: str = ""
    recused: frozenset[str] = frozenset()  # staff who are spoken of: they stay away
    extent: str = ""  # how many are affected, as far as it is said
    wanted_by: datetime | None = None  # a partner's own deadline


def open_case(
    world: World, number: int, matter: Matter, to: Assignment, actor: Actor, data: Mapping[str, Any]
) -> Decision:
    """建账: a new case, with its first leading post and all its promises. `data` explains the reading."""
    method = world.method
    case = Case(
        number=number,
        state=ASSIGNED,
        kind=matter.kind,
        subkind=matter.subkind,
        field=matter.field,
        topic=matter.topic,
        urgency=matter.urgency,
        ledger=matter.ledger,
        level=to.level,
        unit=to.unit,
        place=matter.place,
        lead_post=to.post,
        first_post=to.post,
        previous_post=None,
        villager=matter.villager,
        anonymous=matter.anonymous,
        protected=matter.subkind == "misconduct",
        query_word=matter.query_word,
        text=matter.text,
        channel=matter.channel,
        method=method.version,
        opened_at=world.now,
        promised_at=None,
        settle_by=None,
        heard_at=world.now,
        recused=kept_away(matter.recused),
        track=method.first_track(matter),
        extent=matter.extent,
        wanted_by=matter.wanted_by,
    )
    start = promises(world, case)
    case = promised(case, start)
    event = Event("open", actor.label, matter.text, {**data, "post": to.post})
    return Decision("open", None, case, (event,), start)


def decide(world: World, name: str, actor: Actor, case: Case, **given: Any) -> Decision:
    """What `name` (a key of `ACTIONS`, already allowed by `may`) does to the case."""
    action = ACTIONS[name]
    after = replace(case, state=action.to or case.state)
    draft = Draft(world, actor, case, after, given, action.stops)
    effect = _EFFECTS.get(name)
    if effect is not None:
        draft = effect(draft)
    draft = joint.released(joint.kept_out(waiting.waited(draft)))
    text = str(given.get("text") or given.get("reason") or "")
    data = {"state": draft.after.state, "post": draft.after.lead_post, **draft.data}
    if given.get("care"):  # what whoever reads these words should mind
        data["care"] = given["care"]
    event = Event(name, actor.label, text, data, given.get("key"))
    return Decision(
        name, case, draft.after, (event,), draft.start, draft.stop, draft.changed, draft.parties,
        draft.calls,
    )  # fmt: skip


def carded(
    world: World, case: Case, clock: str, card: str, key: str, of: str | None = None
) -> Decision:
    """超期记牌: a yellow or red card on record, without any other change; of the lead post, or of one
    that was called."""
    return decide(world, "card", THE_SERVICE, case, clock=clock, card=card, key=key, of=of)


# --- effects, by action ------------------------------------------------------------------------


def _escalate(draft: Draft) -> Draft:
    return _card(up(draft))


def _card(draft: Draft) -> Draft:
    card = draft.given.get("card") or ""
    after = replace(
        draft.after,
        yellow_cards=draft.after.yellow_cards + (card == "yellow"),
        red_cards=draft.after.red_cards + (card == "red"),
    )
    data = {
        **draft.data,
        "clock": draft.given.get("clock"),
        "card": card,
        "of": draft.given.get("of") or draft.before.lead_post,
    }
    return replace(draft, after=after, data=data)


def _absent(draft: Draft) -> Draft:
    """Who has not come by the time gets the card that the method gives for it."""
    draft = joint.absent(draft)
    card, parts = draft.given.get("card") or "", draft.data["parts"]
    counted = len(parts) if card == "yellow" else 0
    after = replace(draft.after, yellow_cards=draft.after.yellow_cards + counted)
    return replace(draft, after=after, data={**draft.data, "card": card, "of": parts})


def _press(draft: Draft) -> Draft:
    """Nobody has decided about a bad rating: a card, and the time to decide begins again."""
    draft = _card(draft)
    return replace(draft, start=promises(draft.world, draft.after, "decide"))


def _assign(draft: Draft) -> Draft:
    return to_post(draft, draft.given["post"])


def _hand_back(draft: Draft) -> Draft:
    """To who had it before; what nobody had before came from the 受理岗. The promises run on."""
    return to_post(draft, draft.before.previous_post or draft.world.town.intake)


def _accept(draft: Draft) -> Draft:
    """In an emergency whoever is called may take it: then it is theirs."""
    staff, case = draft.actor.staff, draft.before
    own = {case.lead_post, answering(draft.world.town, case.lead_post).id}
    if staff is None or own & set(staff.hands) or not staff.posts:
        return joint.taken(draft)
    return replace(to_post(draft, staff.posts[0]), start=())


def _supervise(draft: Draft) -> Draft:
    """督办, with 三定 where it is given: who, until when, to what standard; a clock of its own."""
    world, given = draft.world, draft.given
    after = replace(draft.after, supervised=draft.after.supervised + 1)
    data = {"person": given.get("person") or draft.before.lead_post}
    draft = replace(draft, after=after, data=data)
    rules = (r for r in rules_of(world, draft.before) if r.name == "supervise")
    rule = next(rules, None) if draft.before.state in BEFORE_ANSWER else None
    if rule is None:
        return draft
    start = promise(rule, world.now, world.calendar, given.get("duration"))
    data = {**data, "by": str(start.due)}
    return replace(draft, start=(start,), stop=("supervise",), data=data)


def _call(draft: Draft) -> Draft:
    """Nobody has taken an emergency: the next one is asked, and has as long."""
    start = promises(draft.world, draft.after, "acknowledge")
    return replace(draft, start=start, data={"person": draft.given["person"]})


def _ask_back(draft: Draft) -> Draft:
    """退单: whoever gave it is asked; where the method asks nobody, it goes back at once."""
    if draft.world.method_of(draft.before).hand_back.consent:
        return draft
    after = replace(draft.after, state=ASSIGNED)
    return replace(_hand_back(replace(draft, after=after)), stop=("acknowledge",))


def _reply(draft: Draft) -> Draft:
    before = draft.before
    if before.state not in BEFORE_ANSWER:
        return draft
    replied = draft.after.replied_at or draft.world.now
    shelved = before.state == WAITING and not before.asks_villager  # 挂账 is not over with a word
    after = replace(
        draft.after,
        state=WAITING if shelved else HANDLING,
        replied_at=replied,
        promised_at=draft.after.settle_by,
    )
    return replace(draft, after=after)


def _supplement(draft: Draft) -> Draft:
    """The villager's word: what waited for it goes on. What is understood only now (`learned`:
    columns of the case) counts from now on; a place named late moves the case there."""
    learned = draft.given.get("learned") or {}
    after = replace(draft.after, heard_at=draft.world.now, **learned)
    if draft.before.asks_villager:
        after = replace(after, state=HANDLING)
    draft = _told_of(replace(draft, after=after))
    if draft.after.lead_post != draft.before.lead_post:
        return draft
    post, more_urgent = draft.given.get("post"), after.urgency != draft.before.urgency
    is_danger = more_urgent and after.urgency == "emergency"
    begun = draft.before.state != ASSIGNED and not is_danger
    if not begun and post and post != draft.before.lead_post:
        return _from_the_start(to_post(draft, post, first_post=post))
    if is_danger:
        return _accepted_anew(draft)
    return _from_the_start(draft) if more_urgent and draft.before.state == ASSIGNED else draft


def _from_the_start(draft: Draft) -> Draft:
    """Nobody has begun yet: the promises are those of where the case has come to be."""
    return replace(anew(draft), stop=("*",))


def _accepted_anew(draft: Draft) -> Draft:
    """特急: whoever has begun on less has not begun on this, and who is nearest may take it."""
    draft = anew(replace(draft, after=replace(draft.after, state=ASSIGNED)))
    return replace(draft, stop=tuple(each.name for each in draft.start))


def _anonymise(draft: Draft) -> Draft:
    word = draft.before.query_word or draft.given["query_word"]
    return replace(draft, after=replace(draft.after, anonymous=True, query_word=word))


def _correct(draft: Draft) -> Draft:
    """What was read wrongly is as a person says; what was read stays in the history."""
    learned = draft.given["learned"]
    read = {name: getattr(draft.before, name) for name in learned}
    after = replace(draft.after, **learned)
    return replace(draft, after=after, data={"read": read, "is": dict(learned)})


def _request_extension(draft: Draft) -> Draft:
    return replace(draft, data={"by": str(draft.given["duration"])})


def _merge(draft: Draft) -> Draft:
    return replace(draft, after=replace(draft.after, merged_into=draft.given["target"].number))


def _join(draft: Draft) -> Draft:
    return replace(draft, parties=tuple(draft.given["villagers"]))


def _claim(draft: Draft) -> Draft:
    """认领: who told staff of it follows it on their own phone from now on."""
    after = replace(draft.after, villager=draft.actor.villager, heard_at=draft.world.now)
    return replace(draft, after=after)


def _erase(draft: Draft) -> Draft:
    """依法删除: the villager's words and who they were; what was done with them stays."""
    after = replace(draft.after, text="", villager=None, query_word="", place="")
    return replace(draft, after=after)


def _recuse(draft: Draft) -> Draft:
    """回避: one more who stays away. If the lead post has nobody else, the case goes up."""
    draft = replace(draft, data={"person": draft.given["person"]})
    return _without(draft, frozenset({draft.given["person"]}))


def _told_of(draft: Draft) -> Draft:
    """What a villager adds may speak of somebody new: they stay away from now on."""
    town, case = draft.world.town, draft.before
    posts = [
        answering(town, post) for post in (case.lead_post, *case.called_posts) if post in town.posts
    ]
    working = frozenset(person for post in posts for person in post.holders)
    spoken = spoken_of_later(str(draft.given.get("text") or ""), town, working)
    if draft.before.protected or spoken <= away(draft.before):
        return draft
    draft = replace(draft, data={"recused": sorted(spoken - away(draft.before))})
    return _without(draft, spoken)


def _without(draft: Draft, people: frozenset[str]) -> Draft:
    """These stay away too. If nobody else holds the lead post, the case goes up."""
    people |= away(draft.before)
    draft = replace(draft, after=replace(draft.after, recused=kept_away(people)))
    if draft.before.state not in BEFORE_ANSWER or free(
        answering(draft.world.town, draft.before.lead_post), people
    ):
        return draft
    moved = to_post(draft, draft.before.lead_post, state=ASSIGNED)
    return replace(moved, stop=("acknowledge",))


def _counted(column: str) -> Callable[[Draft], Draft]:
    def count(draft: Draft) -> Draft:
        return replace(
            draft, after=replace(draft.after, **{column: getattr(draft.after, column) + 1})
        )

    return count


_EFFECTS: Final[Mapping[str, Callable[[Draft], Draft]]] = {
    "accept": _accept,
    "call": _call,
    "supplement": _supplement,
    "gather": _supplement,
    "correct": _correct,
    "anonymise": _anonymise,
    "urge": _counted("urged"),
    "satisfied": rated,
    "unsatisfied": rated,
    "again": again,
    "review": review,
    "stand": stand,
    "ask": waiting.ask,
    "suspend": waiting.suspend,
    "hear": waiting.hear,
    "delegate": _assign,
    "reply": _reply,
    "hand_up": up,
    "transfer": _assign,
    "request_extension": _request_extension,
    "classify": classify,
    "attest": attest,
    "publish": publish,
    "conclude": conclude,
    "take_back": take_back,
    "assign": _assign,
    "supervise": _supervise,
    "hand_back": _hand_back,
    "ask_back": _ask_back,
    "extend": waiting.extend,
    "reopen": reopen,
    "uphold": settled,
    "merge": _merge,
    "join": _join,
    "claim": _claim,
    "recuse": _recuse,
    "erase": _erase,
    "escalate": _escalate,
    "card": _card,
    "press": _press,
    "settle": settled,
    "summon": joint.summon,
    "wish": joint.summon,
    "sign_in": joint.sign_in,
    "feedback": joint.feedback,
    "overrule": joint.overrule,
    "appraise": joint.appraise,
    "disband": joint.disband,
    "absent": _absent,
}
