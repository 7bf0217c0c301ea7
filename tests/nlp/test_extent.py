"""How many are affected."""

import tomllib
from importlib.resources import files

import pytest

from nlp.extent import extent_of

WORDS = tomllib.loads(files("nlp").joinpath("extents.toml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("我家自来水没水了", "household"),
        ("石墙村三组路灯坏了", ""),
        ("我们三组十几户都没水", "group"),
        ("12户人家的路断了", "group"),
        ("三十户都停水两天了", "group"),
        ("几十户吃水困难", "group"),
        ("好几家的鸡丢了", "group"),
        ("1户没水", ""),
        ("全村都停电，我家也停了", "village"),
        ("三个组的水渠堵了", "village"),
        ("好几个村的路被压坏了", "township"),
        ("5个村都没有信号", "township"),
        ("全县的班车都停了", "county"),
        ("", ""),
    ],
)
def test_the_widest_that_is_said_counts(text: str, extent: str) -> None:
    assert extent_of(text) == extent


@pytest.mark.parametrize("extent", WORDS)
def test_no_word_holds_another_that_finds_as_much(extent: str) -> None:
    plain = [word.removeprefix("{n}") for word in WORDS[extent]]
    held = [
        (one, other) for one in plain for other in WORDS[extent] if one != other and other in one
    ]
    assert not held
    assert len(set(plain)) == len(plain)
