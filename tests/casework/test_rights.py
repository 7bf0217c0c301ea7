"""Who somebody is to a case, and which cases they may see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.rights import Viewer, belongs, discipline_line, is_admin, standing
from tests.casework.demo import STRANGER, ZHANG, actor, case, staff, town


@pytest.mark.parametrize(
    ("person", "lead", "expected"),
    [
        ("li", "shiqiang-g3", {"handler", "first"}),
        ("sun", "shiqiang-g3", set()),
        ("wang", "shiqiang-g3", {"supervisor"}),
        ("wang", "shiqiang-shuji", {"handler"}),
        ("wang", "liuhe-g1", set()),
        ("wang", "shouli", set()),
        ("shuiwu", "shuiwu", {"handler"}),
        ("shuiwu", "shiqiang-g3", set()),
        ("zhao", "shiqiang-g3", {"admin", "supervisor"}),
        ("zhao", "shouli", {"admin", "supervisor", "handler"}),
        ("gao", "shiqiang-g3", {"supervisor"}),
        ("gao", "shouli", {"supervisor"}),
        ("gao", "xian", {"handler"}),
        ("zhou", "shiqiang-g3", set()),
        ("zhang", "shiqiang-g3", {"villager"}),
        ("stranger", "shiqiang-g3", set()),
        ("service", "shiqiang-g3", {"system"}),
        ("zhao", "no-longer-there", {"admin", "supervisor", "handler"}),
        ("li", "no-longer-there", {"first"}),
    ],
)
def test_standing(person: str, lead: str, expected: set[str]) -> None:
    assert standing(actor(person), case(lead_post=lead), town()) == expected


def test_who_has_joined_stands_as_a_villager() -> None:
    assert standing(STRANGER, case(), town(), joined=True) == {"villager"}


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("zhou", {"handler", "supervisor"}),
        ("zhang", {"villager"}),
        ("li", set()),
        ("wang", set()),
        ("zhao", set()),
        ("gao", set()),
        ("stranger", set()),
    ],
)
def test_standing_to_a_report(person: str, expected: set[str]) -> None:
    assert standing(actor(person), case(misconduct=True), town()) == expected


@pytest.mark.parametrize(
    ("person", "admin", "leading"),
    [("li", 0, 0), ("shuiwu", 0, 0), ("wang", 0, 1), ("gao", 0, 1), ("zhou", 0, 1), ("zhao", 1, 1)],
)
def test_who_decides_about_others(person: str, admin: int, leading: int) -> None:
    who = staff(person).staff
    assert (is_admin(who, town()), belongs(who, "lead", town())) == (bool(admin), bool(leading))


def test_nobody_is_no_admin() -> None:
    assert not is_admin(None, town())
    assert not belongs(None, "lead", town())


def test_the_scope_of_a_grid_member_is_their_own_posts() -> None:
    scope = Viewer(staff("li"), town()).scope
    assert scope.posts == {"shiqiang-g3"}
    assert not scope.protected_posts
    assert not scope.every_ordinary


def test_the_scope_of_a_secretary_is_the_village() -> None:
    scope = Viewer(staff("wang"), town()).scope
    grids = {"shiqiang-g1", "shiqiang-g3", "shiqiang-g4"}
    assert scope.posts == {"shiqiang-shuji", "shiqiang-nengren"} | grids


def test_the_scope_of_an_admin_has_no_reports() -> None:
    scope = Viewer(staff("zhao"), town()).scope
    assert scope.every_ordinary
    assert scope.protected_posts == frozenset()


def test_the_county_sees_what_it_may_have_to_decide() -> None:
    scope = Viewer(staff("gao"), town()).scope
    assert {"shouli", "shiqiang-g3", "shuiwu"} <= scope.posts
    assert not scope.protected_posts


def test_the_scope_of_the_discipline_post_is_its_own() -> None:
    scope = Viewer(staff("zhou"), town()).scope
    assert scope.posts == scope.protected_posts == discipline_line(town()) == {"jijian"}


def test_a_villager_sees_their_own() -> None:
    scope = Viewer(ZHANG, town()).scope
    assert (scope.villager, scope.posts, scope.every_ordinary) == (7, frozenset(), False)


def test_a_stranger_on_the_staff_channel_sees_nothing() -> None:
    stranger = replace(staff("li"), staff=None, label="stranger:ghost")
    assert Viewer(stranger, town()).scope.posts == frozenset()
