"""Pictures, voices and videos: fetched at once and kept with the case."""

from __future__ import annotations

import pytest

from bot.platform.api import TencentApi
from handlers.message import Kind
from tests.service.courier.office import ZHANG, PostOffice

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("kind", "content_type", "ending"),
    [
        ("image", "image/jpeg", ".jpg"),
        ("voice", "audio/amr", ".amr"),
        ("video", "video/mp4", ".mp4"),
    ],
)
async def test_what_a_villager_sends_is_fetched_and_kept_with_the_case(
    office: PostOffice, tencent: TencentApi, kind: Kind, content_type: str, ending: str
) -> None:
    content = bytes(range(256)) * 300
    tencent.media["medium-1"] = (content, content_type, "../../etc/passwd")
    reply = await office.says(ZHANG, "", kind, medium="medium-1")
    assert "编号 1001" in reply
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    assert (row["state"], row["case_number"], row["size"]) == ("kept", 1001, len(content))
    kept = office.media / row["path"]
    assert kept.read_bytes() == content
    assert kept.suffix == ending
    assert [file for file in office.media.rglob("*") if file.is_file()] == [kept]


async def test_a_voice_that_nobody_understood_is_a_case_to_be_listened_to(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["voice-1"] = (b"#!AMR", "audio/amr", "voice.amr")
    assert "编号 1001" in await office.says(ZHANG, "", "voice", medium="voice-1")
    (case,) = office.rows("SELECT text FROM cases")
    assert case["text"] == "（语音，待听）"


async def test_a_medium_that_the_platform_has_forgotten_is_lost_and_nothing_else(
    office: PostOffice, tencent: TencentApi
) -> None:
    assert "编号 1001" in await office.says(ZHANG, "", "image", medium="forgotten")
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["lost"]


async def test_a_medium_is_fetched_again_when_it_could_not_be_written(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["medium-1"] = (b"picture", "image/jpeg", "")
    office.media.write_text("a file where the folder should be")
    await office.says(ZHANG, "", "image", medium="medium-1")
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["wanted"]
    office.media.unlink()
    await office.later()
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["kept"]
