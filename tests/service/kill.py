"""kill -9 under load, again and again, while the platforms deliver again as they do.

    python -m tests.service.kill --kills 50

prints one JSON line. Eight villagers at a time say one sentence each; 李网格 takes the half of the
cases and answers. Each message is tried three times, as Tencent does, only sooner. At the end the
service is started once more, and what it holds is compared with what the clients were told and
with what reached the platforms.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import ClientDisconnect

from bot.platform.api import Sent, TencentApi
from bot.platform.serving import serve
from bot.platform.tencent import TIMEOUT, TRIES, Answer, Delivery, Platform
from tests.service.running import NUMBER, Xiaoge, number_in, running, wait_for

CLIENTS = 8
GAP = 2.0  # seconds between two tries; Tencent takes five
LIFE = (0.05, 0.9)  # seconds that the service is given before it is killed again
ANSWER_TAKES = 0.01  # seconds from what a platform did to its answer: a kill may fall in between
NEAR = 1.0  # seconds between a notice's arrival and the kill, before or after: not written down yet
LEASE = 20.0  # seconds after which a dead process's letters are free
WORDS = "电工明天上午到，约好九点"


class Stamped(list[Sent]):
    """What arrived at the platforms, and when."""

    def __init__(self) -> None:
        super().__init__()
        self.at: list[float] = []

    def append(self, sent: Sent) -> None:
        self.at.append(time.monotonic())
        super().append(sent)


@dataclass
class Said:
    """One message and what its sender was told."""

    sender: str
    about: int = 0  # the case that a member of staff speaks of
    answer: Answer | None = None
    tries: int = 0

    @property
    def acknowledged(self) -> bool:
        return self.answer is not None


@dataclass
class Report:
    """What came out. All but the counts of what happened must be 0; `notices_twice` may not be."""

    name: str = "kill"
    kills: int = 0
    messages: int = 0
    acknowledged: int = 0
    tried_again: int = 0
    given_up: int = 0
    cases: int = 0
    notices: int = 0
    notices_twice: int = 0
    notices_twice_to_villagers: int = 0  # 企业微信 drops the repetitions, 公众号 does not
    notices_twice_unexplained: int = 0  # no kill fell when the first arrived
    longest_unmarked: float = 0.0  # seconds between the arrival of such a notice and the kill
    notices_lost: int = 0
    replies_twice: int = 0
    acknowledged_without_case: int = 0
    wrong_number: int = 0
    cases_twice: int = 0
    words_of_staff_lost: int = 0
    words_of_staff_twice: int = 0
    letters_left: int = 0
    database_broken: int = 0
    seconds: float = 0.0


MUST_BE_ZERO = (
    "notices_twice_unexplained",
    "notices_lost",
    "replies_twice",
    "acknowledged_without_case",
    "wrong_number",
    "cases_twice",
    "words_of_staff_lost",
    "words_of_staff_twice",
    "letters_left",
    "database_broken",
)


@dataclass
class Load:
    """Villagers and 李网格, for as long as the service lives or comes back."""

    xiaoge: Xiaoge
    filed: list[Said] = field(default_factory=list)
    taken: list[Said] = field(default_factory=list)
    answered: list[Said] = field(default_factory=list)
    up: asyncio.Event = field(default_factory=asyncio.Event)
    over: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.wechat = self.xiaoge.wechat
        self.wecom = self.xiaoge.wecom

    async def client(self) -> None:
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(trust_env=False, timeout=TIMEOUT, limits=limits) as http:
            while not self.over:
                await self.up.wait()
                await self.one(http, next(self.numbers))

    async def one(self, http: httpx.AsyncClient, index: int) -> None:
        """A villager's sentence, and for every second case what is done about it."""
        villager = Said(f"oVillager-{index}")
        self.filed.append(villager)
        words = f"石墙村三组第{index}户门口的路灯坏了"
        await self.insist(http, self.wechat, self.wechat.text(villager.sender, words), villager)
        number = number_in(villager.answer.reply) if villager.answer else None
        if number is None or index % 2:
            return
        for said, line in (
            (self.taken, f"接单 {number}"),
            (self.answered, f"回复 {number} {WORDS}"),
        ):
            staff = Said("li", number)
            said.append(staff)
            await self.insist(http, self.wecom, self.wecom.text("li", line), staff)

    async def insist(
        self, http: httpx.AsyncClient, platform: Platform, delivery: Delivery, said: Said
    ) -> None:
        for _ in range(TRIES):
            said.tries += 1
            try:
                answer = await platform.apost(http, delivery)
            except httpx.HTTPError:
                answer = None
            if answer is not None and answer.status == 200:
                said.answer = answer
                return
            await asyncio.sleep(GAP)


async def torture(xiaoge: Xiaoge, kills: int, chance: random.Random) -> tuple[Load, list[float]]:
    """The load, and when the service was killed."""
    load, killed = Load(xiaoge), []
    clients = [asyncio.create_task(load.client()) for _ in range(CLIENTS)]
    for _ in range(kills):
        load.up.set()
        await asyncio.sleep(chance.uniform(*LIFE))
        load.up.clear()
        killed.append(time.monotonic())
        xiaoge.kill()
        await asyncio.to_thread(xiaoge.start)
    load.over = True
    load.up.set()
    await asyncio.gather(*clients)
    return load, killed


