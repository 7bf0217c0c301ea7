from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from nlp.normal import is_minority, normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("村口路灯坏了", "村口路灯坏了"),
        ("村口路燈壞了", "村口路灯坏了"),
        ("３组没水", "3组没水"),
        ("垃 圾 没 人 收", "垃圾没人收"),
        ("路灯坏了 三天了  没人修", "路灯坏了，三天了，没人修"),
        ("石墙村 三组 没水", "石墙村三组没水"),
        ("没水了,怎么办?", "没水了，怎么办？"),
        ("路灯坏了😡[捂脸]", "路灯坏了"),
        ("ＷＩＦＩ 没 信号", "wifi没信号"),
        ("wi fi", "wi fi"),
        ("第一行 \r\n\n 第二行", "第一行\n第二行"),
        ("户囗本", "户口本"),
        ("低\u200b保", "低保"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_there_is_one_way_to_write_a_text(written: str, read: str) -> None:
    assert normalise(written) == read


@given(st.text(alphabet="村口路燈坏了１2，,? a\n\t😂０。"))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    "text",
    ["ཁྱེད་རང་བདེ་མོ་ཡིན་ནམ", "مەن ياردەمگە مۇھتاج", "ᠰᠠᠶᠢᠨ ᠪᠠᠶᠢᠨᠠ", "가로등이 고장났어요", "ꆈꌠꉙ"],
)
def test_minority_scripts_are_noticed(text: str) -> None:
    assert is_minority(text)


@pytest.mark.parametrize(
    "text", ["路灯坏了", "wifi", "12345", "", "他叫بى，住在三组，家里的自来水停了两天"]
)
def test_chinese_with_a_foreign_letter_is_chinese(text: str) -> None:
    assert not is_minority(text)


def test_traditional_characters_are_those_of_opencc() -> None:
    characters = [chr(code) for code in range(0x4E00, 0xA000) if chr(code) not in "囗冂"]
    simple = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    assert [normalise(character) for character in characters] == simple
