"""公示 by the method: in how many forms, for how long, by when; and what is prepared for the wall."""

from __future__ import annotations

from datetime import timedelta

from tests.handlers.test_steps import own, told
from tests.village import Village

DAY = timedelta(days=1)
PUBLISH = '[[clock]]\nname = "publish"\ndue = "2d"\nsteps = [{ at = "0", do = "remind", to = ["handler"] }]'


def settled(village: Village, who: str = "zhang", text: str = "石墙村三组路灯坏了") -> None:
    number = 1001 if who == "zhang" else 1002
    village.says(who, text)
    village.says("li", f"办结 {number} 已换新灯")
    village.says(who, f"满意 {number}")
    village.letters.clear()


def test_what_is_to_be_public_is_a_list_without_people(village: Village) -> None:
    assert village.says("li", "公示") == "没有等着公示的事项。"
    settled(village)
    village.says("qian_a", "我要举报石墙村会计挪用低保款")
    said = village.says("li", "公示")
    assert "该公示的1件" in said
    assert "1001 诉求·路灯，石墙村三组，石墙村三组网格员办，3月2日（周一）09:00办结，满意" in said
    assert "坏了" not in said
    assert village.says("huang", "公示") == "没有等着公示的事项。"  # another village's
    village.says("li", "公示 1001")
    assert village.says("li", "公示") == "没有等着公示的事项。"


def test_the_months_list_holds_what_is_not_yet_public(village: Village) -> None:
    settled(village)
    village.advance(timedelta(minutes=1))  # from now on the service knows when the month ends
    village.advance(30 * DAY)
    (letter,) = [text for text in told(village, "wang") if "【晒账】" in text]
    assert "共1件" in letter
    assert "1001 诉求·路灯，石墙村三组" in letter


def test_it_is_public_when_it_is_so_in_as_many_forms_as_are_wanted(village: Village) -> None:
    own(village, "", "[publication]\nrequired = true\nforms = 2")
    settled(village)
    assert "还差1种形式" in village.says("li", "公示 1001 公示栏")
    assert "还差1种形式" in village.says("li", "公示 1001 公示栏")  # the same is no second
    assert "已公示。" in village.says("li", "公示 1001 微信群")


def test_it_is_struck_off_after_its_days_on_the_wall(village: Village) -> None:
    method = own(village, "", '[publication]\nrequired = true\ndays = "5d"')
    assert str(method.publication.days) == "5天"
    settled(village)
    assert "还没有公示" in village.says("wang", "/销号 1001")
    village.says("li", "公示 1001")
    assert "公示还没满5天" in village.says("wang", "/销号 1001")
    village.advance(5 * DAY)
    assert "已销号" in village.says("wang", "/销号 1001")


def test_the_time_to_make_it_public_begins_when_it_is_settled(village: Village) -> None:
    own(village, PUBLISH)
    settled(village)
    settled(village, "zhang_b", "石墙村三组水管漏水")
    village.says("li", "公示 1002")
    village.advance(3 * DAY)
    assert [text[:11] for text in told(village, "li")] == ["03-04 09:00"]
    village.says("li", "公示 1001")
    village.advance(9 * DAY)
    assert told(village, "li") == []


def test_a_matter_taken_up_again_has_to_be_made_public_again(village: Village) -> None:
    settled(village)
    village.says("li", "公示 1001")
    village.says("wang", "/重开 1001 灯又灭了")
    village.says("li", "办结 1001 又换了")
    village.says("zhang", "满意 1001")
    assert "该公示的1件" in village.says("li", "公示")
