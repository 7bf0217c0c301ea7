"""Channels that are not set up: nothing is lost there, and somebody hears of it."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from bot.app import create
from bot.channels import off
from bot.channels.robot.send import RobotSender
from bot.channels.sending import FetchFailed
from bot.settings import Settings
from handlers.message import Channel, Outgoing
from storage.database import Database

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("demo", [True, False])
async def test_each_channel_has_a_way_out_whatever_is_set_up(demo: bool, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    settings = Settings(
        _env_file=None, database_url=url, demo=demo, host="127.0.0.1", media_dir=tmp_path
    )
    database = Database(url)
    courier = create(settings, database).state.courier
    assert {name for name, account in courier.senders if not account} == set(get_args(Channel))
    for sender in courier.senders.values():
        await sender.aclose()
    database.close()


async def test_a_letter_waits_and_the_operator_is_told() -> None:
    for channel in off.channels():
        outcome = await channel.sender.send(Outgoing(channel.name, "", "li", "k1", "您好"))
        assert (outcome.state, outcome.operator, outcome.asked) == ("limited", True, False)
        assert channel.name in outcome.reason
        with pytest.raises(FetchFailed):
            await channel.sender.fetch("M1")


def test_it_is_as_patient_as_the_channel_itself() -> None:
    (robot,) = [each for each in off.channels() if each.name == "robot"]
    can, could = robot.sender.capabilities, RobotSender.capabilities
    assert (can.patience, can.answers) == (could.patience, could.answers)
    assert can.limits == ()
