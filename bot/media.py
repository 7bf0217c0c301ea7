"""Where pictures, voices and videos are kept: below XIAOGE_MEDIA_DIR, by number of the attachment."""

from __future__ import annotations

import os
from pathlib import Path

from bot.channels.api import Media

ENDINGS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "audio/x-speex": ".speex",
    "video/mp4": ".mp4",
    "application/pdf": ".pdf",
}


def keep(directory: Path, attachment: int, medium: Media) -> str:
    """Write a medium to disk, whole or not at all; returns its path below the directory.

    The name is ours: nothing of what the sender called it gets into a path.
    """
    name = f"{attachment // 1000:04d}/{attachment}{ENDINGS.get(medium.content_type, '.bin')}"
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        file.write(medium.content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return name
