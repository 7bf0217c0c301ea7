"""What can be done with a case: states × actions × people, as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.actions import ACTIONS, EMPTY_WORDS, SEALED, may
from casework.case import ANSWERED, ASSIGNED, HANDLING, MERGED, SETTLED, WAITING, WITHDRAWN
from casework.duration import Duration
from casework.joint.call import Call
from casework.rights import standing
from tests.casework.demo import NOW, actor, case, town

STATES = (ASSIGNED, HANDLING, WAITING, ANSWERED, SETTLED, MERGED, WITHDRAWN)
GIVEN: dict[str, Any] = {
    "text": "明天上午修",
    "reason": "村里没有钱",
    "post": "shuiwu",
    "duration": Duration.parse("3天"),
    "rating": 2,
    "target": case(number=1002),
    "villagers": [8],
    "person": "li",
    "until": NOW + timedelta(days=3),
    "track": "限期办",
    "fact": "议账",
    "learned": {"topic": "路灯"},
    "call": Call(1001, "township_whistle", "shouli", NOW),
    "parts": ["shuiwu"],
}

# who may do what, in a case that waits to be accepted, is worked on, waits for the villager,
# was answered, is settled
#                  zhang       li          wang        zhao        service
TABLE = {
    "supplement":  ("ahwA-",    "-----",    "-----",    "-----",    "-----"),
    "gather":      ("ahwA-",    "-----",    "-----",    "-----",    "-----"),
    "anonymise":   ("ahwA-",    "-----",    "-----",    "-----",    "-----"),
    "claim":       ("ahwAs",    "-----",    "-----",    "-----",    "-----"),
    "urge":        ("ahwA-",    "-----",    "-----",    "-----",    "-----"),
    "wish":        ("ahw--",    "-----",    "-----",    "-----",    "-----"),
    "withdraw":    ("ahwA-",    "-----",    "-----",    "-----",    "-----"),
    "retract":     ("-----",    "a----",    "a----",    "a----",    "-----"),
    "satisfied":   ("---A-",    "-----",    "---A-",    "---A-",    "-----"),
    "unsatisfied": ("---A-",    "-----",    "---A-",    "---A-",    "-----"),
    "again":       ("---A-",    "-----",    "---A-",    "---A-",    "-----"),
    "review":      ("---A-",    "-----",    "---A-",    "---A-",    "-----"),
    "stand":       ("---A-",    "-----",    "---A-",    "---A-",    "-----"),
    "classify":    ("-----",    "ahw--",    "ahw--",    "ahw--",    "-----"),
    "attest":      ("-----",    "ahwAs",    "ahwAs",    "ahwAs",    "-----"),
    "recommend":   ("-----",    "ahwAs",    "ahwAs",    "ahwAs",    "-----"),
    "adopt":       ("-----",    "-----",    "-----",    "ahwAs",    "-----"),
    "remark":      ("-----",    "ahwAs",    "ahwAs",    "ahwAs",    "-----"),
    "phoned":      ("-----",    "ahwAs",    "ahwAs",    "ahwAs",    "-----"),
    "publish":     ("-----",    "----s",    "----s",    "----s",    "-----"),
    "archive":     ("-----",    "-----",    "----s",    "----s",    "-----"),
    "accept":      ("-----",    "a----",    "-----",    "-----",    "-----"),
    "reply":       ("-----",    "ahwA-",    "ahwA-",    "ahwA-",    "-----"),
    "ask":         ("-----",    "ahw--",    "ahw--",    "ahw--",    "-----"),
    "hand_up":     ("-----",    "ahw--",    "-----",    "-----",    "-----"),
    "transfer":    ("-----",    "ahw--",    "ahw--",    "ahw--",    "-----"),
    "request_extension": ("-----", "ahw--", "-----",    "-----",    "-----"),
    "resume":      ("-----",    "--w--",    "--w--",    "--w--",    "--w--"),
    "delegate":    ("-----",    "ahw--",    "-----",    "-----",    "-----"),
    "ask_back":    ("-----",    "ahw--",    "-----",    "-----",    "-----"),
    "conclude":    ("-----",    "ahw--",    "ahw--",    "ahw--",    "-----"),
    "take_back":   ("-----",    "---A-",    "-----",    "-----",    "-----"),
    "assign":      ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "supervise":   ("-----",    "-----",    "ahwA-",    "ahwA-",    "ahwA-"),
    "hand_back":   ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "designate":   ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "suspend":     ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "hear":        ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "extend":      ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "decline":     ("-----",    "-----",    "ahw--",    "ahw--",    "-----"),
    "reopen":      ("-----",    "-----",    "---As",    "---As",    "-----"),
    "uphold":      ("-----",    "-----",    "---A-",    "---A-",    "-----"),
    "merge":       ("ahwA-",    "-----",    "ahwA-",    "ahwA-",    "-----"),
    "join":        ("ahwA-",    "-----",    "ahwA-",    "ahwA-",    "-----"),
    "correct":     ("-----",    "ahwA-",    "ahwA-",    "ahwA-",    "-----"),
    "erase":       ("-----",    "-----",    "-----",    "ahwAs",    "-----"),
    "recuse":      ("-----",    "-----",    "ahwA-",    "ahwA-",    "-----"),
    "summon":      ("-----",    "ahw--",    "ahw--",    "ahw--",    "-----"),
    "sign_in":     ("-----",    "ahwA-",    "ahwA-",    "ahwA-",    "-----"),
    "feedback":    ("-----",    "ahwA-",    "ahwA-",    "ahwA-",    "-----"),
    "overrule":    ("-----",    "ahwA-",    "ahwA-",    "ahwA-",    "-----"),
    "appraise":    ("-----",    "ahwAs",    "ahwAs",    "ahwAs",    "-----"),
    "disband":     ("-----",    "ahwA-",    "ahwA-",    "ahwA-",    "-----"),
    "absent":      ("-----",    "-----",    "-----",    "-----",    "ahwA-"),
    "escalate":    ("-----",    "-----",    "-----",    "-----",    "ahw--"),
    "call":        ("-----",    "-----",    "-----",    "-----",    "a----"),
    "card":        ("-----",    "-----",    "-----",    "-----",    "ahwA-"),
    "press":       ("-----",    "-----",    "-----",    "-----",    "---A-"),
    "settle":      ("-----",    "-----",    "-----",    "-----",    "---A-"),
}  # fmt: skip
PEOPLE = ("zhang", "li", "wang", "zhao", "service")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_do_what_when(action: str, person: str) -> None:
    allowed = ""
    for letter, state in zip("ahwAs", STATES, strict=False):
        found = case(state=state, rating=2, previous_post="shuiwu")
        if action in ("recommend", "adopt"):  # of questions that were answered, and of nothing else
            assert may(action, found, ACTIONS[action].who, GIVEN) is not None
            found = replace(found, kind="consultation", replied_at=NOW)
        if action == "retract":  # what staff have registered, and nobody's own words
            assert may(action, found, ACTIONS[action].who, GIVEN) is not None
            found = replace(found, villager=None, channel="meeting")
        if action == "take_back":  # and nobody said that it was not good
            assert may(action, found, ACTIONS[action].who, GIVEN) is not None
            found = replace(found, rating=None)
        who = standing(actor(person), found, town())
        allowed += letter if may(action, found, who, GIVEN) is None else "-"
    assert allowed == TABLE[action][PEOPLE.index(person)]


@pytest.mark.parametrize("action", [name for name in ACTIONS if name != "erase"])
def test_what_is_closed_is_closed(action: str) -> None:
    for state in (MERGED, WITHDRAWN):
        found = case(state=state)
        for person in PEOPLE:
            assert may(action, found, standing(actor(person), found, town()), GIVEN) is not None


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("person", ["stranger", "huang", "shuiwu", "zhou"])
def test_to_others_the_case_does_not_exist(action: str, person: str) -> None:
    found = case()
    refused = may(action, found, standing(actor(person), found, town()), GIVEN)
    assert refused is not None
    assert refused.code == "unseen"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("person", ["li", "wang", "zhao", "gao", "shuiwu"])
def test_a_report_about_a_person_exists_for_the_discipline_post_only(
    action: str, person: str
) -> None:
    found = case(misconduct=True, rating=2)
    refused = may(action, found, standing(actor(person), found, town()), GIVEN)
    assert refused is not None
    assert refused.code == "unseen"


@pytest.mark.parametrize("action", sorted(SEALED))
def test_a_report_about_a_person_stays_where_it_is(action: str) -> None:
    found = case(misconduct=True, previous_post="shouli")
    refused = may(action, found, standing(actor("zhou"), found, town()), GIVEN)
    assert refused is not None
    assert refused.code == "sealed"


@pytest.mark.parametrize("action", ["hand_back", "designate"])
def test_who_gave_it_may_take_it_back(action: str) -> None:
    found = case(lead_post="shuiwu", previous_post="shiqiang-g3")
    assert may(action, found, standing(actor("li"), found, town()), GIVEN) is None
    sealed = case(misconduct=True, previous_post="shiqiang-g3")
    assert may(action, sealed, standing(actor("li"), sealed, town()), GIVEN) is not None


@pytest.mark.parametrize("action", ["accept", "reply", "ask", "conclude", "extend", "supervise"])
def test_the_discipline_post_does_the_rest(action: str) -> None:
    found = case(misconduct=True)
    given = {**GIVEN, "person": ""}
    assert may(action, found, standing(actor("zhou"), found, town()), given) is None


def test_nobody_else_is_named_in_the_supervision_of_a_sealed_case() -> None:
    found = case(misconduct=True)
    refused = may("supervise", found, standing(actor("zhou"), found, town()), GIVEN)
    assert refused is not None
    assert refused.code == "sealed"


@pytest.mark.parametrize(
    ("action", "need"),
    [(name, need) for name, action in ACTIONS.items() for need in action.needs],
)
def test_what_has_to_be_given(action: str, need: str) -> None:
    found = case(state=min(ACTIONS[action].states), rating=2)
    given = {**GIVEN, need: ""}
    refused = may(action, found, ACTIONS[action].who, given)
    assert refused is not None
    assert (refused.code, refused.detail) == ("missing", need)


@pytest.mark.parametrize("word", sorted(EMPTY_WORDS))
@pytest.mark.parametrize("action", ["reply", "conclude"])
def test_an_empty_word_is_no_answer(action: str, word: str) -> None:
    refused = may(action, case(), frozenset({"handler"}), {"text": f"{word}。"})
    assert refused is not None
    assert refused.code == "empty"


@pytest.mark.parametrize(
    ("action", "given", "code"),
    [
        ("transfer", {"post": "shiqiang-g3"}, "same_post"),
        ("assign", {"post": "shiqiang-g3"}, "same_post"),
        ("hand_back", {}, "nowhere"),
        ("assign", {"kept_away": True}, "recused"),
        ("uphold", {}, "not_disputed"),
        ("recommend", {}, "no_question"),
        ("merge", {"target": case()}, "self"),
        ("merge", {"target": case(misconduct=True, number=10_000_001)}, "sealed"),
    ],
)
def test_what_makes_no_sense(action: str, given: dict[str, Any], code: str) -> None:
    found = case(state=ANSWERED if action == "uphold" else HANDLING)
    refused = may(action, found, frozenset({"supervisor"}), {**GIVEN, **given})
    assert refused is not None
    assert refused.code == code
