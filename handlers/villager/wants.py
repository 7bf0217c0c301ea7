"""Which of the things a villager can want is said: the ways to say each stand in `wants.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from nlp.patterns import choices

_NUMBER: Final = r"(?:编号|单号|件号|事项)?\s*[#:：]?\s*(?P<number>\d{3,10})"
# 代办员…, 代办费…: what is said about it
_ABOUT: Final = r"(?!员|费|点|处|室|中心|公司|机构|的|得|过|了|要|收|为)"
SLOTS: Final = {
    "number": _NUMBER,
    "number?": f"(?:{_NUMBER})?",
    "word": r"(?P<word>\S+?)",  # a query word
    "word?": r"(?P<word>\S+)?",
    "word apart?": r"(?:\s+(?P<word>\S+?))?",
    "gap": r"\s+",
    "command": r"\S{1,4}",
    "grade": "(?P<grade>很不满意|非常不满意|不满意|不太满意|基本满意|一般|很满意|非常满意|满意得很|满意)",
    "which": r"(?P<which>[\u4e00-\u9fff\d]{2,10}?)",
    "ordinal": "(?P<which>第[一二三四五1-5])",
    "whom": r"(?P<whom>\S{2,12}?)",
    "where": r"(?P<where>\S{2,20}?)(?<![吗么？?])",  # 我是石墙村的吗？ asks
    "name": r"(?P<name>[\u4e00-\u9fff]{2,4}?)",
    "errand": rf"{_ABOUT}(?:一下)?[\s:：,，]*(?P<errand>\S.*)",
    "said": r"(?P<said>\D*[\u4e00-\u9fff].*)",
    "why": r"[\s,，。:：!！]*(?P<why>.*)",
    "rest": r"[\s,，。:：!！]*(?P<rest>.*)",
    "then": r"(?P<then>[，,。.!！\s].*)?",
}
_PIECE: Final = re.compile(r"<(?P<slot>[^>]+)>|(?P<choice>\{[^}]*\})(?P<many>\*?)|(?P<text>[^<{]+)")
_END: Final = r"\s*[。.!！?？~～]*$"


# slots of whatever else is said; a number's word may be none: 查1023 着火了
_FREE: Final = ("rest", "said", "errand", "then", "where", "word")


class Want(NamedTuple):
    name: str
    said: re.Match[str]

    @property
    def besides(self) -> str:
        """What is said in one's own words: 他又收钱了 of 补充1023 他又收钱了."""
        slots = self.said.groupdict()
        return "".join(slots.get(name) or "" for name in _FREE).strip()


def wants(text: str) -> Iterator[Want]:
    """What the text may want, the likeliest first. Most texts want none of it, which one look tells."""
    names, whole = _shipped()
    if whole.match(text):
        for name, pattern in names:
            if found := re.match(pattern, text, re.DOTALL):  # compiled at its first use, and kept
                yield Want(name, found)


@cache
def _shipped() -> tuple[list[tuple[str, str]], re.Pattern[str]]:
    written = tomllib.loads(files(__package__).joinpath("wants.toml").read_text("utf-8"))
    said = [
        (name, _pattern(way)) for name, ways in written.items() for way in ways.split("\n") if way
    ]
    unnamed = (re.sub(r"\?P<\w+>", "?:", pattern) for _, pattern in said)
    return said, re.compile("|".join(unnamed), re.DOTALL)


def _pattern(way: str) -> str:
    """`{查|查询} <number>` → a pattern of the whole text."""
    return "".join(map(_piece, _PIECE.finditer(way))) + _END


def _piece(piece: re.Match[str]) -> str:
    if piece["slot"]:
        return SLOTS[piece["slot"]]
    if piece["choice"]:
        (words,) = choices(piece["choice"])
        return f"(?:{'|'.join(map(re.escape, words))}){piece['many']}"
    return "".join(r"\s*" if sign == " " else re.escape(sign) for sign in piece["text"])
