"""How far joint handling goes, by its form: who may call whom, who reports, who ends it.

`given` holds the call, the keys of the `parts` it is about, and `hands`, the speaker's posts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from casework.actions import Refused
from casework.joint.call import INVITED, REPORTED, SIGNED_IN, Call, Part, same_form
from casework.recusal import away, free
from casework.rights import ADMIN, HANDLER, SUPERVISOR
from casework.routing import answering

if TYPE_CHECKING:
    from casework.limits import Asked

_LEADING: Final = frozenset({HANDLER, SUPERVISOR, ADMIN})


def _call(asked: Asked) -> Call:
    call: Call = asked.given["call"]
    return call


def _parts(asked: Asked) -> Sequence[Part]:
    found = (_call(asked).part(key) for key in asked.given["parts"])
    return [part for part in found if part is not None]


def _hands(asked: Asked) -> frozenset[str]:
    return frozenset(asked.given.get("hands", ()))


def _summon(asked: Asked) -> Refused | None:
    """By whom the form lets it be called, those whom it lets be called, and nobody who stays away."""
    call, town, case = _call(asked), asked.world.town, asked.case
    caller = town.posts.get(call.convener)
    if caller is None or not call.form.callable_by(caller):
        return Refused("not_yours_to_call", call.form.word)
    if case.topic in call.form.not_for:
        return Refused("never_so", call.form.word)
    for part in call.parts:
        if not part.post:
            continue
        post = answering(town, part.post)
        if not free(post, away(case)):
            return Refused("recused")
        if part.post == case.lead_post and call.form.rated:
            return Refused("leads_it")
        beyond = call.form.below and not town.covers(caller.unit, post.unit)
        if beyond or not call.form.reaches(post):
            return Refused("not_to_be_called", post.title)
    return _called_already(asked)


def _wish(asked: Asked) -> Refused | None:
    """A villager asks for what villagers may ask for."""
    form = _call(asked).form
    if asked.case.protected:
        return Refused("sealed")
    return _summon(asked) if form.wished else Refused("not_yours_to_call", form.word)


def _called_already(asked: Asked) -> Refused | None:
    """Who is called a second time by the same form; their times have begun."""
    call, calls = _call(asked), asked.given.get("calls", ())
    same = same_form(calls, call)
    if same is None or not all(same.part(part.key) for part in call.parts):
        return None
    new = set(call.children) - set(same.children)
    return None if new else Refused("called_already", call.form.word)


def _sign_in(asked: Asked) -> Refused | None:
    """Once; the place, and what was handed over, may be said afterwards."""
    later = asked.given.get("place") or asked.given.get("fields")
    refused, fit = _own_part(asked), {INVITED, *({SIGNED_IN, REPORTED} if later else ())}
    if refused is None and any(part.state not in fit for part in _parts(asked)):
        return Refused("signed_in_already", _call(asked).form.words["sign_in"])
    return refused


def _own_part(asked: Asked) -> Refused | None:
    """One speaks for oneself; for somebody without an account, who leads the case."""
    for part in _parts(asked):
        if part.post not in _hands(asked) if part.post else not asked.who & _LEADING:
            return Refused("not_called")
    return None if _call(asked).open else Refused("over", _call(asked).form.word)


def _overrule(asked: Asked) -> Refused | None:
    if any(part.state != REPORTED for part in _parts(asked)):
        return Refused("not_reported", _call(asked).form.words["feedback"])
    return None if _call(asked).open else Refused("over", _call(asked).form.word)


def _appraise(asked: Asked) -> Refused | None:
    """Those below rate; nobody rates themselves."""
    if not _call(asked).form.rated:
        return Refused("not_rated", _call(asked).form.word)
    if any(part.post in _hands(asked) for part in _parts(asked)):
        return Refused("own_part")
    return None


def _disband(asked: Asked) -> Refused | None:
    call, town = _call(asked), asked.world.town
    if not call.open:
        return Refused("over", call.form.word)
    roles = {town.posts[post].role for post in _hands(asked) if post in town.posts}
    leads = bool(asked.who & _LEADING) or call.convener in _hands(asked)
    agent = call.form.agent and any(part.post in _hands(asked) for part in call.parts)
    if agent or (leads and roles & set(call.form.ends)):
        return None
    return Refused("not_yours_to_end", call.form.words["end"])


def _conclude(asked: Asked) -> Refused | None:
    """事不绝、人不撤: what several were called to is not over before the call is."""
    calls: Sequence[Call] = asked.given.get("calls", ())
    bound = next((call for call in calls if call.open and call.form.binds), None)
    return None if bound is None else Refused("bound", bound.form.words["end"])


LIMITS: Final[Mapping[str, Callable[[Asked], Refused | None]]] = {
    "summon": _summon,
    "wish": _wish,
    "sign_in": _sign_in,
    "feedback": _own_part,
    "overrule": _overrule,
    "appraise": _appraise,
    "disband": _disband,
    "conclude": _conclude,
}
