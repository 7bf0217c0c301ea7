"""What follows from an action: the case afterwards, its clocks, its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from casework.actions import ACTIONS
from casework.case import ANSWERED, ASSIGNED, HANDLING, SETTLED, WAITING, Case, Decision
from casework.duration import Duration
from casework.lifecycle import Matter, carded, decide, open_case
from casework.methods.method import Top
from casework.rights import THE_SERVICE
from casework.routing import assign
from tests.casework.demo import NOW, ZHANG, case, running, staff, town, world

LI, WANG = staff("li"), staff("wang")


def does(name: str, before: Case, by: Any = LI, **given: Any) -> Decision:
    return decide(world(), name, by, before, **given)


def clocks(decision: Decision) -> dict[str, timedelta]:
    """What runs from now on, and for how long."""
    return {promise.name: promise.due_at - NOW for promise in decision.start}


def test_a_new_case_has_a_post_and_all_its_promises() -> None:
    to = assign(town(), topic="路灯", field="", unit="shiqiang-3", misconduct=False)
    made = open_case(world(), 1001, Matter("路灯坏了", "grievance", villager=7), to, ZHANG, {})
    assert made.before is None
    assert (made.case.state, made.case.lead_post, made.case.level) == (
        ASSIGNED, "shiqiang-g3", "grid",
    )  # fmt: skip
    assert clocks(made) == {
        "acknowledge": timedelta(days=1),
        "reply": timedelta(days=3),
        "settle": timedelta(days=5),
    }
    assert (made.case.promised_at, made.case.settle_by) == (
        NOW + timedelta(days=3), NOW + timedelta(days=5),
    )  # fmt: skip
    assert made.case.method.partition("@")[0] == "zhongjiang"
    assert [(event.kind, event.actor, event.text) for event in made.events] == [
        ("open", "villager:7", "路灯坏了")
    ]


def test_urgency_makes_it_hours() -> None:
    to = assign(town(), topic="", field="", unit="shiqiang-3", misconduct=False)
    matter = Matter("着火了", "report", urgency="emergency", villager=7)
    assert clocks(open_case(world(), 1001, matter, to, ZHANG, {})) == {
        "acknowledge": timedelta(minutes=10),
        "reply": timedelta(hours=2),
        "settle": timedelta(hours=24),
    }


@pytest.mark.parametrize(
    ("name", "before", "given", "state", "stops"),
    [
        ("accept", ASSIGNED, {}, HANDLING, {"acknowledge"}),
        ("reply", ASSIGNED, {"text": "明天修"}, HANDLING, {"acknowledge", "contact", "reply"}),
        ("reply", WAITING, {"text": "明天修"}, HANDLING, {"acknowledge", "contact", "reply"}),
        ("reply", ANSWERED, {"text": "补一句"}, ANSWERED, {"acknowledge", "contact", "reply"}),
        ("ask", HANDLING, {"text": "哪一根？"}, WAITING, {"acknowledge", "contact"}),
        ("conclude", HANDLING, {"text": "修好了"}, ANSWERED, {"*"}),
        ("supplement", WAITING, {"text": "第二根"}, HANDLING, set()),
        ("supplement", ASSIGNED, {"text": "第二根"}, ASSIGNED, set()),
        ("urge", HANDLING, {}, HANDLING, set()),
        ("satisfied", ANSWERED, {"rating": 4}, SETTLED, {"*"}),
        ("unsatisfied", ANSWERED, {"rating": 1}, ANSWERED, {"silence", "decide"}),
        ("withdraw", HANDLING, {}, "withdrawn", {"*"}),
        ("settle", ANSWERED, {}, SETTLED, {"*"}),
        ("uphold", ANSWERED, {"text": "已核实"}, SETTLED, {"*"}),
    ],
)
def test_states_and_stopped_clocks(
    name: str, before: str, given: dict[str, Any], state: str, stops: set[str]
) -> None:
    waits_for = "villager" if before == WAITING else None
    decision = does(name, case(state=before, waits_for=waits_for), **given)
    assert (decision.case.state, set(decision.stop)) == (state, stops)
    assert [event.kind for event in decision.events] == [name]


def test_the_first_answer_counts_and_the_end_is_promised_next() -> None:
    after = does("reply", case(), text="明天修").case
    assert (after.replied_at, after.promised_at) == (NOW, case().settle_by)
    later = replace(after, replied_at=NOW - timedelta(days=1))
    assert does("reply", later, text="今天修").case.replied_at == later.replied_at


def test_responsibility_moves_and_the_promises_run_on() -> None:
    decision = does("transfer", case(), post="shuiwu", reason="水管归他们管")
    after = decision.case
    assert (after.lead_post, after.previous_post, after.level) == (
        "shuiwu", "shiqiang-g3", "township",
    )  # fmt: skip
    assert (after.state, after.first_post, after.promised_at) == (
        ASSIGNED, "shiqiang-g3", case().promised_at,
    )  # fmt: skip
    assert clocks(decision) == {"acknowledge": timedelta(days=1)}
    back = does("hand_back", after, WANG, reason="村里能办").case
    assert (back.lead_post, back.previous_post) == ("shiqiang-g3", "shuiwu")


def test_one_level_up_new_clocks_start_now() -> None:
    decision = does("hand_up", case(), reason="要镇里协调")
    assert (decision.case.lead_post, decision.case.level) == ("shiqiang-shuji", "village")
    again = does("hand_up", decision.case, WANG, reason="村里没有钱")
    assert (again.case.lead_post, again.case.level) == ("shouli", "township")
    assert clocks(again) == {
        "acknowledge": timedelta(days=1),
        "reply": timedelta(days=10),
        "settle": timedelta(days=15),
    }
    assert set(again.stop) == {"*"}
    assert again.case.promised_at == NOW + timedelta(days=10)


def test_an_escalation_is_on_record_with_its_card() -> None:
    decision = does("escalate", case(), THE_SERVICE, card="yellow", clock="settle", key="clock:1:3")
    assert (decision.case.lead_post, decision.case.yellow_cards) == ("shiqiang-shuji", 1)
    event = decision.events[0]
    assert event.key == "clock:1:3"
    assert (event.data["of"], event.data["card"]) == ("shiqiang-g3", "yellow")


def test_a_card_alone_changes_nothing_else() -> None:
    decision = carded(world(), case(), "reply", "red", "clock:2:1")
    assert decision.changes == {"red_cards": 1}
    assert not decision.start
    assert not decision.stop


@pytest.mark.parametrize("state", [ASSIGNED, HANDLING])
def test_at_the_top_nobody_is_let_off(state: str) -> None:
    last = case(lead_post="xian", level="county", state=state)
    decision = does("escalate", last, THE_SERVICE, card="red", clock="settle")
    assert (decision.case.lead_post, decision.case.state) == ("xian", state)
    names = {"reply", "settle"} | ({"acknowledge"} if state == ASSIGNED else set())
    assert clocks(decision).keys() == names
    assert decision.events[0].data["top"]


def test_at_the_top_what_is_not_accepted_moves_no_promise() -> None:
    last = case(lead_post="xian", level="county")
    decision = does("escalate", last, THE_SERVICE, card="yellow", clock="acknowledge")
    assert decision.stop == ("acknowledge",)
    assert not decision.start
    assert decision.changes == {"yellow_cards": 1}


@pytest.mark.parametrize(
    ("top", "left"),
    [
        (Top(), {"settle": (24, ("supervisor", "admin"))}),
        (Top(every=Duration(6, "h"), to=("handler",)), {"settle": (6, ("handler",))}),
        (Top(urgency=()), {"reply": (2, ("handler",)), "settle": (24, ("handler",))}),
    ],
)
def test_what_is_left_of_an_emergency_at_the_top_is_data(top: Top, left: dict[str, Any]) -> None:
    last = case(lead_post="xian", level="county", state=HANDLING, urgency="emergency")
    own = world()
    methods = {name: replace(each, top=top) for name, each in own.methods.items()}
    facts: dict[str, Any] = {"card": "red", "clock": "settle"}
    decision = decide(replace(own, methods=methods), "escalate", THE_SERVICE, last, **facts)
    assert {
        each.name: ((each.due_at - NOW) / timedelta(hours=1), each.steps[0].to)
        for each in decision.start
    } == left


def test_a_case_whose_post_is_gone_climbs_to_the_intake() -> None:
    decision = does("escalate", case(lead_post="no-longer-there"), THE_SERVICE, clock="settle")
    assert decision.case.lead_post == "shouli"
    handed = does("hand_back", case(previous_post="no-longer-there"), WANG, reason="退回")
    assert handed.case.level == "township"


def test_what_is_learned_late_moves_a_case_that_nobody_has_begun() -> None:
    early = case(unit=None, lead_post="chengjian", first_post="chengjian", level="township")
    learned = {"unit": "shiqiang-3", "place": "石墙村三组", "urgency": "urgent"}
    decision = does(
        "supplement", early, ZHANG, text="石墙村三组", post="shiqiang-g3", learned=learned
    )
    after = decision.case
    assert (after.lead_post, after.first_post, after.unit) == (
        "shiqiang-g3", "shiqiang-g3", "shiqiang-3",
    )  # fmt: skip
    assert decision.stop == ("*",)
    assert clocks(decision)["reply"] == timedelta(hours=24)


def test_what_is_learned_late_leaves_a_case_that_is_worked_on() -> None:
    begun = case(state=HANDLING, unit=None, lead_post="chengjian")
    decision = does(
        "supplement", begun, ZHANG, text="三组", post="shiqiang-g3", learned={"unit": "shiqiang-3"}
    )
    assert (decision.case.lead_post, decision.case.unit) == ("chengjian", "shiqiang-3")
    assert not decision.start


def test_a_danger_is_accepted_anew_by_whoever_has_begun_on_less() -> None:
    begun = case(state=HANDLING, urgency="urgent")
    decision = does("supplement", begun, ZHANG, text="抽筋了", learned={"urgency": "emergency"})
    assert decision.case.state == ASSIGNED
    assert clocks(decision)["acknowledge"] == timedelta(minutes=10)
    assert set(decision.stop) == set(clocks(decision))


def test_an_extension_moves_due_times_and_what_follows() -> None:
    opened = open_case(
        world(), 1001, Matter("路灯坏了", "grievance", villager=7),
        assign(town(), topic="", field="", unit="shiqiang-3", misconduct=False), ZHANG, {},
    )  # fmt: skip
    by = Duration.parse("2天")
    decision = does(
        "extend", opened.case, WANG, clocks=running(opened.start), duration=by, reason="等配件"
    )
    assert clocks(decision) == {"reply": timedelta(days=5), "settle": timedelta(days=7)}
    assert set(decision.stop) == {"reply", "settle"}
    assert decision.case.promised_at == NOW + timedelta(days=5)
    before = {each.name: each.steps for each in opened.start}
    for promise in decision.start:
        moved = [
            step.at - old.at for step, old in zip(promise.steps, before[promise.name], strict=True)
        ]
        assert set(moved) == {timedelta(days=2)}


def test_a_card_that_was_given_is_not_given_twice_after_an_extension() -> None:
    opened = does("reopen", case(state=SETTLED), WANG, reason="再修")
    reply = next(promise for promise in opened.start if promise.name == "reply")
    taken = running([reply], next_step=None, next_at=None)
    by = Duration.parse("2天")
    decision = does("extend", opened.case, WANG, clocks=taken, duration=by, reason="等配件")
    assert [step.card for step in decision.start[0].steps] == [""]


def test_concluding_asks_for_a_rating_and_waits() -> None:
    decision = does("conclude", case(rating=2), text="修好了")
    assert (decision.case.answered_at, decision.case.rating) == (NOW, None)
    assert clocks(decision) == {"silence": timedelta(days=5)}


@pytest.mark.parametrize(("rating", "name"), [(5, "satisfied"), (4, "satisfied"), (3, "satisfied")])
def test_content_settles(rating: int, name: str) -> None:
    after = does(name, case(state=ANSWERED), ZHANG, rating=rating).case
    assert (after.state, after.rating, after.settled_at, after.bad_ratings) == (
        SETTLED, rating, NOW, 0,
    )  # fmt: skip


@pytest.mark.parametrize("rating", [1, 2])
def test_not_content_waits_for_a_decision(rating: int) -> None:
    decision = does("unsatisfied", case(state=ANSWERED), ZHANG, rating=rating)
    assert decision.case.disputed
    assert decision.case.bad_ratings == 1
    assert list(clocks(decision)) == ["decide"]


def test_a_decision_that_nobody_takes_is_pressed_for_again() -> None:
    decision = does(
        "press", case(state=ANSWERED, rating=2), THE_SERVICE, card="yellow", clock="decide"
    )
    assert decision.case.disputed
    assert decision.case.yellow_cards == 1
    assert list(clocks(decision)) == ["decide"]


def test_reopening_after_a_bad_rating_goes_one_level_up() -> None:
    answered = case(state=ANSWERED, rating=2, answered_at=NOW, replied_at=NOW)
    decision = does("reopen", answered, WANG, reason="再修一次")
    after = decision.case
    assert (after.state, after.lead_post, after.reopened) == (ASSIGNED, "shiqiang-shuji", 1)
    assert (after.rating, after.answered_at, after.opened_at) == (None, None, answered.opened_at)
    assert clocks(decision).keys() == {"acknowledge", "reply", "settle"}


def test_reopening_what_was_settled_stays_with_its_handler() -> None:
    decision = does("reopen", case(state=SETTLED, settled_at=NOW), WANG, reason="又坏了")
    assert (decision.case.lead_post, decision.case.settled_at) == ("shiqiang-g3", None)


def test_merging_and_joining() -> None:
    decision = does("merge", case(), WANG, target=case(number=1002))
    assert (decision.case.state, decision.case.merged_into) == ("merged", 1002)
    assert does("join", case(), WANG, villagers=[8, 9]).parties == (8, 9)


def test_anonymous_from_now_on_keeps_its_first_word() -> None:
    first = does("anonymise", case(), ZHANG, query_word="青山稻田").case
    assert (first.anonymous, first.query_word) == (True, "青山稻田")
    assert does("anonymise", first, ZHANG, query_word="石桥清泉").case.query_word == "青山稻田"


@pytest.mark.parametrize(("name", "column"), [("urge", "urged"), ("supervise", "supervised")])
def test_what_is_counted(name: str, column: str) -> None:
    assert does(name, case()).changes == {column: 1}


def test_every_action_has_been_thought_of() -> None:
    """What no effect speaks of changes the state and nothing else."""
    quiet = {"accept", "ask_back", "designate", "withdraw"}
    for name in quiet:
        decision = does(name, case(), text="哪一根？")
        assert set(decision.changes) <= {"state"}
        assert not decision.start
    assert quiet <= ACTIONS.keys()
