"""More than ten new matters a day, or twenty messages a minute: all kept, gathered, no flood."""

from __future__ import annotations

from datetime import timedelta

from tests.village import Village

TOPICS = (
    "路灯坏了", "自来水停了", "垃圾没人收", "井盖不见了", "水渠堵了", "停电了",
    "路面塌了个坑", "公厕太脏", "有人乱搭棚子占道", "养猪场臭得很", "噪音太大睡不着", "下水道堵了",
)  # fmt: skip


def opened(village: Village) -> int:
    return int(village.rows("SELECT count(*) FROM cases")[0][0])


def test_from_the_eleventh_on_a_day_they_are_gathered_in_one(village: Village) -> None:
    replies = []
    for topic in TOPICS:
        replies.append(village.says("zhang", f"柳河村一组{topic}"))
        village.wall += timedelta(minutes=2)
        village.advance(timedelta(minutes=11))
    assert opened(village) == 10
    assert replies[-1] == replies[-2] == "您的话都记下了，今天说的都并在编号 1010 里一起办。"
    history = village.rows("SELECT text FROM case_event WHERE kind = 'gather' ORDER BY id")
    assert [row[0] for row in history] == [f"柳河村一组{topic}" for topic in TOPICS[10:]]
    assert not [letter for letter in village.letters if TOPICS[-1] in letter.text]


def test_the_next_day_is_another_day(village: Village) -> None:
    for topic in TOPICS[:11]:
        village.says("zhang", f"柳河村一组{topic}")
        village.wall += timedelta(minutes=2)
        village.advance(timedelta(minutes=11))
    village.advance(timedelta(days=1))
    assert "编号 1011" in village.says("zhang", "柳河村一组下水道又堵了")


def test_danger_is_never_gathered(village: Village) -> None:
    for topic in TOPICS[:11]:
        village.says("zhang", f"柳河村一组{topic}")
        village.wall += timedelta(minutes=2)
        village.advance(timedelta(minutes=11))
    reply = village.says("zhang", "柳河村一组着火了快来人")
    assert reply.startswith("有危险请先离开，马上打：火警119")
    assert opened(village) == 11


def test_twenty_messages_a_minute_get_one_more_answer_and_no_flood(village: Village) -> None:
    village.says("zhang", "石墙村三组路灯坏了")
    village.hears("li")
    replies = [village.says("zhang", f"快来修啊{'快' * turn}") for turn in range(1, 41)]
    assert opened(village) == 1
    assert sum(bool(reply) for reply in replies) <= 21
    assert len(village.hears("li")) <= 20
    kept = village.rows("SELECT count(*) FROM case_event WHERE kind IN ('gather', 'supplement')")
    assert kept[0][0] == 40
