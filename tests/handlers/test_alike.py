"""New cases are compared after their commit; each once, whoever comes first."""

from __future__ import annotations

from handlers.timed import alike
from storage import text_keys
from storage.database import Moment
from storage.session import ReadSession
from tests.village import Village


def look(village: Village) -> alike.Found | None:
    def ask(session: ReadSession, begun: Moment) -> alike.Found | None:
        return alike.look(session, begun, village.service.book(session, begun))

    return village.ask(ask)


def keys(village: Village) -> int:
    return int(village.rows("SELECT count(*) FROM text_key")[0][0])


def test_two_processes_tell_the_same_once(village: Village) -> None:
    village.says("zhang", "石墙村三组路灯坏了")
    village.says("wangbo", "石墙村三组路灯不亮")
    first, second = look(village), look(village)
    assert first == second
    assert first is not None
    assert first.alike == {1002: 1001}
    for found in (first, second):
        village.change(lambda s, b, f=found: alike.tell(s, b, village.service.book(s, b), f))
    village.deliver()
    assert len(village.hears("wangbo")) == 1
    assert look(village) is None
    assert village.rows("SELECT case_number, first FROM alike") == [(1002, 1001)]


def test_it_begins_where_it_ended_in_another_process(village: Village) -> None:
    village.says("zhang", "石墙村三组路灯坏了")
    village.compare()
    filed = keys(village)
    assert filed > 0
    village.restart()
    village.says("wangbo", "石墙村三组路灯不亮")
    found = look(village)
    assert found is not None
    assert found.alike == {1002: 1001}
    assert found.since == 1001


def test_what_is_closed_is_nobodys_like_and_leaves_the_index(village: Village) -> None:
    village.says("zhang", "石墙村三组路灯坏了")
    village.says("zhang", "柳河村一组自来水停了")
    village.compare()
    open_only = keys(village)
    village.says("zhang", "撤回1001")
    village.says("wangbo", "石墙村三组路灯不亮")
    village.compare()
    assert not village.hears("wangbo")
    after: int | None = 0
    while after is not None:
        after = village.change(lambda s, _, a=after: text_keys.forget_closed(s, a, 1))
    left = {number for (number,) in village.rows("SELECT DISTINCT case_number FROM text_key")}
    assert left == {1002, 1003}
    assert 0 < keys(village) <= open_only


def test_a_long_day_is_compared_slice_by_slice(village: Village) -> None:
    people = 5 * alike.SLICE + 3
    for person in range(people):
        village.says(f"villager{person}", "石墙村三组自来水停了，没水做饭")
    village.compare()
    village.deliver()
    groups = village.rows("SELECT first, count(*) FROM alike GROUP BY first")
    assert groups == [(1001, people - 1)]
    told = [each for each in village.hears("zhao") if "共性问题" in each.text]
    assert len(told) == 4  # 3, 5, 10, 20 people
