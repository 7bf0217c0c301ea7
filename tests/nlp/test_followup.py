from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.followup import LONGEST, follow_up

TOLD = "石墙村三组村口的路灯不亮了"
MEANT = {
    "news": {"news"},
    "urge": {"undone", "hurry"},
    "done": {"done"},
    "content": {"best", "good"},
    "fair": {"fair"},
    "bad": {"bad", "hurry"},
    "polite": {"heard", "thanks"},
    "more": {"more"},
}


def rows(name: str) -> list[tuple[str, str]]:
    written = Path(__file__).with_name(name).read_text("utf-8").splitlines()
    return [(line.split("\t")[0], line.split("\t")[1]) for line in written if line[0] != "#"]


@pytest.mark.parametrize(("meant", "text"), rows("followup.tsv"), ids=lambda each: each)
def test_what_is_said_of_a_matter_told_before(meant: str, text: str) -> None:
    said = follow_up(text)
    if meant == "-":
        assert said is None or said.beside(TOLD) > 0
    else:
        assert said is not None
        assert said.means in MEANT[meant]
        assert meant == "more" or said.beside(TOLD) == 0


def test_most_of_what_people_say_afterwards_is_known_and_hardly_a_new_matter_is() -> None:
    """Of whatever matter: but for three characters all are such words. Of a new matter more is said."""
    found: dict[str, list[bool]] = {"said": [], "-": []}
    for meant, text in rows("afterwards.tsv"):
        said = follow_up(text)
        is_known = said is not None and said.beside("") <= (1 if meant == "-" else 3)
        found["-" if meant == "-" else "said"].append(is_known)
    assert sum(found["said"]) / len(found["said"]) >= 0.72
    assert sum(found["-"]) / len(found["-"]) <= 0.01


def test_nobody_who_is_not_content_is_taken_for_it() -> None:
    glad = {"best", "good", "done", "fair"}
    taken = [
        text
        for meant, text in rows("afterwards.tsv")
        if meant in ("urge", "bad", "news", "more") and (said := follow_up(text)) is not None
        if said.means in glad and not said.is_doubted
        if said.beside("") <= (1 if said.means == "done" else 0)
    ]
    assert taken == []


def test_what_it_is_about_may_be_named() -> None:
    said = follow_up("上次说的路灯什么时候修")
    assert said is not None
    assert said.rest == ("路灯",)
    assert said.beside(TOLD) == 0
    assert said.beside("自来水停了") == 2


def test_a_long_text_tells_something_new() -> None:
    assert follow_up("还没修好" * LONGEST) is None


@given(st.text("还没修好人来快点谢的了什么时候，。 路", max_size=LONGEST))
def test_nothing_that_is_left_over_is_lost(text: str) -> None:
    said = follow_up(text)
    assert said is None or all(each in text for each in said.rest)
