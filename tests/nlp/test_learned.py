from __future__ import annotations

import pytest

from nlp.learned import HEAD, Learned, Tally

WEIGHTS = {
    "物业": (("城乡建设", 1.5), ("环境保护", -0.5)),
    "业": (("城乡建设", 0.25),),
    "噪音": (("环境保护", 2.0),),
}


def test_a_score_is_the_sum_of_its_words() -> None:
    learned = Learned(WEIGHTS)
    tally = learned.tally("物业不管噪音")
    for name, score in tally.scores.items():
        assert score == pytest.approx(sum(learned.words_for(name, tally).values()), abs=1e-3)
    assert tally.scores["环境保护"] == pytest.approx(2 * 1.5 * tally.share)
    assert tally.scores["城乡建设"] == pytest.approx(2 * 1.75 * tally.share)


def test_negative_sums_stay_apart_from_their_neighbours() -> None:
    learned = Learned({"甲": (("a", -3.0), ("b", 2.0), ("c", -0.001))})
    tally = learned.tally("甲")
    assert {name: round(score / tally.share, 3) for name, score in tally.scores.items()} == {
        "a": -6.0,
        "b": 4.0,
        "c": -0.002,
    }


def test_what_is_said_first_counts_twice() -> None:
    learned = Learned(WEIGHTS)
    early, late = learned.tally("噪音" + "，" * HEAD), learned.tally("，" * HEAD + "噪音")
    assert early.scores["环境保护"] / early.share == pytest.approx(
        2 * late.scores["环境保护"] / late.share
    )


def test_nothing_learned_nothing_said() -> None:
    assert Learned({}).tally("物业") == Tally()
    assert Learned(WEIGHTS).tally("").scores == {"城乡建设": 0.0, "环境保护": 0.0}
