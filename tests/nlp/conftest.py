"""A small town for the reader: two villages with groups of the same names, a road, a tree."""

from __future__ import annotations

import pytest

from nlp.lexicon import shipped
from nlp.reader import Name, Reader

VILLAGES = {"石墙村": "shiqiang", "青山村": "qingshan"}


@pytest.fixture(scope="session")
def town_names() -> list[Name]:
    names = [Name(village, village, unit) for village, unit in VILLAGES.items()]
    for village, unit in VILLAGES.items():
        for number, digit in enumerate("一二三四五", 1):
            names.append(Name(f"{digit}组", f"{village}{digit}组", f"{unit}-{number}"))
    return [
        *names,
        Name("十三组", "青山村十三组", "qingshan-13"),
        Name("老槐树", "老槐树", "shiqiang-2"),
        Name("幸福路", "幸福路", "qingshan"),
        Name("马家坝", "马家坝", "shiqiang-4"),
    ]


@pytest.fixture(scope="session")
def reader(town_names: list[Name]) -> Reader:
    return Reader(shipped(), town_names)
