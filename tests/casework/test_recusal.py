"""回避: who is spoken of stays away; where the matter goes instead; what they see of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.actions import may
from casework.lifecycle import decide
from casework.recusal import away, free_above, instead, kept_away, spoken_of, stand_in
from casework.rights import THE_SERVICE, Viewer, standing
from casework.routing import assign
from casework.town import Town
from tests.casework.demo import actor, case, town, world


def with_kin() -> Town:
    li = replace(town().staff["li"], kin=("李守山",))
    return replace(town(), staff={**town().staff, "li": li})


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("李守田家的狗咬人", {"li"}),
        ("网格员李守田说了两天也没来修路灯", {"li"}),
        ("李守田的弟弟占了我家的地", {"li"}),
        ("李守山把路挖断了", {"li"}),
        ("李守田和王德厚都不管", {"li", "wang"}),
        ("水务站乱收费", {"shuiwu"}),
        ("水务站的人态度太差", {"shuiwu"}),
        ("石墙村村委会克扣补贴", {"wang"}),
        ("李守田你好，我家停水了", set()),
        ("李守田，我家停水了", set()),
        ("请李守田来看看我家水管", set()),
        ("找李守田说过，没用，路灯还是坏的", set()),
        ("跟李守田反映过，路灯还是坏的", set()),
        ("水务站修路挖断我家水管", set()),
        ("石墙村三组路灯坏了", set()),
        ("", set()),
    ],
)
def test_who_is_spoken_of(text: str, people: set[str]) -> None:
    assert spoken_of(text, with_kin()) == people


def test_the_matter_goes_past_them() -> None:
    to = assign(town(), topic="路灯", field="", unit="shiqiang-3", misconduct=False)
    assert instead(town(), to, frozenset()).post == "shiqiang-g3"
    assert instead(town(), to, frozenset({"sun"})).post == "shiqiang-g3"
    assert instead(town(), to, frozenset({"li"})).post == "shiqiang-shuji"
    above_both = instead(town(), to, frozenset({"li", "wang"}))
    assert (above_both.post, above_both.level, above_both.unit) == (
        "shouli",
        "township",
        "shiqiang-3",
    )


def test_for_who_stays_away_the_case_does_not_exist() -> None:
    found = case(lead_post="shiqiang-shuji", recused=kept_away(frozenset({"li", "wang"})))
    for person in ("li", "wang"):
        assert standing(actor(person), found, town()) == frozenset()
        assert not Viewer(actor(person), town()).scope.sees(found)
    assert standing(actor("zhao"), found, town())
    assert Viewer(actor("zhao"), town()).scope.sees(found)


@pytest.mark.parametrize("name", ["hand_up", "escalate", "hand_back", "assign"])
def test_no_way_leads_back_to_them(name: str) -> None:
    """Wherever a case moves, it comes to somebody who may know of it."""
    people = frozenset({"li", "wang"})
    found = case(lead_post="shiqiang-g1", previous_post="shiqiang-g3", recused=kept_away(people))
    given: dict[str, Any] = {"post": "shiqiang-g3", "reason": "路远", "text": ""}
    after = decide(world(), name, THE_SERVICE, found, **given).case
    assert after.lead_post == "shouli"
    assert not set(town().posts[after.lead_post].holders) & away(after)


def test_who_is_told_to_stay_away_loses_the_case() -> None:
    found = case()
    given = {"person": "li", "reason": "说的就是他家"}
    assert may("recuse", found, standing(actor("wang"), found, town()), given) is None
    decision = decide(world(), "recuse", actor("wang"), found, **given)
    assert (decision.case.lead_post, away(decision.case)) == ("shiqiang-shuji", {"li"})
    assert decision.events[0].data["person"] == "li"
    assert [promise.name for promise in decision.start] == ["acknowledge"]
    again = may("recuse", decision.case, frozenset({"admin"}), given)
    assert again is not None
    assert again.code == "recused_already"


def test_who_was_not_in_it_changes_no_hands() -> None:
    decision = decide(world(), "recuse", actor("wang"), case(), person="shuiwu", reason="亲戚")
    assert decision.case.lead_post == "shiqiang-g3"
    assert decision.start == ()


def test_nobody_above_is_left() -> None:
    everybody = frozenset(town().staff)
    assert free_above(town(), town().posts["shiqiang-g3"], everybody) is None
    assert stand_in(town(), town().posts["shiqiang-g3"], everybody).id == "shouli"


@pytest.mark.parametrize(
    ("post", "people", "instead_of_it"),
    [
        ("shouli", {"zhao"}, "xian"),  # the method has no rung for the county, but nobody else can
        ("xian", {"gao"}, "shouli"),
        ("shiqiang-g3", {"li"}, "shiqiang-shuji"),
        ("shiqiang-g3", {"sun"}, "shiqiang-g3"),
    ],
)
def test_there_is_always_somebody(post: str, people: set[str], instead_of_it: str) -> None:
    found = stand_in(town(), town().posts[post], frozenset(people), frozenset({"county"}))
    assert found.id == instead_of_it


def test_who_stays_away_by_now_does_not_get_it_back() -> None:
    """An answered case changes no hands when its only post has to stay away; taken up again it does."""
    answered = case(state="answered", lead_post="xian", level="county")
    told = decide(world(), "recuse", actor("zhao"), answered, person="gao", reason="亲戚").case
    assert (told.state, told.lead_post) == ("answered", "xian")
    again = decide(world(), "reopen", actor("zhao"), told, reason="又坏了")
    assert (again.case.lead_post, again.case.level) == ("shouli", "township")
    assert "acknowledge" in [promise.name for promise in again.start]
