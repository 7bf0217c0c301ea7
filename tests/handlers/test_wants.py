"""The words of `wants.toml`: what each brings along, and that somebody answers each."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from handlers import villager
from handlers.villager.conversation import HANDLERS
from handlers.villager.wants import SLOTS, wants

WRITTEN = files(villager).joinpath("wants.toml").read_text("utf-8")


def test_each_want_has_its_handler_and_each_slot_is_used() -> None:
    assert tomllib.loads(WRITTEN).keys() == HANDLERS.keys()
    assert set(re.findall("<([^>…]+)>", WRITTEN)) == SLOTS.keys()


@pytest.mark.parametrize(
    ("text", "want", "brings"),
    [
        ("查1023", "look", {"number": "1023", "word": None}),
        ("查 9001 红苹果", "look", {"number": "9001", "word": "红苹果"}),
        ("进度编号：1023。", "look", {"number": "1023", "word": "。"}),
        ("催路灯那个事", "urge_described", {"which": "路灯"}),
        ("撤回第二个", "withdraw_described", {"which": "第二"}),
        ("评价1023不满意，还是不亮", "rate", {"number": "1023", "grade": "不满意", "why": "还是不亮"}),
        ("满意 1023 谢谢", "rate", {"number": "1023", "grade": "满意", "why": "谢谢"}),
        ("补充：下午在家", "supplement", {"number": None, "rest": "下午在家"}),
        ("我家在石墙村三组的", "bind", {"where": "石墙村三组"}),
        ("请帮我买点盐", "代购", {"errand": "盐"}),
        ("你们这个公众号能干些什么呀？", "help", {}),
    ],
)  # fmt: skip
def test_what_is_wanted(text: str, want: str, brings: dict[str, str | None]) -> None:
    found = next(wants(text))
    assert (found.name, found.said.groupdict()) == (want, brings)


@pytest.mark.parametrize("text", ["我是石墙村的吗？", "代办员态度差", "村口路灯坏了", "12"])
def test_what_is_none_of_it(text: str) -> None:
    assert not list(wants(text))
