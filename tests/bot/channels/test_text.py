"""Text that comes in is harmless; text that goes out fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.text import clean, cut_text, short_id, split_text, with_buttons
from handlers.message import Button


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (None, ""),
        ("", ""),
        ("  路灯坏了 \n", "路灯坏了"),
        ("第一行\r\n第二行", "第一行\n第二行"),
        ("响\x07铃\x08退格\x00", "响铃退格"),
        ("倒\u202e着写", "倒着写"),
        ("藏\u200b着\ufeff的", "藏着的"),
        ("半个\ud83d表情", "半个表情"),
        ("一家人👨‍👩‍👧", "一家人👨‍👩‍👧"),
    ],
)
def test_clean(typed: str | None, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text(max_size=400), st.integers(8, 300))
def test_parts_fit_and_join_to_the_whole(text: str, limit: int) -> None:
    parts = split_text(text, limit, parts=1000)
    assert "".join(parts) == text
    assert all(0 < len(part.encode()) <= limit for part in parts)


@given(st.text(min_size=1, max_size=400), st.integers(8, 60), st.integers(1, 5))
def test_never_more_parts_than_allowed(text: str, limit: int, parts: int) -> None:
    pieces = split_text(text, limit, parts)
    assert len(pieces) <= parts
    assert all(len(piece.encode()) <= limit for piece in pieces)
    assert "".join(pieces) == text or pieces[-1].endswith("…")


def test_the_limit_counts_bytes_not_characters() -> None:
    assert [len(part) for part in split_text("路" * 700)] == [682, 18]


def test_a_part_ends_with_a_sentence_where_there_is_one() -> None:
    assert split_text("电工明天上午到。请在家等候", limit=30) == ["电工明天上午到。", "请在家等候"]


def test_cut_text_shows_that_something_is_missing() -> None:
    assert cut_text("路灯坏了", limit=12) == "路灯坏了"
    assert cut_text("路灯坏了吗", limit=12) == "路灯坏…"


def test_buttons_become_words_unless_the_text_names_them() -> None:
    buttons = (Button("接单", "接单 1023"), Button("上报", "上报 1023"))
    assert with_buttons("新事项", ()) == "新事项"
    assert with_buttons("新事项", buttons) == "新事项\n可回复：接单 1023 / 上报 1023"
    assert with_buttons("请回“接单 1023”", buttons) == "请回“接单 1023”\n可回复：上报 1023"


def test_logs_see_only_the_beginning_of_an_openid() -> None:
    assert short_id("oZhangDaniang0123456789abcde") == "oZha…"
