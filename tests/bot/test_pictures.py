"""Pictures from strangers' phones: good ones are kept whatever stands beside them, bombs are not."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from PIL import Image

from bot.pictures import LONGEST_SIDE, MOST_PIXELS, NotOne, painted

ON_ITS_SIDE = 6


def saved(picture: Image.Image, form: str = "JPEG", **more: object) -> bytes:
    content = BytesIO()
    picture.save(content, form, **more)  # type: ignore[arg-type]
    return content.getvalue()


def beside(tag: int, kind: int, count: int, value: bytes) -> bytes:
    """EXIF that says that the picture lies on its side, and one thing more."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, ON_ITS_SIDE, 0)
    entries += struct.pack("<HHI", tag, kind, count) + value
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", 2) + entries + bytes(44)


@pytest.mark.parametrize(
    "exif",
    [
        beside(0x0102, 6, 3, b"\xe0\xf5\xd3\xcb"),  # cannot be packed again …
        beside(0x011A, 2, 4, b"\xae\x7a\xfe\x40"),  # … nor this text as a fraction …
        beside(0x010F, 11, 1, b"\x04\x71\xc8\x2f"),  # … nor this number as a text
        b"Exif\0\0II*\0\x08\0",
    ],
)
def test_a_photo_whose_exif_is_broken_is_a_photo(exif: bytes) -> None:
    whole, small = painted(saved(Image.new("RGB", (40, 20), "red"), exif=exif))
    upright = (20, 40) if len(exif) > 20 else (40, 20)
    for content in (whole, small):
        with Image.open(BytesIO(content)) as seen:
            assert seen.size == upright


def test_what_lets_something_through_is_on_white() -> None:
    whole, _ = painted(saved(Image.new("RGBA", (30, 30), (255, 0, 0, 0)), "PNG"))
    with Image.open(BytesIO(whole)) as seen:
        assert seen.getpixel((15, 15)) == (255, 255, 255)


def test_a_small_file_that_is_a_very_large_picture_is_none() -> None:
    """9,900 pixels each way in 12 kB would need a gigabyte."""
    bomb = saved(Image.new("1", (9_900, 9_900)), "PNG")
    assert len(bomb) < 50_000
    with pytest.raises(NotOne, match="too many pixels"):
        painted(bomb)


def test_a_photo_of_a_large_camera_is_taken_as_large_as_it_is_kept() -> None:
    photo = saved(Image.new("L", (8_000, 6_000)))
    assert MOST_PIXELS < 8_000 * 6_000
    with Image.open(BytesIO(painted(photo)[0])) as seen:
        assert seen.size == (LONGEST_SIDE, LONGEST_SIDE * 3 // 4)
