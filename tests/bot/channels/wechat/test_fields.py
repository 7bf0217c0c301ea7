"""The typed fields of templates: whatever is said fits, and is never sent empty."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.fields import fill, fit, places

LIMITS = {
    "thing1": r".{1,20}",
    "phrase2": r"[\u4e00-\u9fff]{1,5}",
    "name3": r"[\u4e00-\u9fffA-Za-z]{1,10}",
    "number4": r"\d{1,32}",
    "character_string5": r"[!-~]{1,32}",
    "phone_number6": r"[\d+-]{0,17}",
    "something_new7": r".{1,20}",
}


@pytest.mark.parametrize("field", LIMITS)
@given(value=st.text(max_size=60))
def test_a_value_fits_its_field(field: str, value: str) -> None:
    assert re.fullmatch(LIMITS[field], fit(field, value))


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        (
            "thing2",
            "诉求·路灯，石墙村三组村口大樟树旁边的那一盏",
            "诉求·路灯，石墙村三组村口大樟树旁边的…",
        ),
        ("phrase1", "待评价", "待评价"),
        ("phrase1", "", "无"),
        ("character_string1", "1001", "1001"),
        ("time4", "2026-03-02T02:00:00+00:00", "2026年03月02日 10:00"),
        ("date4", "2026-03-02T02:00:00+00:00", "2026年03月02日"),
        ("time4", "很快", "很快"),
        ("phone_number3", "13800000008", "13800000008"),
    ],
)
def test_what_is_shown(field: str, value: str, shown: str) -> None:
    assert fit(field, value) == shown


def test_a_template_says_what_its_fields_are_for() -> None:
    content = (
        "{{first.DATA}}\n受理编号：{{character_string1.DATA}}\n事项名称：{{thing2.DATA}}\n"
        "当前状态：{{phrase3.DATA}}\n处理人：{{name4.DATA}}\n更新时间：{{time5.DATA}}\n备注：{{thing6.DATA}}"
    )
    assert places(content) == {
        "first": "text",
        "character_string1": "number",
        "thing2": "matter",
        "phrase3": "state",
        "name4": "by",
        "time5": "at",
        "thing6": "text",
    }


def test_words_that_are_missing_are_said_to_be() -> None:
    assert fill({"thing1": "matter"}, {}) == {"thing1": {"value": "无"}}


@pytest.mark.parametrize("phone", ["", "没有"])
def test_who_has_no_phone_is_not_given_another(phone: str) -> None:
    fields = {"thing1": "matter", "phone_number2": "phone"}
    assert fill(fields, {"matter": "路灯", "phone": phone}) == {"thing1": {"value": "路灯"}}
