from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import guards
from nlp.guards import standing
from nlp.reader import Reader
from nlp.reading import URGENCIES


@pytest.mark.parametrize(
    ("text", "word", "meant"),
    [
        ("着火了快来人", "着火", "fact"),
        ("山上着火了", "着火", "fact"),
        ("去年着火", "着火", "denied"),
        ("去年着火今年又着火了", "着火了", "fact"),
        ("去年就说电线有问题，现在着火了", "着火", "fact"),
        ("要是着火怎么办", "着火", "denied"),
        ("如果家里着火了找谁", "着火", "denied"),
        ("没有打架", "打架", "denied"),
        ("没人打架", "打架", "denied"),
        ("冇得人打架", "打架", "denied"),
        ("别打架了", "打架", "denied"),
        ("怕着火", "着火", "feared"),
        ("这样容易着火", "着火", "feared"),
        ("着火演练什么时候搞", "着火", "denied"),
        ("火已经灭了，昨天着火的地方还在冒烟", "着火", "fact"),
        ("着火已经扑灭了", "着火", "feared"),
        ("如果不管就要出人命，快来人，着火了", "着火", "fact"),
    ],
)
def test_what_is_meant(text: str, word: str, meant: str) -> None:
    start = text.index(word)
    assert standing(text, start, start + len(word)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "我哥在屋顶踩到钉子，已经打了破伤风",
        "我妹在厂里扎了手，打过破伤风了",
        "打谷子打了一天，骨头都酸了，早点睡",
        "我嘴唇都裂了，买啥唇膏好",
    ],
)
def test_what_has_been_seen_to_or_is_only_a_way_to_speak_is_no_danger(
    reader: Reader, text: str
) -> None:
    assert reader.read(text).urgency == "ordinary"


DANGERS = ["着火", "打架", "爆炸", "溺水", "持刀", "触电", "车祸", "山洪", "中毒", "自杀"]
BEFORE = ["没有", "没", "不是", "没人", "去年", "要是", "如果", "防止"]


@given(st.sampled_from(DANGERS), st.sampled_from(BEFORE))
def test_negating_a_danger_never_raises_urgency(reader: Reader, danger: str, before: str) -> None:
    plain, negated = reader.read(danger), reader.read(before + danger)
    assert URGENCIES.index(negated.urgency) <= URGENCIES.index(plain.urgency)
    assert negated.urgency != "emergency"


BEHIND = [guards._DENIED_AFTER, guards._RUMOUR, guards._MATTER, guards._OVER_AFTER]
BEFORE_IT = [guards._DENIED, guards._PAST, guards._IF, guards._ELSEWHERE, guards._FEARED]


@given(st.sampled_from(BEFORE_IT).flatmap(st.from_regex))
def test_the_quick_look_before_a_word_passes_over_nothing(said: str) -> None:
    assert not guards._is_plain(said, len(said), len(said))


@given(st.sampled_from(BEHIND).flatmap(lambda each: st.from_regex(each, fullmatch=True)))
def test_the_quick_look_behind_a_word_passes_over_nothing(said: str) -> None:
    assert not guards._is_plain(said, 0, 0)
