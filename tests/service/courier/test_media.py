"""Pictures, voices and videos: fetched at once and kept with the case."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.courier import ATTEMPTS
from bot.keeping import Keeping
from bot.platform.account import MEDIA_UPLOAD
from bot.platform.api import CUSTOM_SEND, HANG, MEDIA_GET, TencentApi
from handlers.message import Kind
from tests.service.courier.office import LAMP, ZHANG, PostOffice

pytestmark = pytest.mark.anyio


def picture(side: int = 40, **saved: object) -> bytes:
    painted = BytesIO()
    Image.new("RGB", (side, side), "red").save(painted, "JPEG", **saved)
    return painted.getvalue()


def with_place() -> bytes:
    """A photo that says where and on what it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "HUAWEI of 张大娘", 6
    exif[0x8825] = {1: "N", 2: (26.0, 3.0, 0.0)}
    return picture(exif=exif, comment="HUAWEI Mate")


AMR = b"#!AMR\n" + bytes(2000)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(12) + b"\x00\x00\x00\x08mdat"


@pytest.mark.parametrize(
    ("kind", "content", "ending"),
    [("image", picture(), ".jpg"), ("voice", AMR, ".amr"), ("video", MP4, ".mp4")],
)
async def test_what_a_villager_sends_is_kept_and_given_to_the_grid_member(
    office: PostOffice, tencent: TencentApi, kind: Kind, content: bytes, ending: str
) -> None:
    tencent.media["medium-1"] = (content, "text/html", "../../etc/passwd")
    reply = await office.says(ZHANG, "", kind, medium="medium-1")
    assert "编号 1001" in reply
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    assert (row["state"], row["case_number"]) == ("kept", 1001)
    kept = office.media / row["path"]
    assert kept.suffix == ending
    assert kind == "image" or kept.read_bytes() == content
    small = {row["thumbnail"]} - {""}
    files = {str(f.relative_to(office.media)) for f in office.media.rglob("*") if f.is_file()}
    assert files == {row["path"], *small}
    (given,) = [sent for sent in tencent.received if sent.payload["msgtype"] == kind]
    assert given.recipient == await _holder(office)
    await _was_counted(office, given.recipient)
    uploads = [call for call in tencent.calls if call.path == MEDIA_UPLOAD]
    assert [call.query["type"] for call in uploads] == [kind]


async def _was_counted(office: PostOffice, holder: str) -> None:
    """Whatever came to a member of staff stands in the account of the platform's limits."""
    (row,) = office.rows(
        f"SELECT sum(used) AS used FROM sent_count WHERE recipient = '{holder}' AND span = 60"
    )
    came = [sent for sent in office.tencent.received if sent.recipient == holder]
    assert row["used"] == len(came) >= 2


async def _holder(office: PostOffice) -> str:
    (row,) = office.rows("SELECT recipient FROM outbox WHERE task = 'give'")
    return str(row["recipient"])


async def test_a_photo_says_nothing_but_what_is_seen_on_it(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["medium-1"] = (with_place() + b"<script>", "image/jpeg", "")
    await office.says(ZHANG, "", "image", medium="medium-1")
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    for path in (row["path"], row["thumbnail"]):
        content = (office.media / path).read_bytes()
        assert b"HUAWEI" not in content
        assert b"script" not in content
        with Image.open(BytesIO(content)) as opened:
            assert not opened.getexif()


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", b"<html>not a picture"),
        ("image", picture()[:100]),
        ("voice", picture()),
        ("video", AMR),
        ("voice", b"#!AMR" + bytes(2_100_000)),
        ("image", b""),
    ],
)
async def test_what_is_not_what_it_says_is_not_kept(
    office: PostOffice, tencent: TencentApi, kind: Kind, content: bytes
) -> None:
    tencent.media["medium-1"] = (content, "image/jpeg", "photo.jpg")
    assert "编号 1001" in await office.says(ZHANG, "", kind, medium="medium-1")
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    assert row["state"] == "refused"
    assert row["reason"]
    assert not [file for file in office.media.rglob("*") if file.is_file()]


async def test_what_shows_on_a_conclusion_comes_back_to_the_villager(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, LAMP)
    await office.says("li", "接单 1001")
    await office.says("li", "办结 1001 已换新灯")
    tencent.media["after"] = (picture(), "image/jpeg", "")
    await office.says("li", "", "image", medium="after")
    await office.sends()
    (given,) = [
        sent
        for sent in tencent.received
        if sent.payload["msgtype"] == "image" and sent.recipient == ZHANG
    ]
    assert given.path == CUSTOM_SEND


