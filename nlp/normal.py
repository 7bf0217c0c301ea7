"""One way to write a text, whatever keyboard, province or speech recogniser it came from."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_HAN = (0x4E00, 0x9FFF)
# look-alikes that NFKC leaves alone, and what recognisers and old phones put between characters
_ALIKE = {
    "囗": "口", "冂": "门", "•": "·", "﹒": "·", "～": "~", "—": "-", "–": "-",
    ",": "，", "?": "？", "!": "！", ";": "；", "｡": "。",
}  # fmt: skip
_INVISIBLE = (0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x00AD, 0xFE0E, 0xFE0F, 0x20E3)
_WIDE = r"\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
_GAP = re.compile(rf"(?<=[{_WIDE}])[ \t]+|[ \t]+(?=[{_WIDE}])|(?<=[ \t])[ \t]+")
_PAUSE = re.compile(r"(?<=[\u4e00-\u9fff]{3})[ \t]+(?=[\u4e00-\u9fff]{3})")
_BREAKS = re.compile(r"\s*\n\s*")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\U000e0000-\U000e007f]+"
    r"|\[[\u4e00-\u9fff]{1,3}\]"  # WeChat's own: [捂脸]
)
_MINORITY = re.compile(
    "[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"  # Uyghur, Kazakh 维吾尔文 哈萨克文
    "\u0f00-\u0fff\u1800-\u18af\ua000-\ua4cf"  # Tibetan, Mongolian, Yi 藏文 蒙古文 彝文
    "\u1950-\u19df\u1a20-\u1aaf\uac00-\ud7af\u1100-\u11ff]"  # Dai, Korean 傣文 朝鲜文
)


@cache
def _table() -> dict[int, str | None]:
    """Traditional → simplified, one character each, and the look-alikes."""
    written = files(__package__).joinpath("simplified.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(written)
    table: dict[int, str | None] = {
        ord(old): new
        for old, new in zip(lists["traditional"], lists["simplified"], strict=True)
        if old != "\n"
    }
    table |= {ord(old): new for old, new in _ALIKE.items() if len(old) == 1}
    table |= dict.fromkeys(_INVISIBLE)
    return table


@cache
def _unusual() -> re.Pattern[str]:
    """Finds what may have to change; most messages have nothing of it."""
    table = _table()
    plain = (
        code
        for code in range(_HAN[0], _HAN[1] + 1)
        if code not in table and unicodedata.normalize("NFKC", chr(code)) == chr(code)
    )
    return re.compile(f"[^{_ranges(plain)}a-z0-9，。、！？；…“”‘’《》]")


def _ranges(codes: Iterable[int]) -> str:
    """一-丂丄-丅…: to compile 20,000 characters one by one would take 3 MB."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters, full-width sentence marks, no emoji, no white
    space next to Chinese characters (between words it is a comma: 路灯坏了 三天了), line breaks kept
    as one ``\\n``. Idempotent."""
    if not _unusual().search(text):
        return text
    text = unicodedata.normalize("NFKC", text).lower().translate(_table())
    text = _EMOJI.sub("", text)
    text = _BREAKS.sub("\n", text.replace("\r", "\n"))
    return _GAP.sub("", _PAUSE.sub("，", text)).strip()


def is_minority(text: str) -> bool:
    """True if a quarter or more of the text is in a script that the lexicon cannot read."""
    found = len(_MINORITY.findall(text))
    return found > 1 and found * 4 >= len(text)
