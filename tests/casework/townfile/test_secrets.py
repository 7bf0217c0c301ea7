"""The key of a robot is written into the file, and never read out of it again."""

from __future__ import annotations

import copy

import pytest

from casework import townfile
from casework.townfile import Entries, TownFileError
from casework.townfile.schema import MASK, WEBHOOK

KEY = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"


def changed(entries: Entries, **keys: str) -> Entries:
    """The same with another robot."""
    other = copy.deepcopy(entries)
    other["robot"]["shiqiang-qun"] |= keys
    return other


def test_what_is_written_out_has_a_mask_and_comes_back_whole(small: Entries) -> None:
    written = townfile.render(townfile.masked(small))
    assert KEY not in written
    assert MASK in written
    again = townfile.parse(written)
    assert again != small
    assert townfile.unmasked(again, small) == small


def test_a_mask_for_what_was_never_there_is_a_problem(small: Entries) -> None:
    with pytest.raises(TownFileError, match="这里还是星号"):
        townfile.unmasked(townfile.masked(small), {})


def test_another_key_is_a_change_that_shows_neither(small: Entries) -> None:
    plan = townfile.plan(small, {}, changed(small, key="another-key-of-a-robot"))
    assert townfile.describe(plan) == f"~ [[robot]] shiqiang-qun 石墙村群 · key：{MASK}"


def test_the_whole_address_is_as_good_as_the_key(small: Entries) -> None:
    assert townfile.problems(changed(small, key=WEBHOOK + KEY)) == []
    assert townfile.build(changed(small, key=WEBHOOK + KEY)) == townfile.build(small)


def test_a_town_that_is_printed_shows_no_key(small: Entries) -> None:
    assert KEY not in repr(townfile.build(small))
