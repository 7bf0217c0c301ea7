"""What a town writes into its own method is done: by which channel, to whom, in which words; and what
cards add up to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from casework.methods import Method, load, shipped
from storage.database import Moment
from storage.methods import keep
from storage.session import WriteSession
from tests.handlers.test_rhythm import decide
from tests.village import Village

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LAMP = "石墙村三组路灯坏了"


def own(village: Village, more: str, publication: str = "[publication]\nrequired = true") -> Method:
    """The town's own version of its method: with this written below."""
    text = re.sub(r"\[publication\].*\nrequired = true", publication, shipped()["zhongjiang"].text)
    method = load(f"{text}\n{more}", "zhongjiang.toml")

    def write(session: WriteSession, begun: Moment) -> None:
        keep(session, method, own=True, by="staff:zhao", now=begun.now)

    village.change(write)
    return method


def steps(*written: str) -> str:
    """What follows where nobody takes an ordinary case."""
    rows = "\n".join(f"  {{ {each} }}," for each in written)
    return (
        f'[[clock]]\nname = "acknowledge"\nurgency = "ordinary"\ndue = "4h"\nsteps = [\n{rows}\n]'
    )


def told(village: Village, who: str) -> list[str]:
    return [str(letter) for letter in village.hears(who)]


def filed(village: Village, text: str = LAMP, who: str = "zhang") -> None:
    village.says(who, text)
    village.letters.clear()


# --- channels, audiences, words -------------------------------------------------------------------


def test_a_step_in_the_methods_own_words(village: Village) -> None:
    own(village, steps('at = "0", do = "remind", to = ["handler"], say = "先给张大娘回个电话"'))
    filed(village)
    village.advance(5 * HOUR)
    (letter,) = told(village, "li")
    assert letter.startswith("03-02 13:00")
    assert "先给张大娘回个电话" in letter


def test_a_step_by_telephone_is_a_task_for_somebody_who_rings(village: Village) -> None:
    own(
        village,
        steps('at = "0", do = "remind", to = ["handler"], by = "phone", say = "请打电话催"'),
    )
    filed(village)
    village.advance(5 * HOUR)
    ((text, number),) = village.rows("SELECT text, case_number FROM task")
    assert number == 1001
    assert "请打电话催" in text
    assert len(told(village, "li")) == 1
    village.pass_unwatched(HOUR)
    assert len(village.rows("SELECT id FROM task")) == 1


def test_a_step_in_the_list_of_the_day_is_no_letter_of_its_own(village: Village) -> None:
    own(village, steps('at = "0", do = "remind", to = ["handler"], by = "digest"'))
    decide(village, digest="14:00")
    filed(village)
    village.advance(5.5 * HOUR)
    (only,) = told(village, "li")
    assert "【今日清单】" in only
    assert village.rows("SELECT count(*) FROM case_event WHERE kind = 'remind'")[0][0] == 1


def test_without_a_list_of_the_day_it_is_a_letter(village: Village) -> None:
    own(village, steps('at = "0", do = "remind", to = ["handler"], by = "digest"'))
    filed(village)
    village.advance(5 * HOUR)
    (only,) = told(village, "li")
    assert "【提醒】" in only


def test_the_first_receiver_and_the_villager_are_told(village: Village) -> None:
    """首接责任: who received it first stays on it, wherever it has gone."""
    own(
        village,
        steps(
            'at = "50%", do = "remind", to = ["villager"]',
            'at = "0", do = "remind", to = ["handler", "first"]',
        ),
    )
    village.says("zhang", LAMP)
    village.says("li", "转 1001 水务站 水管归他们管")
    village.letters.clear()
    village.advance(5 * HOUR)
    assert [text[:11] for text in told(village, "zhang")] == ["03-02 11:00"]
    assert [text[:11] for text in told(village, "shuiwu")] == ["03-02 13:00"]
    assert [text[:11] for text in told(village, "li")] == ["03-02 13:00"]


# --- cards that add up ----------------------------------------------------------------------------

LATE = steps('at = "0", do = "remind", to = ["handler"], card = "yellow"')


def consequence(do: str, within: str = "") -> str:
    return f'{LATE}\n[[consequence]]\ncard = "yellow"\ncount = 2\ndo = "{do}"\n{within}'


def events(village: Village, kind: str) -> list[int]:
    rows = village.rows("SELECT case_number FROM case_event WHERE kind = :kind", kind=kind)
    return [number for (number,) in rows]


def two_cards(village: Village, apart: timedelta = HOUR) -> None:
    filed(village)
    village.advance(apart)
    filed(village, "石墙村三组水管漏水", "zhang_b")
    village.advance(6 * HOUR)


def test_so_many_yellow_cards_are_a_red_one(village: Village) -> None:
    own(village, consequence("red"))
    two_cards(village)
    rows = village.rows("SELECT color, case_number FROM card ORDER BY id")
    assert [tuple(row) for row in rows] == [("yellow", 1001), ("yellow", 1002), ("red", 1002)]
    assert village.rows("SELECT red_cards FROM cases WHERE number = 1002")[0][0] == 1
    assert any("黄牌已有2张" in text for text in told(village, "li"))


def test_so_many_cards_bring_supervision(village: Village) -> None:
    own(village, consequence("supervise"))
    two_cards(village)
    assert events(village, "supervise") == [1002]
    assert village.rows("SELECT supervised FROM cases WHERE number = 1002")[0][0] == 1
    assert any("督办" in text for text in told(village, "li"))


def test_so_many_cards_bring_the_post_onto_the_list(village: Village) -> None:
    own(village, consequence("list"))
    two_cards(village)
    assert events(village, "list") == [1002]
    assert any("黄牌已有2张" in text for text in told(village, "zhao"))
    assert village.rows("SELECT count(*) FROM card WHERE color = 'red'")[0][0] == 0


@pytest.mark.parametrize(("within", "brought"), [('within = "12h"', []), ('within = "2d"', [1002])])
def test_only_cards_of_that_time_count(village: Village, within: str, brought: list[int]) -> None:
    own(village, consequence("supervise", within))
    two_cards(village, apart=DAY)
    assert events(village, "supervise") == brought


def test_a_restart_brings_nothing_twice(village: Village) -> None:
    own(village, consequence("supervise"))
    two_cards(village)
    village.restart()
    village.pass_unwatched(HOUR)
    assert events(village, "supervise") == [1002]


def test_who_was_called_and_does_not_come_gets_a_card_of_their_own(village: Village) -> None:
    own(village, '[[consequence]]\ncard = "yellow"\ncount = 2\ndo = "red"')
    for sender in ("zhang_a", "zhang_b"):
        filed(village, f"石墙村三组水渠堵了，{sender}家门口", sender)
    for number in (1001, 1002):
        village.says("li", f"接单 {number}")
        village.says("zhao", f"吹哨 {number} 水务站 派出所 请到场")
        village.says("paichusuo", f"报到 {number}")
    village.advance(30 * HOUR)
    rows = village.rows("SELECT post, color, case_number FROM card WHERE clock IN ('sign_in', '')")
    assert sorted(map(tuple, rows)) == [
        ("shuiwu", "red", 1002),
        ("shuiwu", "yellow", 1001),
        ("shuiwu", "yellow", 1002),
    ]
    assert any("水务站黄牌已有2张" in text for text in told(village, "shuiwu"))


def test_a_report_gives_no_cards(village: Village) -> None:
    own(village, consequence("list"))
    filed(village, "我要举报石墙村会计挪用低保款")
    village.advance(20 * DAY)
    assert village.rows("SELECT count(*) FROM card")[0][0] == 0
