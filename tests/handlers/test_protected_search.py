"""A report about a person is searched for by every means, as each lower role.

Two villages hear the same words; in one of them there is a report besides. Nobody below the
discipline post can tell the two apart: not by a list, a count, a number, a hint, an error, or by
how much work an answer takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import metrics
from handlers import dispatch
from handlers.message import Incoming
from storage.database import Moment
from storage.session import WriteSession
from tests.village import MONDAY, Village, copy

REPORT = "举报石墙村三组李守田贪污低保款，他还打人"
LOWER = ("li", "wang", "zhao", "gao", "shuiwu", "huang", "bai")
GUESSES = (
    "查 {}", "接单 {}", "回复 {} 明天修", "问 {} 在哪里", "上报 {} 没钱", "转 {} 水务站 归他们管",
    "延期 {} 3天 等配件", "办结 {} 已换新灯", "/派 {} 水务站", "/督办 {}", "/退回 {} 继续办",
    "/重开 {} 再修", "/回避 {} 李守田 亲戚", "/依法删除 {} 申请", "/并案 1001 {}", "/并案 {} 1001",
    "/时限 {}", "/审计 {}", "/批量 {}", "接单 1001 {}", "/督办 1001 {} 快点", "/派 {} 1001 水务站",
    "{} 接单", "#{}", "把{}转给水务站", "话术 {}", "联办 {}", "/吹哨 {} 水务站", "报到 {}", "推荐 {}",
    "/答案 收 {}", "已电话 {} 本人知道了", "公示 {}", "回复 同{} 已修好",
    "进展 {} 在办", "接手 {} 材料=身份证", "/会诊 {} 水务站 日子=3月5日 议题=查账", "/共性 1001 {}", "/挂账 {} 5月1日 等钱",
    "/销号 {}", "/回访 {} 满意", "更正 {} 路灯", "记 {} 议账", "为什么 {}", "问 同{} 在哪里", "/批量 撤销 {}",
)  # fmt: skip
SEARCHES = (
    "待办", "/待办", "查", "查 它", "接单", "/统计", "/统计 7", "/审计", "/审计 周明", "/审计 登记",
    "/审计 回复", "/审计 李守田", "/审计 校验", "/批量", "/督办 超期", "/督办 李守田", "/督办 石墙村",
    "/督办 周明", "/督办 待接单", "/派 石墙村 水务站", "/时限", "/网格 石墙村", "/人员", "/规则",
    "登记 走访 石墙村三组路灯不亮", "帮助", "/公告", "取消", "话术", "联办", "/答案", "/统计 三率 30",
    "公示", "联办 评分", "/日历", "/挂牌", "值班", "/规则 试 李守田打人", "/答案 试 李守田打人",
    "登记 会议\n石墙村三组路灯坏了\n石墙村三组李守田贪污低保款", "/督办 红牌", "/督办 紧急件",
)  # fmt: skip


class Pair:
    """The same village twice, once with a report."""

    def __init__(self, plain: Village, other: Village) -> None:
        self.plain, self.other = plain, other
        for village in (plain, other):
            village.says("wangbo", "石墙村三组路灯坏了")
        other.says("zhang", REPORT)
        self.number = other.rows("SELECT number FROM cases WHERE protected")[0][0]
        other.says("zhou", f"查 {self.number}")
        self.forget()

    def forget(self) -> None:
        for village in (self.plain, self.other):
            village.letters.clear()

    @staticmethod
    def letters(village: Village, who: str) -> list[str]:
        return [letter.text for letter in village.letters if letter.to == who]

    def say(self, who: str, text: str) -> tuple[str, str]:
        """The answer in both, without what differs by chance (a query word)."""
        answers = [village.says(who, text) for village in (self.plain, self.other)]
        first, second = (answer.partition("认领")[0] for answer in answers)
        return first, second


@pytest.fixture(scope="module")
def pair(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with pytest.MonkeyPatch.context() as patched:
        plain = Village(copy(founded, tmp_path_factory.mktemp("plain")), patched)
        with pytest.MonkeyPatch.context() as again:
            other = Village(copy(founded, tmp_path_factory.mktemp("other")), again)
            yield Pair(plain, other)
            other.close()
        plain.close()


@pytest.mark.parametrize("who", LOWER)
def test_nothing_shows_in_what_is_asked(pair: Pair, who: str) -> None:
    for text in SEARCHES:
        plain, other = pair.say(who, text)
        assert plain == other, text
        assert str(pair.number) not in other
        assert "贪污" not in other


@pytest.mark.parametrize("who", LOWER)
def test_nothing_shows_in_what_is_guessed(pair: Pair, who: str) -> None:
    """The number is answered as one that was never given, in the same words."""
    for guess in GUESSES:
        plain, other = pair.say(who, guess.format(pair.number))
        assert plain == other, guess
        pair.say(who, "取消")


def test_nobody_is_told(pair: Pair) -> None:
    """Reminders, cards and digests of the days that follow: the same letters in both villages; the
    discipline post's carry the number, and nothing that was said."""
    pair.forget()
    for village in (pair.plain, pair.other):
        village.advance(timedelta(days=12))
    told = {who: (pair.letters(pair.plain, who), pair.letters(pair.other, who)) for who in LOWER}
    assert all(plain == other for plain, other in told.values())
    to_discipline = pair.letters(pair.other, "zhou")
    assert to_discipline
    assert not any("贪污" in text for text in to_discipline)


def test_nothing_shows_in_what_is_measured(pair: Pair) -> None:
    plain, other = (measured(village) for village in (pair.plain, pair.other))
    assert plain == other


def measured(village: Village) -> dict[str, int]:
    """The cases that /metrics counts."""
    return village.ask(lambda session, begun: metrics.counted(village.service, session, begun)[0])


@pytest.mark.parametrize("who", ["stranger", "wangbo"])
@pytest.mark.parametrize(
    "text", ["查{}", "催{}", "认领 {} 青山稻田", "补充{} 一句", "撤回{}", "满意{}"]
)
def test_villagers_cannot_tell(pair: Pair, who: str, text: str) -> None:
    plain, other = pair.say(who, text.format(pair.number))
    assert plain == other


@pytest.mark.parametrize("who", LOWER)
@pytest.mark.parametrize("text", ["查 {}", "接单 {}", "/审计 {}", "/时限 {}"])
def test_the_answer_takes_the_same_way(pair: Pair, who: str, text: str) -> None:
    """As much work as for a number that was never given: not a statement more or less."""
    assert statements(pair.other, who, text.format(pair.number)) == statements(
        pair.other, who, text.format(98_765_432)
    )


def statements(village: Village, who: str, text: str) -> list[str]:
    """The SQL that a word costs, without its values."""
    sent: list[str] = []

    def work(session: WriteSession, begun: Moment) -> None:
        driver: Any = session.connection.connection.driver_connection
        book = village.service.book(session, begun)
        incoming = Incoming("wecom", "corp", who, f"{who}:{text}", "text", MONDAY, text)
        driver.set_trace_callback(sent.append)
        dispatch.handle(session, begun, book, incoming, Anybody())
        driver.set_trace_callback(None)

    village.change(work)
    return [each.partition("(")[0].partition("'")[0][:60] for each in sent]


class Anybody:
    def take_answer(self) -> bool:
        return True
