"""What becomes of answers and letters on their way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import service
from bot.channels.outcome import Outcome
from handlers.message import Outgoing
from storage.database import Moment
from storage.session import WriteSession
from storage.town import put
from tests.village import Village

LAMP = "石墙村三组路灯坏了"
REFUSED = Outcome("refused", 43004, "does not follow the account")
HELD = Outcome("limited", 45015, "48 hours are over")
BUSY = Outcome("retry", -1, "system busy")


def to(person: str, outcome: Outcome) -> Callable[[Outgoing], Outcome | None]:
    def trouble(message: Outgoing) -> Outcome | None:
        return outcome if message.recipient == person else None

    return trouble


def once_more(session: WriteSession, begun: Moment) -> None:
    """The time of the next attempt has come."""
    session.execute(sa.text(f"UPDATE outbox SET retry_at = {begun.wall.timestamp() * 1000:.0f}"))


def sixty_more(session: WriteSession, begun: Moment) -> None:
    """Sixty more people at the grid of 石墙村三组."""
    for number in range(60):
        person = {"name": f"王小{number}", "userid": f"u{number}", "posts": ["shiqiang-g3"]}
        put(session, "staff", f"u{number}", person, source="file", by="test", now=begun.now)


def test_the_same_message_again_gets_the_same_answer(village: Village) -> None:
    first = village.says("zhang", LAMP, key="same")
    assert "编号 1001" in first
    assert village.says("zhang", LAMP, key="same") == first
    assert len(village.hears("li")) == 1


def test_two_people_may_have_the_same_message_id(village: Village) -> None:
    assert "编号 1001" in village.says("zhang", LAMP, key="1")
    assert "编号 1002" in village.says("wangbo", LAMP, key="1")


def test_an_answer_for_which_nobody_waits_goes_through_the_outbox(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.Waiting, "take_answer", lambda _: False)
    assert village.says("zhang", LAMP) == ""
    assert ["编号 1001" in letter.text for letter in village.hears("zhang")] == [True]


def test_a_long_answer_goes_out_in_parts(village: Village) -> None:
    village.change(sixty_more)
    first = village.says("zhao", "/人员")
    rest = "".join(letter.text for letter in village.hears("zhao"))
    assert len(first.encode()) <= 2000
    assert "李守田（li）" in first + rest
    assert "王小59（u59）" in first + rest
    assert not first.endswith("\n")


def test_a_villager_whom_nothing_reaches_is_phoned(village: Village) -> None:
    village.says("zhang", LAMP)
    village.hears("li")
    village.postbox.trouble = to("zhang", REFUSED)
    village.says("li", "回复 1001 明天上午修")
    assert ["没能送到群众手机上，请打电话告诉本人" in str(x) for x in village.hears("li")] == [True]
    assert "没能送到" in village.says("zhao", "/待办")
    assert "消息没送到，请打电话" in village.says("li", "查 1001")


def test_of_a_report_only_the_discipline_post_hears_that_it_was_not_delivered(
    village: Village,
) -> None:
    village.says("zhang", "举报石墙村村主任贪污低保款")
    number = village.hears("zhou")[0].text.split()[1].partition("（")[0]
    village.postbox.trouble = to("zhang", REFUSED)
    village.says("zhou", f"回复 {number} 正在核实，月底前答复您")
    assert ["保密件" in str(letter) for letter in village.hears("zhou")] == [True]
    assert village.says("zhao", "/待办") == "您手上没有待办的事项。"
    assert "消息没送到，请打电话" in village.says("zhou", f"查 {number}")
    assert village.letters == []


def test_a_member_of_staff_whom_nothing_reaches_is_a_task_for_the_admin(village: Village) -> None:
    village.postbox.trouble = to("li", Outcome("refused", 81013, "outside the visible range"))
    village.says("zhang", LAMP)
    assert ["李守田（li）收不到企业微信消息" in str(x) for x in village.hears("zhao")] == [True]


def test_an_unreachable_discipline_post_is_told_once(village: Village) -> None:
    village.postbox.trouble = to("zhou", Outcome("refused", 81013, "outside the visible range"))
    village.says("zhang", "举报石墙村村主任贪污低保款")
    assert ["周明（zhou）收不到企业微信消息" in str(x) for x in village.hears("zhao")] == [True]
    assert village.letters == []


def test_what_could_not_be_told_is_told_with_the_next_word(village: Village) -> None:
    village.says("zhang", LAMP)
    village.postbox.trouble = to("zhang", HELD)
    village.says("li", "回复 1001 明天上午修")
    village.postbox.trouble = lambda _: None
    assert "李守田说：明天上午修" in village.says("zhang", "谢谢")
    assert "李守田说" not in village.says("zhang", "谢谢")


def test_what_could_not_be_told_by_day_is_not_told_at_night(village: Village) -> None:
    """The service was down when the morning came, and is there again at one in the night."""
    village.advance(timedelta(hours=13))  # ten in the evening
    village.says("zhang", LAMP)
    village.pass_unwatched(timedelta(hours=27))
    assert village.hears("li") == []
    village.advance(timedelta(hours=7))
    told = village.hears("li")
    assert told
    assert {f"{letter.at:%m-%d %H:%M}" for letter in told} == {"03-04 07:30"}


def test_danger_is_told_at_any_hour_however_late(village: Village) -> None:
    village.advance(timedelta(hours=13))
    village.postbox.trouble = to("li", BUSY)
    village.says("zhang", "石墙村三组有人掉进河里了")
    village.postbox.trouble = lambda _: None
    village.wall += timedelta(hours=2)
    village.change(once_more)
    village.sweep()
    assert ["03-03 00:00" in str(letter) for letter in village.hears("li")][:1] == [True]


@pytest.mark.parametrize("late", [timedelta(minutes=10), timedelta(seconds=10)])
def test_a_reminder_of_what_has_been_done_since_is_not_sent(
    village: Village, late: timedelta
) -> None:
    village.says("zhang", LAMP)
    village.says("li", "接单 1001")
    village.hears("li")
    village.postbox.trouble = to("li", BUSY)
    village.advance(timedelta(days=2) + late)  # a day before the answer is due
    village.says("li", "回复 1001 明天上午修")
    village.postbox.trouble = lambda _: None
    village.change(once_more)
    village.deliver()
    assert village.hears("li") == []
    (letter,) = village.rows("SELECT key, state FROM outbox WHERE key LIKE '%:reminded:li'")
    assert letter.state == "overtaken"


def test_a_reminder_that_waited_for_their_word_is_not_told_when_it_is_done(
    village: Village,
) -> None:
    village.says("zhang", LAMP)
    village.says("li", "接单 1001")
    village.hears("li")
    village.postbox.trouble = to("li", HELD)
    village.advance(timedelta(days=2, minutes=10))  # a day before the answer is due
    (letter,) = village.rows("SELECT key, state FROM outbox WHERE key LIKE '%:reminded:li'")
    assert letter.state == "held"
    assert "【提醒】" not in village.says("sun", "待办")
    village.says("wang", "回复 1001 明天上午修")
    assert "【提醒】" not in village.says("li", "待办")
    (letter,) = village.rows("SELECT key, state FROM outbox WHERE key LIKE '%:reminded:li'")
    assert letter.state == "overtaken"


def test_what_need_not_be_told_any_more_is_not_shown_as_waiting(village: Village) -> None:
    village.says("zhang", LAMP)
    village.postbox.trouble = to("zhang", HELD)
    village.says("li", "回复 1001 明天上午修")
    assert "告知群众" in village.says("li", "查 1001")
    village.change(
        lambda session, _: session.execute(
            sa.text("UPDATE outbox SET state = 'overtaken' WHERE state = 'held'")
        )
    )
    assert "告知群众" not in village.says("li", "查 1001")


def test_who_was_phoned_has_learned_it_and_the_task_is_over(village: Village) -> None:
    village.says("zhang", LAMP)
    village.hears("li")
    village.postbox.trouble = to("zhang", REFUSED)
    village.says("li", "回复 1001 明天上午修")
    (asked,) = village.hears("li")
    assert "告诉了请回复：已电话 1001" in asked.text
    said = village.says("li", "已电话 1001 上午十点，本人接的，说知道了")
    assert said == "已记下，编号 1001 有1条消息是电话告诉的，不再提醒。"
    assert village.says("zhao", "/待办") == "您手上没有待办的事项。"
    shown = village.says("li", "查 1001")
    assert "电话告知：上午十点，本人接的，说知道了" in shown
    assert "电话已送达" in shown
    assert village.says("li", "已电话 1001 又打了一次") == "已记下，编号 1001 打过电话了。"


def test_what_was_told_by_phone_is_not_told_again_with_the_next_word(village: Village) -> None:
    village.says("zhang", LAMP)
    village.postbox.trouble = to("zhang", HELD)
    village.says("li", "回复 1001 明天上午修")
    assert "有1条消息" in village.says("li", "已电话 1001 他儿子接的，转告")
    village.postbox.trouble = lambda _: None
    assert "李守田说" not in village.says("zhang", "谢谢")
    village.advance(timedelta(days=2))
    assert not [letter for letter in village.hears("li") if "请打电话" in letter.text]


def test_what_does_not_matter_waits_for_the_next_word_all_the_same(village: Village) -> None:
    village.says("zhang", LAMP)
    village.postbox.trouble = to("zhang", HELD)
    village.says("li", "转 1001 水务站 水管归他们管")
    assert village.says("shuiwu", "已电话 1001 说了换人办") == "已记下，编号 1001 打过电话了。"
    village.postbox.trouble = lambda _: None
    assert "水务站" in village.says("zhang", "谢谢")


def test_whose_case_it_is_not_phones_nobody(village: Village) -> None:
    village.says("zhang", LAMP)
    assert "编号 1001" in village.says("sun", "已电话 1001 说知道了")
    assert village.rows("SELECT 1 FROM case_event WHERE kind = 'phoned'") == []


def phones_told(village: Village, who: str) -> list[str]:
    """The number that stands in each notice to somebody, in the order in which they went out."""
    told: list[str] = []

    def listen(message: Outgoing) -> Outcome | None:
        if message.recipient == who:
            told.append(message.notice["phone"])
        return None

    village.postbox.trouble = listen
    return told


def without_phone(session: WriteSession, begun: Moment) -> None:
    """李守田 has told nobody his number."""
    person = {"name": "李守田", "userid": "li", "posts": ["shiqiang-g3"]}
    put(session, "staff", "li", person, source="file", by="test", now=begun.now)


ON_DUTY = "13800000002"


def test_a_notice_names_the_phone_of_who_answers(village: Village) -> None:
    village.says("zhang", LAMP)
    told = phones_told(village, "zhang")
    village.says("li", "回复 1001 明天上午修")
    assert told == ["13800000008"]


def test_a_notice_names_the_phone_on_duty_where_no_other_is_known(village: Village) -> None:
    village.says("zhang", LAMP)
    village.change(without_phone)
    told = phones_told(village, "zhang")
    village.says("li", "回复 1001 明天上午修")
    assert told == [ON_DUTY]


def test_a_notice_of_a_report_names_nobody_but_who_is_on_duty(village: Village) -> None:
    (number,) = re.findall(r"\d{8}", village.says("zhang", "举报石墙村村主任贪污低保款"))[:1]
    told = phones_told(village, "zhang")
    village.says("zhou", f"回复 {number} 已收到，正在核实")
    assert told == [ON_DUTY]
