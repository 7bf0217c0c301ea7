"""The forms of joint handling: a table that holds together, and who may call whom by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from casework.joint.call import CLOCKS, Call, Part, called, late
from casework.joint.choosing import choose, crowd
from casework.joint.form import FieldKind, Form, forms
from casework.methods import shipped
from casework.town import ROLES
from tests.casework.demo import NOW, case, town


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.id)
def test_a_form_holds_together(form: Form) -> None:
    assert set(form.words) == {"sign_in", "feedback", "end"}
    assert set(form.clocks) <= set(CLOCKS)
    assert set(form.by) | set(form.calls) | set(form.ends) <= set(ROLES)
    assert all(field.kind in get_args(FieldKind) for field in (*form.fields, *form.closing))
    assert sum(field.bare and field.kind == "text" for field in form.fields) <= 1
    assert sum(field.bare for field in form.closing) <= 1
    timed = any(field.kind in ("day", "duration") for field in form.fields) or form.due
    assert not timed or "term" in form.clocks


@pytest.mark.parametrize("form", forms().values(), ids=lambda form: form.id)
def test_forms_between_which_names_decide_are_said_alike(form: Form) -> None:
    """The line is read before it is known who is called: by the first form that the caller may use."""
    others = [f for f in forms().values() if f.word == form.word and set(f.by) & set(form.by)]
    assert all(other.fields == form.fields for other in others)
    alone = [f for f in others if f.by == form.by and not f.title]
    assert all(other.crowd == form.crowd for other in alone)


@pytest.mark.parametrize("method", shipped().values(), ids=lambda method: method.id)
def test_every_method_has_its_clocks(method: object) -> None:
    rules = method.rules("grievance", "路灯", "ordinary", "village")  # type: ignore[attr-defined]
    assert {rule.name for rule in rules} >= set(CLOCKS)


@pytest.mark.parametrize(
    ("caller", "called_", "form"),
    [
        ("shouli", ["shuiwu", "paichusuo"], "township_whistle"),
        ("shiqiang-shuji", ["shuiwu"], "village_whistle"),
        ("shiqiang-shuji", ["shuiwu", "xian"], "village_county_whistle"),
        ("shiqiang-shuji", ["shiqiang-g3"], "branch_whistle"),
        ("shiqiang-g3", ["shuiwu"], "grid_whistle"),
        ("shuiwu", ["paichusuo"], None),
        ("jijian", ["paichusuo"], None),
        ("shiqiang-g3", ["jijian"], "grid_whistle"),  # the form; that it does not reach is refused
    ],
)
def test_who_blows_the_whistle(caller: str, called_: list[str], form: str | None) -> None:
    found = choose(town(), [town().posts[caller]], "吹哨", called_)
    assert (found[0].id if found else None) == form


def test_a_grid_is_heard_in_its_village() -> None:
    form = forms()["grid_whistle"]
    everybody = crowd(town(), form, town().posts["shiqiang-g3"], case(lead_post="shiqiang-g3"))
    assert set(everybody) == {
        "shiqiang-shuji", "shiqiang-g1", "shiqiang-g4", "shiqiang-nengren",
    }  # fmt: skip


def test_nobody_calls_the_discipline_post() -> None:
    assert not any({"discipline", "inspector"} & set(form.calls) for form in forms().values())


def test_who_is_still_awaited() -> None:
    due = {"sign_in": NOW, "feedback": NOW}
    call = Call(1001, "township_whistle", "shouli", NOW, parts=(Part("shuiwu", "部门"),), due=due)
    assert called([call]) == " + shuiwu "
    assert late([call], "sign_in", NOW) == [call]
    assert late([call], "sign_in", NOW + timedelta(days=1)) == []  # the clock of another call
    there = call.changed(["shuiwu"], state="signed_in")
    assert late([there], "sign_in", NOW) == []
    assert late([there], "feedback", NOW) == [there]
    assert late([there.changed(["shuiwu"], state="excused")], "feedback", NOW) == []
    assert called([replace(call, closed_at=NOW)]) == ""
