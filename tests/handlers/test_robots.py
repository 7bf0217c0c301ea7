"""What robots say in the groups of villages and offices, and what they never say."""

from __future__ import annotations

from datetime import timedelta

from storage import town
from storage.database import Moment
from storage.session import WriteSession
from tests.village import Letter, Village

DAY = timedelta(days=1)
GROUP = "qun"


def robot(village: Village, unit: str, **lists: str) -> None:
    """A group of this unit has a robot."""
    row = {"name": "群", "key": "a-key-of-a-robot", "unit": unit, "lists": lists}

    def write(session: WriteSession, begun: Moment) -> None:
        town.put(session, "robot", GROUP, row, source="file", by="cli", now=begun.now)

    village.change(write)


def said(village: Village, days: int = 1) -> list[Letter]:
    village.letters.clear()
    village.advance(days * DAY)
    return village.hears(GROUP)


def test_the_days_list_of_a_village(village: Village) -> None:
    robot(village, "shiqiang", daily="每个工作日 08:30")
    village.says("zhang", "石墙村三组李家院子门口路灯坏了，我电话13812345678")
    village.says("sun", "柳河村二组水管爆了")  # another village's
    (morning,) = said(village)
    assert str(morning) == (
        "03-03 08:30 【今日清单】石墙村\n"
        "待接单1件：\n"
        "1001 诉求·路灯 石墙村三组网格员 待接单，还有2天"
    )


def test_a_groups_list_names_nobody_and_repeats_nobody(village: Village) -> None:
    robot(village, "anhe", daily="每天 08:30", overdue="每天 16:00", cards="每天 16:30")
    village.says("zhang", "我叫张秀英，石墙村三组李家院子门口路灯坏了，电话13812345678")
    village.says("zhang", "我要举报石墙村村主任贪污低保款")
    village.says("liu", "匿名")
    village.says("liu", "石墙村三组王家打老婆，天天打")
    texts = "\n".join(str(letter) for letter in said(village, 40))
    for name in ("今日清单", "超期清单", "挂牌清单"):
        assert f"【{name}】安和县" in texts
    protected = village.rows("SELECT number FROM cases WHERE protected")[0][0]
    for secret in (
        "张秀英",
        "13812345678",
        "李家院子",
        "打老婆",
        "家庭暴力",
        "贪污",
        "举报",
        "李守田",
        str(protected),
    ):
        assert secret not in texts, secret


def test_nothing_to_say_is_not_said(village: Village) -> None:
    robot(village, "shiqiang", daily="每天 08:30", overdue="每天 16:00", cards="每天 16:30")
    assert said(village, 2) == []


def test_a_department_s_group_hears_of_what_lies_with_the_department(village: Village) -> None:
    robot(village, "shuiwu", daily="每天 08:30")
    village.says("zhang", "石墙村三组自来水水压小")
    village.says("li", "转 1001 水务站 水管归他们管")
    village.says("sun", "石墙村一组路灯坏了")
    (morning,) = said(village)
    assert morning.text.startswith("【今日清单】水务站\n待接单1件：\n1001 诉求·")
    assert "1002" not in morning.text


def test_a_long_list_is_one_message_and_says_what_is_left_out(village: Village) -> None:
    robot(village, "qingshi", daily="每天 08:30")
    for number in range(14):
        village.says(f"villager{number}", "石墙村三组路灯坏了")
    (morning,) = said(village)
    assert "待接单14件" in morning.text
    assert "还有4件没列出。" in morning.text
    assert len(morning.text.encode()) <= 2048


def test_a_list_that_was_missed_is_not_said_at_night(village: Village) -> None:
    robot(village, "shiqiang", daily="每天 08:30")
    village.says("zhang", "石墙村三组路灯坏了")
    village.letters.clear()
    village.advance(timedelta(hours=1))
    village.pass_unwatched(timedelta(hours=36))
    village.advance(timedelta(minutes=1))
    assert village.hears(GROUP) == []
