"""The town file of a county: the example town, and as many villages more as it takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from bot import town

TREES: Final = "松竹柏桃杏枣桐槐"
LANDS: Final = "坡岭坝沟湾坳"
FAMILY: Final = "魏蒋谭廖邹熊孟薛阎雷侯龙段"
GIVEN: Final = ("立新", "开明", "春生", "国强", "秀芝", "玉兰", "德贵", "向东", "永福", "桂芳")
GRIDS: Final = (("1", "一", "二"), ("3", "三", "四"))
DIGEST: Final = '# digest = "08:30"'


def town_file(villages: int, digest: bool = True) -> str:
    """The example town with `villages` more than it has; `digest`: with a list for each person at
    08:30."""
    text = town.example()
    return (text.replace(DIGEST, DIGEST[2:]) if digest else text) + "".join(_villages(villages))


def _villages(count: int) -> Iterator[str]:
    for number in range(count):
        tree, land = TREES[number % len(TREES)], LANDS[number // len(TREES)]
        yield from _village(number, f"v{number}", f"{tree}{land}村")


def _village(number: int, village: str, name: str) -> Iterator[str]:
    yield _unit(village, name, "village", "qingshi")
    yield _post(f"{village}-lead", "书记", village, "lead")
    yield _person(number * 3, f"{village}-lead")
    for place, (grid, *groups) in enumerate(GRIDS, 1):
        unit = f"{village}-g{grid}"
        yield _unit(unit, f"{''.join(groups)}组网格", "grid", village)
        for group in groups:
            yield _unit(f"{village}-{group}", f"{group}组", "group", unit)
        yield _post(unit, "网格员", unit, "member")
        yield _person(number * 3 + place, unit)


def _unit(identity: str, name: str, level: str, parent: str) -> str:
    return (
        f'\n[[unit]]\nid = "{identity}"\nname = "{name}"\nlevel = "{level}"\nparent = "{parent}"\n'
    )


def _post(identity: str, title: str, unit: str, role: str) -> str:
    return f'\n[[post]]\nid = "{identity}"\ntitle = "{title}"\nunit = "{unit}"\nrole = "{role}"\n'


def _person(number: int, post: str) -> str:
    name = FAMILY[number % len(FAMILY)] + GIVEN[number // len(FAMILY)]
    phone = 13_900_000_000 + number
    return (
        f'\n[[staff]]\nid = "p{number}"\nname = "{name}"\nuserid = "p{number}"\n'
        f'phone = "{phone}"\nposts = ["{post}"]\n'
    )
