"""A partner's own deadline: what the method would promise for later is promised by then."""

from datetime import timedelta
from typing import Any

import pytest

from casework.case import Decision
from casework.clocks import Promise
from casework.duration import until
from casework.lifecycle import Matter, decide, open_case
from casework.rights import Actor
from casework.routing import assign
from tests.casework.demo import NOW, running, staff, town, world

HOTLINE = Actor("partner:hotline", partner="hotline")
DAY = timedelta(days=1)


def opened(**matter: Any) -> Decision:
    to = assign(town(), topic="路灯", field="", unit="shiqiang-3", misconduct=False)
    sent = Matter("路灯坏了", "grievance", topic="路灯", channel="intake", **matter)
    return open_case(world(), 1001, sent, to, HOTLINE, {})


def due(promises: tuple[Promise, ...]) -> dict[str, timedelta]:
    return {each.name: each.due_at - NOW for each in promises}


def test_a_shorter_deadline_counts_for_answer_and_end() -> None:
    usual, pressed = opened(), opened(wanted_by=NOW + DAY)
    assert due(usual.start)["settle"] > DAY
    assert due(pressed.start)["settle"] == due(pressed.start)["reply"] == DAY
    assert due(pressed.start)["acknowledge"] == due(usual.start)["acknowledge"]
    assert pressed.case.promised_at == pressed.case.settle_by == NOW + DAY
    (settle,) = [each for each in pressed.start if each.name == "settle"]
    assert settle.explained == "2026-03-02 09:00 + 24小时 → 2026-03-03 09:00"
    assert settle.steps[0].at < settle.due_at


@pytest.mark.parametrize("wanted_by", [NOW + 90 * DAY, NOW, NOW - DAY])
def test_one_that_is_later_or_past_moves_nothing(wanted_by: Any) -> None:
    assert due(opened(wanted_by=wanted_by).start) == due(opened().start)


def test_it_still_counts_on_the_next_level_and_after_an_extension() -> None:
    case = opened(wanted_by=NOW + DAY)
    up = decide(world(), "hand_up", staff("li"), case.case, reason="要镇里协调")
    assert up.case.wanted_by == NOW + DAY
    assert due(up.start)["settle"] == DAY
    longer = decide(
        world(), "extend", staff("wang"), case.case, clocks=running(case.start), reason="等配件",
        duration=until(NOW, NOW + 2 * DAY),
    )  # fmt: skip
    assert due(longer.start)["settle"] == 3 * DAY


@pytest.mark.parametrize(("minutes", "said"), [(120, "2小时"), (90, "90分钟"), (1440, "24小时")])
def test_the_time_until_a_moment_in_words(minutes: int, said: str) -> None:
    assert str(until(NOW, NOW + timedelta(minutes=minutes))) == said
