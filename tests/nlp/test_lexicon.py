from __future__ import annotations

import pytest

from nlp import patterns
from nlp.lexicon import FIELDS, Rule, rule_from, shipped
from nlp.reading import KINDS, LEDGERS, SIGNALS, URGENCIES


def test_every_field_has_topics_and_every_topic_has_words() -> None:
    lexicon = shipped()
    spoken_for = {rule.target for rule in lexicon.rules}
    assert {topic.field for topic in lexicon.topics.values()} == set(FIELDS)
    assert {f"topic:{name}" for name in lexicon.topics} <= spoken_for
    assert len(lexicon.topics) >= 80


def test_topics_use_known_values() -> None:
    for topic in shipped().topics.values():
        assert topic.ledger in LEDGERS
        assert topic.urgency in URGENCIES
        assert topic.usual in KINDS
        assert topic.level in ("grid", "village", "department")


def test_rules_aim_at_something_that_exists() -> None:
    lexicon = shipped()
    assert [rule for rule in lexicon.rules if lexicon.check(rule)] == []
    signals = {r.target.partition(":")[2] for r in lexicon.rules if r.target.startswith("signal:")}
    signals |= {t[7:] for t in patterns.shipped().targets if t.startswith("signal:")}
    assert signals | {"minority"} == SIGNALS


def test_how_words_are_written() -> None:
    assert rule_from("topic:路灯", "灯 ~ 坏 不亮 ! 红绿灯", 2.0) == Rule(
        "topic:路灯", "灯", 2.0, ("坏", "不亮"), ("红绿灯",)
    )
    assert rule_from("topic:路灯", "路灯", 3.0) == Rule("topic:路灯", "路灯", 3.0)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Rule("topic:没有的主题", "词"), "没有"),
        (Rule("field:没有的领域", "词"), "没有"),
        (Rule("路灯", "词"), "看不懂"),
        (Rule("topic:路灯", " "), "缺少"),
    ],
)
def test_a_wrong_rule_is_explained(rule: Rule, says: str) -> None:
    problem = shipped().check(rule)
    assert problem is not None
    assert says in problem
