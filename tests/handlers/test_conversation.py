"""What holds for every word that a villager may say."""

from __future__ import annotations

import pytest

from tests.village import Village

NOBODYS = "没有查到编号 {0}。请核对数字；别人的事项只有本人能查。匿名的、单独登记的要加查询口令，请回复：查{0} 口令"


@pytest.mark.parametrize(
    "word", ["查{}", "{}", "催{}", "补充{} 一句", "撤回{}", "满意{}", "查{} 青山"]
)
def test_unknown_foreign_and_protected_numbers_get_identical_words(
    village: Village, word: str
) -> None:
    village.says("zhang", "石墙村三组路灯坏了")
    village.says("zhang", "举报石墙村村主任贪污低保款")
    protected = village.rows("SELECT number FROM cases WHERE protected")[0][0]
    for number in (1001, 4711, protected):
        assert village.says("stranger", word.format(number)) == NOBODYS.format(number)


@pytest.mark.parametrize("kind", ["text", "voice", "image", "video", "file", "link", "location",
                                  "unknown", "click", "scan", "subscribe", "view", "card"])  # fmt: skip
@pytest.mark.parametrize("who", ["zhang", "li", "zhao", "staff:ghost"])
def test_nobody_breaks_anything_with_an_empty_message(
    village: Village, who: str, kind: str
) -> None:
    village.says(who, "", kind)
    assert village.rows("SELECT state FROM message") == [("done",)]


def test_a_picture_is_fetched_and_kept_with_its_case(village: Village) -> None:
    village.says("zhang", "石墙村三组路灯坏了")
    village.says("zhang", "", "image")
    village.deliver()
    assert village.rows("SELECT case_number, state FROM attachment") == [(1001, "kept")]
    assert "附件：1份" in village.says("li", "查 1001")


def test_each_case_has_its_own_query_word(village: Village) -> None:
    words = set()
    for person in ("zhang", "wangbo", "liuzi"):
        reply = village.says(person, "匿名举报石墙村村主任贪污低保款")
        words.add(reply.partition("查询口令 ")[2][:4])
    assert all(len(word) == 4 for word in words)


def test_many_villagers_get_as_many_numbers(village: Village) -> None:
    replies = [village.says(f"villager{n}", "石墙村三组路灯坏了") for n in range(50)]
    numbers = {reply.partition("编号 ")[2].partition("。")[0] for reply in replies}
    assert len(numbers) == 50
