"""What comes again: each turn once, missed ones made up for or left out, in slices, for everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casework.calendar import SHANGHAI
from casework.methods.method import Rhythm
from casework.rhythm import Rule
from handlers.timed import rhythm
from storage import town
from storage.book import Book
from storage.database import Moment
from storage.session import WriteSession
from tests.village import Village

DAY = timedelta(days=1)


def decide(village: Village, **settings: object) -> None:
    """The town decides something about itself."""
    own = village.book.entries["town"]["qingshi"]

    def write(session: WriteSession, begun: Moment) -> None:
        town.put(
            session, "town", "qingshi", {**own, **settings},
            source="chat", by="staff:zhao", now=begun.now,
        )  # fmt: skip

    village.change(write)


def beats(village: Village, book: Book, at: datetime) -> int:
    """How many slices are worked at that moment."""

    def beat(session: WriteSession, begun: Moment) -> int:
        moment = Moment(begun.wall, at, begun.revision)
        return sum(iter(lambda: rhythm.beat(session, moment, book), False))

    count = village.change(beat)
    village.deliver()
    return count


def with_rhythms(village: Village, *rhythms: Rhythm) -> Book:
    book = village.book
    method = replace(book.methods["zhongjiang"], rhythms=rhythms)
    return replace(book, methods={**book.methods, "zhongjiang": method})


def weekly(**different: object) -> Rhythm:
    usual = Rhythm(
        "night", "夜谈会", Rule.parse("每周三 09:00"), "meeting", ("supervisor",), ("village",), "晚上七点半", "catch_up"
    )  # fmt: skip
    return replace(usual, **different)  # type: ignore[arg-type]


def test_the_list_of_the_day(village: Village) -> None:
    decide(village, digest="08:30")
    village.says("zhang", "石墙村三组路灯坏了")
    village.advance(timedelta(minutes=1))
    village.says("li", "接单")
    village.letters.clear()
    village.advance(2 * DAY)
    (early,) = village.hears("li")
    assert str(early).startswith("03-04 09:00 【提醒】")  # nothing is due on Tuesday
    village.letters.clear()
    village.advance(DAY)
    first, *_ = village.hears("li")
    assert str(first).startswith("03-05 08:30 【今日清单】李守田：\n今天到期1件：\n1001 诉求·路灯")


def test_days_off_have_no_list(village: Village) -> None:
    decide(village, digest="08:30")
    village.says("zhang", "石墙村三组路灯坏了")
    village.advance(timedelta(minutes=1))
    village.advance(6 * DAY)  # until Sunday, the 8th
    days = {letter.at.day for letter in village.letters if "今日清单" in letter.text}
    assert days == {3, 4, 5, 6, 7}  # the 7th is a market day


@pytest.mark.parametrize(("missed", "letters"), [("catch_up", 7), ("skip", 0)])
def test_a_missed_turn_is_made_up_for_once_or_left_out(
    village: Village, missed: str, letters: int
) -> None:
    book = with_rhythms(village, weekly(missed=missed))
    monday = village.now
    beats(village, book, monday)
    assert village.letters == []
    beats(village, book, monday + 18 * DAY)  # down for two Wednesdays
    assert len(village.letters) == letters
    beats(village, book, monday + 18 * DAY)
    beats(village, book, monday + 22 * DAY)
    assert len(village.letters) == letters  # no turn twice
    wednesday = datetime(2026, 3, 25, 9, 0, tzinfo=SHANGHAI)
    beats(village, book, wednesday)
    assert len(village.letters) == letters + 7  # one to each village
    assert "【夜谈会】晚上七点半" in village.letters[-1].text


def test_a_turn_goes_on_after_a_restart_where_it_stood(village: Village) -> None:
    book = with_rhythms(village, weekly())
    monday = village.now
    beats(village, book, monday)
    wednesday = datetime(2026, 3, 4, 9, 0, tzinfo=SHANGHAI)

    def slice_(session: WriteSession, begun: Moment) -> bool:
        return rhythm.beat(session, Moment(begun.wall, wednesday, begun.revision), book)

    slices = 0
    while village.change(slice_):
        slices += 1
        village.restart()
    village.deliver()
    # calendar, closed texts, leaves, counts, answers, and two slices of seven villages
    assert slices == 7
    assert len({letter.to for letter in village.letters}) == len(village.letters) == 7


def test_a_rule_that_changes_counts_from_now_on(village: Village) -> None:
    monday = village.now
    beats(village, with_rhythms(village, weekly()), monday)
    friday = with_rhythms(village, weekly(when=Rule.parse("每周五 10:00")))
    beats(village, friday, datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI))
    assert village.letters == []
    beats(village, friday, datetime(2026, 3, 6, 10, 0, tzinfo=SHANGHAI))
    assert len(village.letters) == 7
    beats(village, village.book, datetime(2026, 3, 13, 10, 0, tzinfo=SHANGHAI))
    assert len(village.letters) == 7  # the method says nothing of it any more


def test_one_turn_that_fails_holds_up_no_other(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the roof is down")

    monkeypatch.setattr(rhythm.daily, "calendar", broken)
    book, monday = with_rhythms(village, weekly()), village.now
    beats(village, book, monday)
    wednesday = datetime(2026, 3, 4, 9, 0, tzinfo=SHANGHAI)
    beats(village, book, wednesday)
    assert len(village.letters) == 7
    monkeypatch.undo()
    assert beats(village, book, wednesday + timedelta(minutes=10)) == 1


def test_the_month_is_brought_to_zero(village: Village) -> None:
    """江千 170: frozen on the 1st, nothing of it left on the 7th."""
    rhythms = (
        weekly(
            id="freeze",
            name="冻结",
            when=Rule.parse("每月1日 08:00"),
            do="freeze",
            text="本月清单：",
        ),
        weekly(
            id="zero", name="清零", when=Rule.parse("每月7日 08:00"), do="zero", text="还没清零："
        ),
    )
    book = with_rhythms(village, *rhythms)
    beats(village, book, village.now)
    village.says("zhang", "石墙村三组路灯坏了")
    april = datetime(2026, 4, 1, 8, 0, tzinfo=SHANGHAI)
    beats(village, book, april)
    village.wall = april + timedelta(hours=3)
    village.says("sun", "石墙村一组水管漏水")
    village.letters.clear()
    beats(village, book, april + 6 * DAY)
    texts = [letter.text for letter in village.letters if letter.text.startswith("【清零】")]
    own = [text for text in texts if "1001" in text]
    assert len(texts) == 7
    assert len(own) == 1
    assert "1002" not in "".join(texts)


def test_how_departments_were_rated_is_listed_each_quarter(village: Village) -> None:
    village.says("wangbo", "石墙村三组水渠堵了，下雨就淹地")
    village.says("zhao", "吹哨 1001 水务站 派出所 请到场")
    village.says("shuiwu", "报到 1001")
    village.says("shuiwu", "反馈 1001 渠道已清")
    village.says("zhao", "评议 1001 水务站 满意 来得快")
    village.says("zhao", "结哨 1001 渠道已通")
    village.letters.clear()
    village.says("li", "办结 1001 渠道已通")
    village.advance(timedelta(days=35))
    (told,) = [str(letter) for letter in village.hears("zhao") if "下评上" in letter.text]
    assert told.startswith("04-06")  # the fifth is a Sunday
    assert "1月1日到3月31日" in told
    assert "水务站：叫1次，到1次，超时0次，4.0分" in told
    village.advance(timedelta(days=92))
    assert not [letter for letter in village.hears("zhao") if "下评上" in letter.text]
