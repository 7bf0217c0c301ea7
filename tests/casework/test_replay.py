"""A line of the history, whatever it is, is lived through again or passed over; never in the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.actions import ACTIONS
from casework.case import ANSWERED, ASSIGNED, HANDLING, MERGED, SETTLED, WITHDRAWN
from casework.draft import World
from casework.replay import Deed, Past, live
from tests.casework.demo import NOW, case, town, world

HOUR = timedelta(hours=1)
POST = "shiqiang-g3"
SAID: dict[str, Any] = {
    "rating": 4, "fact": "议账", "person": "wang", "by": "3天", "track": "没有这张单子", "form": "广播",
}  # fmt: skip


def at(now: Any) -> World:
    return World(town(), world().methods, world().calendar, now)


def deed(kind: str, hours: float, actor: str = "staff:li", **data: Any) -> Deed:
    return Deed(NOW + hours * HOUR, kind, actor, {"state": "", "post": POST, **data})


def lived(*deeds: Deed, until: float = 24 * 30) -> Any:
    opened = deed("open", 0, "villager:7")
    return live(at, Past(case(), (opened, *deeds)), NOW + until * HOUR)


@pytest.mark.parametrize("before", [(), ("accept",), ("accept", "ask"), ("conclude",), ("conclude", "settle")])  # fmt: skip
@pytest.mark.parametrize("kind", [*ACTIONS, "remind", "skip", "list", "something_new"])
def test_any_line_of_the_history_can_be_lived_through(kind: str, before: tuple[str, ...]) -> None:
    deeds = [deed(name, n / 4) for n, name in enumerate(before, 1)]
    life = lived(*deeds, deed(kind, 2, **SAID))
    assert life.happened[0].decision.action == "open"
    moments = [each.at for each in life.happened]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ((), ASSIGNED),
        (("accept",), HANDLING),
        (("accept", "conclude"), ANSWERED),
        (("accept", "conclude", "satisfied"), SETTLED),
        (("conclude", "accept"), ANSWERED),  # what cannot be done any more is passed over
        (("withdraw",), WITHDRAWN),
        (("merge",), MERGED),
    ],
)
def test_people_act_when_they_did(kinds: tuple[str, ...], state: str) -> None:
    life = lived(*(deed(kind, n, **SAID) for n, kind in enumerate(kinds, 1)), until=8)
    assert life.case.state == state
    assert life.late == set()


def test_a_promise_that_was_not_kept_is_late() -> None:
    late = lived(deed("accept", 1), deed("reply", 24 * 4), deed("conclude", 24 * 4.5), until=24 * 6)
    assert late.late == {"reply"}
    never = lived(deed("accept", 1), until=24 * 3.5)
    assert never.late == {"reply"}


def test_silence_settles_as_it_would_have() -> None:
    """Five days of silence end on a Saturday, on which nothing ordinary happens."""
    life = lived(deed("conclude", 1), until=24 * 8)
    assert (life.case.state, life.happened[-1].decision.action) == (SETTLED, "settle")
    assert life.case.settled_at == NOW.replace(day=9, hour=7, minute=30)
