"""Every shipped method: complete, true to its form, and a case lives through it from 建账 to its end.

Nothing here names a method: what comes next to the others is looked at in the same way.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any

import pytest

from casework.actions import may
from casework.case import ANSWERED, ARCHIVED, ASSIGNED, HANDLING, SETTLED, Case, Decision
from casework.closing import opinion
from casework.draft import World
from casework.duration import due
from casework.lifecycle import Matter, decide, open_case
from casework.methods import Method, shipped
from casework.methods.method import ANY, Share
from casework.methods.sections import EXTENTS, KINDS, URGENCIES
from casework.rights import Actor
from casework.routing import above, answering, assign, level_of
from casework.town import LEVELS
from nlp.lexicon import shipped as lexicon
from tests.casework import demo

METHODS = sorted(shipped())
GIVEN: dict[str, Any] = {"text": "已修好", "reason": "要镇里协调", "rating": 5}


def world(method: str) -> World:
    return replace(demo.world(), town=replace(demo.town(), method=method))


def file_of(method: str) -> str:
    return files("casework.methods").joinpath(f"{method}.toml").read_text("utf-8")


@pytest.mark.parametrize("name", METHODS)
def test_a_file_names_its_source_and_says_of_each_time_where_it_comes_from(name: str) -> None:
    text, method = file_of(name), shipped()[name]
    assert method.id == name
    assert re.search(r"L\d+|art\. \d+", text), "no line or article of the source"
    unexplained = [
        block.splitlines()[0:4]
        for block in re.split(r"\n\n(?=#|\[)", text)
        if "[[clock]]" in block and "#" not in block
    ]
    assert not unexplained


@pytest.mark.parametrize("name", METHODS)
def test_the_topics_that_a_method_names_are_known(name: str) -> None:
    method = shipped()[name]
    named = {rule.topic for rule in method.clocks} - {ANY}
    sets = [each.cases for each in (*method.requirements, *method.starts)]
    named |= {topic for cases in sets for topic in cases.topic}
    assert named <= set(lexicon().topics)


@pytest.mark.parametrize("name", METHODS)
def test_danger_to_life_is_never_slower_than_anything_else(name: str) -> None:
    method = shipped()[name]
    topics = ["", *sorted({rule.topic for rule in method.clocks} - {ANY})]
    for kind, topic, level in product(KINDS, topics, LEVELS):
        matter = Matter("", kind, topic=topic, urgency="emergency")
        track = method.first_track(matter)
        found = {r.name: r for r in method.rules(kind, topic, "emergency", level, track=track)}
        assert found["acknowledge"].due.length.total_seconds() <= 600
        assert found["reply"].due.length.total_seconds() <= 2 * 3600
        assert found["settle"].due.length.total_seconds() <= 24 * 3600


@pytest.mark.parametrize("name", METHODS)
def test_nobody_promises_an_answer_after_the_end(name: str) -> None:
    method, calendar = shipped()[name], demo.world().calendar
    tracks = ["", *(track.id for track in method.tracks)]
    for kind, urgency, level, track in product(KINDS, URGENCIES, LEVELS, tracks):
        for round in (0, 1):
            rules = method.rules(kind, "", urgency, level, track=track, round=round)
            ends = {rule.name: due(demo.NOW, rule.due, calendar).at for rule in rules}
            if not track:
                assert ends["reply"] <= ends["settle"], (kind, urgency, level, round)
            assert ends["acknowledge"] <= ends["settle"], (kind, urgency, level, track)


class Life:
    """A case under a method, and who does what with it."""

    def __init__(self, method: str, **matter: str) -> None:
        self.world = world(method)
        self.method: Method = self.world.method
        found = Matter(
            "路灯坏了", **{"kind": "grievance", "topic": "路灯", "villager": 7, **matter}
        )  # type: ignore[arg-type]
        to = assign(
            self.world.town,
            topic=found.topic,
            field="",
            unit="shiqiang-3",
            misconduct=found.subkind == "misconduct",
            start=self.method.start(found),
        )
        self.decisions: list[Decision] = [open_case(self.world, 1001, found, to, demo.ZHANG, {})]

    @property
    def case(self) -> Case:
        return self.decisions[-1].case

    def does(self, name: str, who: frozenset[str], **given: Any) -> Decision:
        """What is allowed is done; what has to be on record first is put there."""
        given = {**GIVEN, **given}
        for each in self.method.required(name, self.case):
            if not self.case.protected and each.name not in self.case.on_record:
                refused = may(name, self.case, who, given, self.method)
                assert refused is not None
                assert refused.code == "required"
                self.does("attest", frozenset(each.by), fact=each.name)
        refused = may(name, self.case, who, given, self.method)
        assert refused is None, refused
        decision = decide(self.world, name, Actor("staff:li"), self.case, **given)
        self.decisions.append(decision)
        return decision


HANDLER, VILLAGER, ABOVE = (
    frozenset({"handler"}),
    frozenset({"villager"}),
    frozenset({"supervisor"}),
)


@cache
def _sorts() -> list[dict[str, str]]:
    sorts = [{"kind": kind, "urgency": urgency} for kind in KINDS for urgency in URGENCIES]
    sorts += [{"extent": extent} for extent in EXTENTS]
    return [*sorts, {"kind": "report", "subkind": "misconduct"}]


@pytest.mark.parametrize("name", METHODS)
def test_every_sort_of_case_has_its_promises(name: str) -> None:
    for sort in _sorts():
        opened = Life(name, **sort).decisions[0]
        promised = {promise.name: promise for promise in opened.start}
        assert {"acknowledge", "reply", "settle"} <= set(promised)
        assert opened.case.method == shipped()[name].version
        for promise in opened.start:
            assert promise.steps == tuple(sorted(promise.steps, key=lambda step: step.at))
            assert promise.steps[0].at >= promise.started_at


@pytest.mark.parametrize("name", METHODS)
def test_a_case_climbs_the_ladder_of_the_method_and_no_other(name: str) -> None:
    life = Life(name)
    rungs = [level.title for level in life.method.levels]
    climbed = [life.method.rung(life.case.level)]
    skipped = life.method.skipped
    while above(life.world.town, answering(life.world.town, life.case.lead_post), skipped):
        life.does("hand_up", HANDLER)
        climbed.append(life.method.rung(life.case.level))
        assert life.case.state == ASSIGNED
    places = [rungs.index(title) for title in climbed]
    assert places == sorted(places)
    assert places[-1] == len(rungs) - 1
    assert level_of(life.world.town, answering(life.world.town, life.case.lead_post)) not in skipped


@pytest.mark.parametrize("name", METHODS)
def test_a_case_lives_from_its_first_row_to_its_last(name: str) -> None:
    life = Life(name)
    life.does("accept", HANDLER)
    life.does("reply", HANDLER)
    life.does("conclude", HANDLER)
    assert life.case.state == ANSWERED
    rated = opinion(life.method, life.case, 5)
    life.does(rated, VILLAGER, rating=5)
    assert life.case.state == SETTLED
    for form in range(life.method.publication.forms):
        assert life.case.published_at is None
        life.does("publish", HANDLER, text=f"形式{form}")
    assert life.case.published_at == life.world.now
    life.does("archive", ABOVE)
    assert life.case.state == ARCHIVED


@pytest.mark.parametrize("name", METHODS)
def test_who_is_not_content_is_heard_as_the_method_says(name: str) -> None:
    life = Life(name)
    life.does("accept", HANDLER)
    closing = life.method.closing
    for round in range(4):
        if life.case.state in (ASSIGNED, HANDLING):
            life.does("conclude", HANDLER)
        does = opinion(life.method, life.case, 1)
        before = life.case
        life.does(does, VILLAGER, rating=1)
        if does == "unsatisfied":
            assert closing.unsatisfied == "decide"
            assert life.case.disputed
            break
        assert life.case.bad_ratings == round + 1
        if does == "stand":
            assert (round, life.case.state) == (closing.rounds, SETTLED)
            break
        assert life.case.reopened == before.reopened + 1
        assert {promise.name for promise in life.decisions[-1].start} >= {"reply", "settle"}
    else:
        assert closing.rounds is None


@pytest.mark.parametrize("name", METHODS)
def test_a_list_changes_the_time_and_stages_are_told(name: str) -> None:
    for track in shipped()[name].tracks:
        life = Life(name)
        life.does("accept", HANDLER)
        given = {"duration": demo.DAYS_60} if track.given else {}
        stages = {"stages": 3} if track.stages else {}
        decision = life.does("classify", HANDLER, track=track, **given, **stages)
        settle = next(promise for promise in decision.start if promise.name == "settle")
        assert life.case.track == track.id
        assert life.case.settle_by == settle.due_at
        if track.given:
            assert (settle.due_at - life.world.now).days == 60
        if track.stages:
            thirds = [step.at for step in settle.steps if step.at < settle.due_at][:2]
            assert [(at - life.world.now).days for at in thirds] in ([19, 39], [20, 40])


def test_shares_stand_before_the_end() -> None:
    for method in shipped().values():
        for rule in method.clocks:
            assert all(s.at.percent < 100 for s in rule.steps if isinstance(s.at, Share))
