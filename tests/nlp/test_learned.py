from __future__ import annotations

import pytest

from nlp.learned import HEAD, Learned, Tally

WEIGHTS = {
    "物业": (("城乡建设", 1.5), ("环境保护", -0.5)),
    "业": (("城乡建设", 0.25),),
    "噪音": (("环境保护", 2.0),),
}


def scores(learned: Learned, tally: Tally) -> dict[str, float]:
    """By field, without the share that makes texts of different length comparable."""
    return {
        name: round(score / tally.share, 3)
        for name, score in zip(learned.fields, tally.scores, strict=True)
    }


def test_a_score_is_the_sum_of_its_words() -> None:
    learned = Learned(WEIGHTS)
    tally = learned.tally("物业不管噪音")
    for name, score in zip(learned.fields, tally.scores, strict=True):
        assert score == pytest.approx(sum(learned.words_for(name, tally).values()), abs=1e-3)
    assert scores(learned, tally) == {"环境保护": 2 * 1.5, "城乡建设": 2 * 1.75}


def test_negative_sums_stay_apart_from_their_neighbours() -> None:
    learned = Learned({"甲": (("a", -3.0), ("b", 2.0), ("c", -0.001))})
    assert scores(learned, learned.tally("甲")) == {"a": -6.0, "b": 4.0, "c": -0.002}


def test_what_is_said_first_counts_twice() -> None:
    learned = Learned(WEIGHTS)
    early = scores(learned, learned.tally("噪音" + "，" * HEAD))
    late = scores(learned, learned.tally("，" * HEAD + "噪音"))
    assert early["环境保护"] == 2 * late["环境保护"]


def test_where_it_stands_need_not_count() -> None:
    learned = Learned(WEIGHTS, head=0)
    assert scores(learned, learned.tally("噪音"))["环境保护"] == 2.0
    assert scores(learned, learned.tally("，" * HEAD + "噪音"))["环境保护"] == 2.0


def test_fields_stand_as_they_are_asked_for() -> None:
    learned = Learned(WEIGHTS, order=("民政", "环境保护"))
    assert learned.fields == ("民政", "环境保护", "城乡建设")
    assert scores(learned, learned.tally("业"))["民政"] == 0.0


def test_nothing_learned_nothing_said() -> None:
    assert Learned({}).tally("物业") == Tally(())
    assert Learned(WEIGHTS).tally("") == Tally((0.0, 0.0))
