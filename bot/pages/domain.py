"""The files by which the platforms see that a domain is the town's: `MP_verify_….txt` of 公众号 (网页授权域名,
JS接口安全域名), `WW_verify_….txt` of 企业微信 (可信域名)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_NAME: Final = re.compile(r"(MP|WW)_verify_[A-Za-z0-9]{1,64}\.txt")
_LONGEST: Final = 1000  # bytes


def there(folder: Path) -> list[str]:
    """The names of those that the town has put into the folder."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(file.name for file in found if _NAME.fullmatch(file.name))


def content(folder: Path, name: str) -> bytes | None:
    """What stands in one; of nothing else that lies in the folder."""
    if name not in there(folder):
        return None
    with (folder / name).open("rb") as file:
        return file.read(_LONGEST)