def judge(xiaoge: Xiaoge, load: Load, arrived: Stamped, killed: list[float]) -> Report:
    """Compare what people were told, what is stored, and what reached the platforms."""
    everything = [*load.filed, *load.taken, *load.answered]
    report = Report(
        kills=len(killed),
        messages=len(everything),
        acknowledged=sum(said.acknowledged for said in everything),
        tried_again=sum(said.tries > 1 for said in everything),
        given_up=sum(not said.acknowledged for said in everything),
    )
    cases = _cases(xiaoge)
    report.cases = sum(map(len, cases.values()))
    report.cases_twice = sum(len(numbers) > 1 for numbers in cases.values())
    for said in load.filed:
        if said.answer is None:
            continue
        own = cases.get(said.sender, [])
        report.acknowledged_without_case += not own
        number = number_in(said.answer.reply)
        report.wrong_number += number is not None and own != [number]
        report.replies_twice += number is not None and any(
            sent.recipient == said.sender and "记下了" in sent.text for sent in arrived
        )
    _staff(xiaoge, load, report)
    _notices(cases, load, arrived, killed, report)
    report.letters_left = _pending(xiaoge)
    report.database_broken = int(xiaoge.value("PRAGMA integrity_check") != "ok")
    return report


def _cases(xiaoge: Xiaoge) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in xiaoge.rows(
        "SELECT openid, number FROM cases JOIN villager ON villager.id = cases.villager"
    ):
        found.setdefault(row["openid"], []).append(row["number"])
    return found


def _staff(xiaoge: Xiaoge, load: Load, report: Report) -> None:
    for kind, all_said in (("accept", load.taken), ("reply", load.answered)):
        done = Counter(
            row["case_number"]
            for row in xiaoge.rows("SELECT case_number FROM case_event WHERE kind = ?", kind)
        )
        report.words_of_staff_twice += sum(count > 1 for count in done.values())
        report.words_of_staff_lost += sum(
            said.acknowledged and done[said.about] == 0 for said in all_said
        )


def _notices(
    cases: dict[str, list[int]],
    load: Load,
    arrived: Stamped,
    killed: list[float],
    report: Report,
) -> None:
    """Each case was told to 李网格, each answer to the villager; twice only around a kill."""
    times: dict[tuple[str, str], list[float]] = {}
    for sent, at in zip(arrived, arrived.at, strict=True):
        times.setdefault((sent.recipient, sent.text), []).append(at)
    report.notices = len(times)
    for (person, _), ats in times.items():
        for first in ats[:-1]:
            report.notices_twice += 1
            report.notices_twice_to_villagers += person.startswith("o")
            away = [abs(kill - first) for kill in killed if abs(kill - first) <= NEAR]
            report.notices_twice_unexplained += not away
            report.longest_unmarked = max(report.longest_unmarked, min(away, default=0.0))
    told = {  # several that wait for one person come as one message
        int(number)
        for person, text in times
        if person == "li" and "【新事项" in text
        for number in NUMBER.findall(text)
    }
    report.notices_lost += sum(
        number not in told for numbers in cases.values() for number in numbers
    )
    heard = {number_in(text) for person, text in times if WORDS in text and person != "li"}
    report.notices_lost += sum(
        said.acknowledged and said.about not in heard for said in load.answered
    )


def _pending(xiaoge: Xiaoge) -> int:
    return int(xiaoge.value("SELECT count(*) FROM outbox WHERE state = 'pending'"))


def run(folder: Path, kills: int, seed: int) -> Report:
    begun = time.monotonic()
    arrived = Stamped()
    tencent = TencentApi(received=arrived)
    with serve(slowly(tencent.app)) as url, running(folder, url) as xiaoge:
        load, killed = asyncio.run(torture(xiaoge, kills, random.Random(seed)))  # noqa: S311
        # a member gets so many messages a minute, and what a killed process had claimed counts
        wait_for(lambda: _pending(xiaoge) == 0, LEASE + 150, "letters are left")
        report = judge(xiaoge, load, arrived, killed)
    report.longest_unmarked = round(report.longest_unmarked, 3)
    report.seconds = round(time.monotonic() - begun, 1)
    return report


def slowly(app: Any) -> Any:
    """A platform whose answer takes a moment after it has done what was asked."""

    async def delayed(scope: Any, receive: Any, send: Any) -> None:
        async def later(message: Any) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(ANSWER_TAKES)
            await send(message)

        with suppress(ClientDisconnect):  # the caller was killed while it spoke
            await app(scope, receive, later)

    return delayed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1023)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), given.kills, given.seed)
    print(json.dumps(asdict(report)))
    raise SystemExit(any(getattr(report, name) for name in MUST_BE_ZERO))


if __name__ == "__main__":
    main()
