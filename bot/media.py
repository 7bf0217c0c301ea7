"""Where pictures, voices and videos are kept: below XIAOGE_MEDIA_DIR, by number of the attachment.

What comes from a stranger's phone is looked at before it is kept: it must be what it says, it is not
kept larger than it may be, and a picture loses whatever else it says than what is seen on it (where
and when it was taken, on which phone).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.channels.api import Media

MEGABYTE: Final = 1_000_000
LIMITS: Final[Mapping[str, int]] = {
    "image": 15 * MEGABYTE,
    "voice": 2 * MEGABYTE,
    "video": 20 * MEGABYTE,
    "file": 20 * MEGABYTE,
}
FREE: Final = 200 * MEGABYTE  # that the disk keeps for the database

ENDINGS: Final[Mapping[str, str]] = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "audio/x-silk": ".silk",
    "audio/x-speex": ".speex",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/msword": ".doc",
}


class Unfit(Exception):
    """A medium that is not kept: too large, or not what it says it is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A medium as it may be kept, and a small picture of it if it is one. `kind` is what it is: a photo
    may have been sent as a file."""

    kind: str
    content: bytes
    content_type: str
    thumbnail: bytes = b""


def check(kind: str, content: bytes) -> Checked:
    """What a medium of this kind is, by its first bytes and not by what anybody calls it. Raises
    `Unfit`."""
    if not content:
        raise Unfit("empty")
    if kind == "file":
        kind = _shown(content)
    if len(content) > LIMITS[kind]:
        raise Unfit(f"more than {LIMITS[kind] // MEGABYTE} MB")
    return _CHECKS[kind](content)


def keep(directory: Path, attachment: int, found: Checked) -> tuple[str, str]:
    """Write a medium to disk, whole or not at all; returns the paths of it and of its small picture
    below the directory.

    The name is ours: nothing of what the sender called it gets into a path.
    """
    name = f"{attachment // 1000:04d}/{attachment}"
    path = f"{name}{ENDINGS[found.content_type]}"
    directory.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(directory).free < FREE + len(found.content):
        raise OSError(28, "the disk is nearly full")
    _write(directory / path, found.content)
    if not found.thumbnail:
        return path, ""
    small = f"{name}.small.jpg"
    _write(directory / small, found.thumbnail)
    return path, small


def read(directory: Path, path: str) -> Media:
    """What is kept there, with a name of our own."""
    file = directory / path
    content_type = next((kind for kind, end in ENDINGS.items() if end == file.suffix), "")
    return Media(file.read_bytes(), content_type or "application/octet-stream", file.name)


def remove(directory: Path, paths: Iterable[str]) -> None:
    """What is gone already is gone."""
    for path in filter(None, paths):
        (directory / path).unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


# --- what it is ----------------------------------------------------------------------------------


def _image(content: bytes) -> Checked:
    """Painted anew: nothing is left of what stood beside the picture, or behind its end."""
    from bot.pictures import NotOne, painted  # 5 MB that are not needed before the first picture

    try:
        whole, small = painted(content)
    except NotOne as error:
        raise Unfit(f"not a picture ({error})") from None
    return Checked("image", whole, "image/jpeg", small)


_VOICES = (
    (b"#!AMR", "audio/amr"),
    (b"#!SILK", "audio/x-silk"),
    (b"\x02#!SILK", "audio/x-silk"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"Speex", "audio/x-speex"),
    (b"OggS", "audio/x-speex"),
)
_FILES = (
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),  # docx, xlsx and pptx are such
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
)


_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8")


def _shown(content: bytes) -> str:
    """A photo or a film that was sent as a file is looked at as what it is."""
    if content.startswith(_PICTURES):
        return "image"
    return "video" if content[4:8] == b"ftyp" else "file"


def _begins(kind: str, marks: Iterable[tuple[bytes, str]]) -> Callable[[bytes], Checked]:
    def known(content: bytes) -> Checked:
        for mark, content_type in marks:
            if content.startswith(mark):
                return Checked(kind, content, content_type)
        raise Unfit(f"not a {kind}")

    return known


def _video(content: bytes) -> Checked:
    if content[4:8] != b"ftyp":
        raise Unfit("not a video")
    return Checked("video", _without_place(content), "video/mp4")


_HOLDING = (b"moov", b"trak", b"mdia", b"minf", b"moof", b"traf")  # boxes of boxes
_TELLING = (b"udta", b"meta", b"uuid", b"free", b"skip")  # what is not needed to see the film


def _without_place(content: bytes) -> bytes:
    """An MP4 says beside the film where it was taken, and on which phone: what stands there is
    blanked, so that everything else stays in its place."""
    blanked = bytearray(content)
    between = [(0, len(content))]
    while between:
        for named, start, end in _boxes(content, *between.pop()):
            kind = content[named : named + 4]
            if kind in _HOLDING:
                between.append((start, end))
            elif kind in _TELLING:
                blanked[named : named + 4] = b"free"
                blanked[start:end] = bytes(end - start)
    return bytes(blanked)


def _boxes(content: bytes, start: int, end: int) -> Iterable[tuple[int, int, int]]:
    """The boxes of an MP4 between two places: where the type stands, begin and end of what is inside."""
    while start + 8 <= end:
        size, head = int.from_bytes(content[start : start + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        stop = end if size == 0 else start + size
        if (size and size < head) or stop > end:
            return
        yield start + 4, start + head, stop
        start = stop


_CHECKS: Final[Mapping[str, Callable[[bytes], Checked]]] = {
    "image": _image,
    "voice": _begins("voice", _VOICES),
    "video": _video,
    "file": _begins("file", _FILES),
}