async def test_a_photo_that_takes_too_long_is_put_there_again_and_comes_once(
    office: PostOffice, tencent: TencentApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent, so nothing is used up of what may be."""
    monkeypatch.setattr("bot.channels.api.DOWNLOAD_TIMEOUT", 1.0)
    await office.says(ZHANG, LAMP)
    await office.says("li", "接单 1001")
    await office.says("li", "办结 1001 已换新灯")
    await office.sends()
    tencent.media["after"] = (picture(), "image/jpeg", "")
    tencent.answers(MEDIA_UPLOAD, HANG)
    (before,) = office.rows("SELECT allowed FROM villager")
    await office.says("li", "", "image", medium="after")
    await office.sends()
    assert office.rows("SELECT state, attempts FROM outbox WHERE task = 'give'") == [
        {"state": "pending", "attempts": 1}
    ]
    assert office.rows("SELECT allowed FROM villager") == [before]
    await office.later()
    await office.sends()
    came = [sent for sent in tencent.received if sent.payload["msgtype"] == "image"]
    assert [sent.recipient for sent in came] == [ZHANG]
    assert tencent.counts[MEDIA_UPLOAD] == 2


async def test_of_a_report_no_picture_is_pushed_and_who_may_look_gets_it(
    office: PostOffice, tencent: TencentApi
) -> None:
    await office.says(ZHANG, "举报石墙村村主任贪污低保款")
    tencent.media["proof"] = (picture(), "image/jpeg", "")
    await office.says(ZHANG, "", "image", medium="proof")
    await office.sends()
    assert [sent for sent in tencent.received if sent.payload["msgtype"] == "image"] == []
    (case,) = office.rows("SELECT number FROM cases WHERE protected")
    for person, seen in (("li", 0), ("zhao", 0), ("zhou", 1)):
        await office.says(person, f"查 {case['number']}")
        await office.sends()
        pictures = [sent for sent in tencent.received if sent.payload["msgtype"] == "image"]
        assert len([sent for sent in pictures if sent.recipient == person]) == seen


@pytest.mark.parametrize(
    ("kind", "content"), [("voice", AMR), ("file", b"%PDF-1.7 ..."), ("video", MP4)]
)
async def test_what_staff_send_after_the_end_is_kept_with_the_case(
    office: PostOffice, tencent: TencentApi, kind: Kind, content: bytes
) -> None:
    tencent.media["medium-1"] = (content, "application/octet-stream", "site.bin")
    await office.says(ZHANG, LAMP)
    await office.says("li", "办结 1001 已换新灯")
    assert "已放进编号 1001" in await office.says("li", "", kind, medium="medium-1")
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    assert (row["state"], row["case_number"], row["kind"]) == ("kept", 1001, kind)
    assert "附件：1份" in await office.says("li", "查 1001")
    given = [sent for sent in tencent.received if sent.payload["msgtype"] == kind]
    assert [sent.recipient for sent in given] == ([ZHANG] if kind == "video" else [])


async def test_a_photo_sent_as_a_file_is_a_photo(office: PostOffice, tencent: TencentApi) -> None:
    """And comes back to the villager as one."""
    tencent.media["medium-1"] = (with_place(), "application/octet-stream", "IMG_1.jpg")
    await office.says(ZHANG, LAMP)
    await office.says("li", "办结 1001 已换新灯")
    await office.says("li", "", "file", medium="medium-1")
    await office.sends()
    (row,) = office.rows("SELECT * FROM attachment")
    assert (row["state"], row["kind"], row["format"]) == ("kept", "image", "jpg")
    (given,) = [sent for sent in tencent.received if sent.payload["msgtype"] == "image"]
    assert given.recipient == ZHANG


async def test_media_of_settled_cases_go_when_their_time_is_over(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["medium-1"] = (picture(), "image/jpeg", "")
    await office.says(ZHANG, "", "image", medium="medium-1")
    await office.sends()
    keeping = Keeping(office.database, office.service.shelf, office.media, 1000, 30)
    assert await keeping.tidy() == 0
    await office.change("UPDATE cases SET state = 'settled', settled_at = 0")
    assert await keeping.tidy() == 1
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["removed"]
    assert not [file for file in office.media.rglob("*") if file.is_file()]


async def test_a_full_folder_keeps_what_open_cases_hold_and_says_so(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["medium-1"] = (picture(), "image/jpeg", "")
    await office.says(ZHANG, "", "image", medium="medium-1")
    await office.sends()
    await office.change("UPDATE attachment SET size = 3000000")
    keeping = Keeping(office.database, office.service.shelf, office.media, 1, 1000)
    assert await keeping.tidy() == 0
    assert len(office.rows("SELECT * FROM task WHERE key LIKE 'media:%'")) == 1
    await office.change("UPDATE cases SET state = 'settled', settled_at = 0")
    assert await keeping.tidy() == 1


async def test_a_voice_that_nobody_understood_is_a_case_to_be_listened_to(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["voice-1"] = (AMR, "audio/amr", "voice.amr")
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
    tencent.media["medium-1"] = (picture(), "image/jpeg", "")
    office.media.write_text("a file where the folder should be")
    await office.says(ZHANG, "", "image", medium="medium-1")
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["wanted"]
    office.media.unlink()
    await office.later()
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["kept"]


async def test_a_medium_that_cannot_be_looked_at_is_not_fetched_for_ever(
    office: PostOffice, tencent: TencentApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever goes wrong with it, the attempt counts, and some day it is lost."""

    def fails(kind: str, content: bytes) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr("bot.courier.media.check", fails)
    tencent.media["medium-1"] = (picture(), "image/jpeg", "")
    await office.says(ZHANG, "", "image", medium="medium-1")
    for _ in range(ATTEMPTS):
        await office.sends()
        await office.later()
    assert tencent.counts[MEDIA_GET] == ATTEMPTS
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["lost"]


async def test_a_video_whose_address_is_none_is_lost_and_nothing_else(
    office: PostOffice, tencent: TencentApi
) -> None:
    tencent.media["medium-1"] = (b'{"video_url": "http://[bad/x"}', "application/json", "")
    await office.says(ZHANG, "", "video", medium="medium-1")
    await office.sends()
    assert [row["state"] for row in office.rows("SELECT state FROM attachment")] == ["lost"]
