"""The smallest real photo, voice, video and document, for whoever sends one."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    content: bytes
    content_type: str
    ending: str


def _box(kind: bytes, *inner: bytes) -> bytes:
    """A box of an MP4: its length, its type, and what is inside."""
    content = b"".join(inner)
    return (8 + len(content)).to_bytes(4, "big") + kind + content


_NORTH = b"+30.6500+104.0600/"  # where it was taken, as phones write it
_MATRIX = b"".join(
    value.to_bytes(4, "big") for value in (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
)
_HEADER = (
    bytes(12)  # version, flags, made, changed
    + (1000).to_bytes(4, "big")  # units a second
    + bytes(4)  # length
    + (0x10000).to_bytes(4, "big")  # speed
    + (0x100).to_bytes(2, "big")  # loudness
    + bytes(10)
    + _MATRIX
    + bytes(24)
    + (1).to_bytes(4, "big")  # the next track's number
)

# a grey picture of one pixel
PICTURE = Sample(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
        "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
    ),
    "image/png",
    "png",
)
# a second without sound: fifty frames in which nothing is said
VOICE = Sample(b"#!AMR\n" + b"\x7c" * 50, "audio/amr", "amr")
# a film without a picture, which says where it was taken
VIDEO = Sample(
    _box(b"ftyp", b"isom", bytes(4), b"isom", b"mp42")
    + _box(
        b"moov",
        _box(b"mvhd", _HEADER),
        _box(b"udta", _box(b"\xa9xyz", len(_NORTH).to_bytes(2, "big"), b"\x15\xc7", _NORTH)),
    )
    + _box(b"mdat"),
    "video/mp4",
    "mp4",
)
# one empty page
DOCUMENT = Sample(
    b"%PDF-1.4\n"
    b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n"
    b"%%EOF\n",
    "application/pdf",
    "pdf",
)
