"""What villagers write: ordinary matters, questions, what presses, danger, reports about a person."""

from __future__ import annotations

from random import Random
from typing import Final

from bench.sentences import MATTERS

ASKED: Final = (
    "请问低保要什么条件才能申请？",
    "想问一下合作医疗今年交多少钱，怎么交？",
    "养老保险断交了两年，还能不能补交？",
    "孩子上小学要带哪些材料去报名？",
)
PRESSING: Final = (
    "的自来水管爆了，水一直往外冲，全组都停水了，马上来人！",
    "停电了，家里有病人用着氧气机，请马上派人来！",
)
DANGER: Final = (
    "有人掉进河里了，快来救人！",
    "房子着火了，里面还有老人！",
)
REPORTED: Final = (
    "举报村干部截留低保钱，给自己亲戚办低保。",
    "我要举报村书记收了修路老板的钱。",
)
SHARES: Final = (
    (MATTERS, 84.0),
    (ASKED, 8.0),
    (PRESSING, 6.0),
    (DANGER, 0.7),
    (REPORTED, 1.3),
)
NOW: Final = (
    "匿名反映：",
    "",
)


def something(rng: Random, place: str) -> str:
    """A new matter at a place."""
    sort, _ = rng.choices(SHARES, [weight for _, weight in SHARES])[0]
    said = rng.choice(sort)
    begins = NOW[0] if sort is MATTERS and rng.random() < 0.01 else ""
    return said if sort is ASKED else f"{begins}{place}{said}"
