"""What comes from a stranger's phone, as it is kept."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.media import Unfit, check
from bot.platform.samples import DOCUMENT, PICTURE, VIDEO, VOICE

PLACE = b"+26.0500+119.3100/"


def box(kind: bytes, *inner: bytes) -> bytes:
    content = b"".join(inner)
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def long_box(kind: bytes, content: bytes) -> bytes:
    """With a length of eight bytes."""
    return (1).to_bytes(4, "big") + kind + (16 + len(content)).to_bytes(8, "big") + content


def film(*boxes: bytes) -> bytes:
    return box(b"ftyp", b"isom", bytes(4)) + b"".join(boxes) + box(b"mdat", b"the film")


TELLS = box(b"udta", box(b"\xa9xyz", PLACE))


@pytest.mark.parametrize(
    "content",
    [
        film(box(b"moov", box(b"mvhd", bytes(100)), TELLS)),
        film(box(b"moov", box(b"trak", box(b"tkhd", bytes(84)), TELLS))),
        film(box(b"moov", box(b"trak", box(b"meta", PLACE)))),
        film(box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"meta", PLACE)))))),
        film(box(b"meta", PLACE)),
        film(box(b"uuid", bytes(16), PLACE)),
        film(box(b"free", PLACE)),
        film(long_box(b"uuid", PLACE)),
        film(long_box(b"moov", long_box(b"udta", PLACE))),
        film() + b"\0\0\0\0uuid" + PLACE,  # up to the end
        VIDEO.content.replace(b"+30.6500+104.0600/", PLACE),
    ],
)
def test_a_film_does_not_say_where_it_was_taken(content: bytes) -> None:
    kept = check("video", content).content
    assert PLACE in content
    assert PLACE not in kept
    assert len(kept) == len(content)
    assert (b"the film" in kept) == (b"the film" in content)


def test_what_is_blanked_is_a_box_still_and_the_film_is_as_it_was() -> None:
    header, track = box(b"mvhd", bytes(range(100))), box(b"trak", box(b"tkhd", b"t" * 84))
    told = long_box(b"uuid", PLACE)
    kept = check("video", film(box(b"moov", header, told, track))).content
    assert kept == film(box(b"moov", header, long_box(b"free", bytes(len(PLACE))), track))


def test_boxes_that_never_end_are_gone_through_once() -> None:
    nested = b"".join((800_000 - 8 * n).to_bytes(4, "big") + b"moov" for n in range(100_000))
    content = box(b"ftyp", b"isom", bytes(4)) + nested
    assert check("video", content).content == content


@pytest.mark.parametrize(
    ("content", "kind", "content_type"),
    [
        (DOCUMENT.content, "file", "application/pdf"),
        (PICTURE.content, "image", "image/jpeg"),
        (VIDEO.content, "video", "video/mp4"),
    ],
)
def test_a_file_is_what_it_is(content: bytes, kind: str, content_type: str) -> None:
    found = check("file", content)
    assert (found.kind, found.content_type) == (kind, content_type)


def test_a_photo_sent_as_a_file_is_painted_anew() -> None:
    painted, exif = BytesIO(), Image.Exif()
    exif[0x010F] = "HUAWEI of 张大娘"
    Image.new("RGB", (40, 40), "red").save(painted, "JPEG", exif=exif)
    found = check("file", painted.getvalue())
    assert b"HUAWEI" not in found.content
    assert found.thumbnail


@pytest.mark.parametrize("content", [VOICE.content, b"MZ program", b"\xff\xd8\xff not a picture"])
def test_a_file_that_is_none_is_not_kept(content: bytes) -> None:
    with pytest.raises(Unfit):
        check("file", content)
