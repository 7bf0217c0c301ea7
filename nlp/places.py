"""The gazetteer 地名: which unit a text speaks of.

Exact names first, in all the ways in which a group's number is written; only when these name
no certain place, names that sound alike (石强村 → 石墙村). A bare 三组 belongs to the village
that the text names, or else to the speaker's, or else it stays ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import NamedTuple

from nlp.automaton import every, longest
from nlp.normal import normalise
from nlp.pinyin import alike, characters, rounded, sounds
from nlp.reading import Place
from nlp.segments import borders, is_whole

_DIGITS = "零一二三四五六七八九"
_NUMERALS = frozenset("0123456789一二三四五六七八九十")
_NUMBER = "[0-9一二三四五六七八九十]"
_GROUP = re.compile(rf"^(.*?)第?({_NUMBER}+)(村民小组|村民组|生产队|小组|小队|组|社|队)$")
_LIST = re.compile(rf"[0-9一二三四五六七八九十组][、和，到至-]?{_NUMBER}")  # there may be one
_LISTED = re.compile(rf"((?:{_NUMBER}+组?[、和，到至-])+)({_NUMBER}+)(组|社|队)")
_EACH = re.compile(rf"({_NUMBER}+)组?([、和，到至-])")
_ROW = re.compile(rf"(?<!{_NUMBER})([一二三四五六七八九]{{2,}})(组|社|队)")
_HEARD = {
    "yi": 1, "er": 2, "san": 3, "shan": 3, "si": 4, "wu": 5, "liu": 6, "qi": 7, "ba": 8, "jiu": 9,
    "shi": 10,
}  # fmt: skip
_BEHIND = frozenset("组祖租足社队")  # how a group may be written or heard
_OTHER = frozenset("织长员合成")  # 无组织, 是组长
_GROUP_WAYS = ("组", "小组", "村民组", "村民小组")
_VILLAGE = re.compile(r"^(.{2,})(村|社区|居委会)$")
_SURE = frozenset("村组社区队镇乡县路桥沟湾街巷")  # a name that ends so is one, whatever follows
_JOINT = frozenset({"", "的", "村", "村的", "村委会", "这边", "，", "里", "那边"})
_ADJACENT = 4  # characters between a village and its group

EXACT, NAMED, NEARBY, SOUND, LIKE = 0.95, 0.85, 0.8, 0.7, 0.55


@dataclass(frozen=True, slots=True)
class Name:
    """One way to write a place. `text` may occur with several units; `name` is the place's full
    name, a group's beginning with its village's (石墙村三组): that is how they are related."""

    text: str
    name: str
    unit: str
    weight: float = 1.0


class _Hit(NamedTuple):
    start: int
    end: int
    names: tuple[Name, ...]
    confidence: float


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _value(written: str) -> int | None:
    if written.isdecimal():
        return int(written)
    return next((n for n in range(1, 100) if _chinese(n) == written), None)


def ways(text: str) -> set[str]:
    """The ways to write a place name: 三组 · 3组 · 第三村民组 · 三小组 …"""
    text = normalise(text)
    found = {text}
    if (match := _GROUP.match(text)) and (value := _value(match[2])) is not None:
        for number in (_chinese(value), str(value)):
            for suffix in {*_GROUP_WAYS, match[3]}:
                found |= {f"{match[1]}{number}{suffix}", f"{match[1]}第{number}{suffix}"}
    return found


def _other_words(text: str) -> tuple[str, ...]:
    """Behind its village's name a group may also be called 社 or 队."""
    if text.endswith("组") and _GROUP.match(text):
        return text, f"{text[:-1]}社", f"{text[:-1]}队"
    return (text,)


class Gazetteer:
    """All names of a town, ready for search."""

    def __init__(self, names: Iterable[Name]) -> None:
        self._names: dict[str, tuple[Name, ...]] = {}
        units: dict[str, str] = {}
        for name in names:
            alone = (name,)
            for text in ways(name.text):
                known = self._names.setdefault(text, alone)
                if all(name.unit != other.unit for other in known):
                    self._names[text] = (*known, name)
            units.setdefault(name.unit, name.name)
        self._unit_names = units
        self._full = sorted(set(units.values()), key=len)
        self._add_short_villages()
        self._add_joint_names()
        self._texts = sorted(text for text in self._names if text)
        self._by_index = [self._names[text] for text in self._texts]
        self._names_in = longest(self._texts)
        self._by_sound: dict[tuple[str, ...], str] = {}
        self._by_rounded: dict[tuple[str, ...], str] = {}
        self._endings: frozenset[str] = frozenset()
        self._lengths: dict[str, set[int]] = {}  # of the names that end with a sound
        self._index_sounds()

    def _add_short_villages(self) -> None:
        """石墙 for 石墙村: less certain, for it may be an ordinary word."""
        for text, names in list(self._names.items()):
            match = _VILLAGE.match(text)
            if match and match[1] not in self._names:
                self._names[match[1]] = tuple(
                    [replace(name, weight=name.weight * 0.6) for name in names]
                )

    def _add_joint_names(self) -> None:
        """石墙村三组 for 三组 of 石墙村, however either is written."""
        upper: dict[str, list[str]] = {}
        for text, names in self._names.items():
            if len(names) == 1:
                upper.setdefault(names[0].name, []).append(text)
        lower = [
            (way, name)
            for text, names in self._names.items()
            for way in _other_words(text)
            for name in names
        ]
        for text, name in lower:
            village = self._root(name.name)
            certain = (replace(name, weight=1.0),)
            for written in upper.get(village, ()) if village != name.name else ():
                if not text.startswith(written):
                    self._names.setdefault(written + text, certain)

    def _index_sounds(self) -> None:
        """Names of three and more characters by their sounds, and by the last of them."""
        spoken = [text for text in self._texts if len(text) >= 3 and not _GROUP.match(text)]
        for text in spoken:
            self._by_sound.setdefault(tuple(sounds(text)), text)
            self._by_rounded.setdefault(tuple(rounded(text)), text)
        for heard in (*self._by_sound, *self._by_rounded):
            self._lengths.setdefault(heard[-1], set()).add(len(heard))
        self._endings = characters(self._lengths)
        self._heard_in = every([text.translate(alike()) for text in spoken])

    def find(
        self, text: str, near: str | None = None, edges: frozenset[int] | None = None
    ) -> tuple[Place, ...]:
        """Places in the order of the text. `near`: the unit that the speaker belongs to;
        `edges`: the text's word borders, if known."""
        if not self._texts:
            return ()
        hits = self._exact(text, edges)
        more = list(self._misspelt_groups(text, hits))
        hits += [*self._listed(text), *more] if _LIST.search(text) else more
        if not [1 for hit in hits if len(hit.names) == 1]:
            heard = self._alike(text, hits)
            hits += [*heard, *self._misspelt_groups(text, heard)]
        if len(hits) > 1:
            hits.sort(key=attrgetter("start"))
        return self._resolve(text, hits, near) if hits else ()

    def _exact(self, text: str, edges: frozenset[int] | None) -> list[_Hit]:
        found = []
        for start, end, index in self._whole(text, edges):
            names = self._by_index[index]
            if start and text[start] in _NUMERALS and text[start - 1] in _NUMERALS:
                continue  # 三组 inside 十三组
            if end - start == 2:
                edges = edges if edges is not None else borders(text)
                if not is_whole(start, end, edges):
                    continue
            found.append(_Hit(start, end, names, EXACT))
        return found

    def _whole(self, text: str, edges: frozenset[int] | None) -> Iterator[tuple[int, int, int]]:
        """What is found, without 石墙村小 in 石墙村小卖部: there it is 石墙村."""
        for start, end, index in self._names_in(text):
            is_known = text[end - 1] in _SURE or end == len(text)
            if not is_known and end not in (edges := edges or borders(text)):
                for low, high, shorter in self._names_in(text[start : end - 1]):
                    yield start + low, start + high, shorter
            else:
                yield start, end, index

    def _listed(self, text: str) -> Iterator[_Hit]:
        """三组 and 四组 of 三、四、五组, of which the search knows the last; all of 一至三组; of 一二组
        those before the last."""
        for row in _ROW.finditer(text):
            for at, digit in enumerate(row[1], row.start()):
                if row[1] in _DIGITS and (names := self._names.get(f"{digit}组")):
                    yield _Hit(at, at + 1, names, NAMED)
        for match in _LISTED.finditer(text):
            for each in _EACH.finditer(text, match.start(1), match.end(1)):
                first = _value(each[1])
                last = _value(match[2]) if each[2] in "到至-" else first
                for number in range(first or 1, (last or 0) + 1):
                    if names := self._names.get(f"{_chinese(number)}{match[3]}"):
                        yield _Hit(each.start(), each.end(1), names, NAMED)

    def _misspelt_groups(self, text: str, hits: Sequence[_Hit]) -> Iterator[_Hit]:
        """石墙村山组, 石墙三祖: behind its village a group may be written by its sound."""
        for hit in hits:
            written = text[hit.end : hit.end + 3]
            if written[1:2] in _BEHIND and written[2:] not in _OTHER and len(hit.names) == 1:
                number = _value(written[0]) or _HEARD.get(sounds(written[0])[0], 0)
                if number and (names := self._names.get(f"{_chinese(number)}组")):
                    yield _Hit(hit.end, hit.end + 2, names, SOUND)

    def _alike(self, text: str, hits: list[_Hit]) -> list[_Hit]:
        """Names of three and more characters that sound like a stretch of the text."""
        if self._endings.isdisjoint(text):
            return []
        if not self._heard_in(text.translate(alike())):
            return []  # the usual case
        ends = [at for at, character in enumerate(text, 1) if character in self._endings]
        taken = {at for hit in hits for at in range(hit.start, hit.end)}
        for table, hear, confidence in (
            (self._by_sound, sounds, SOUND),
            (self._by_rounded, rounded, LIKE),
        ):
            found, heard = [], hear(text)
            for end in ends:
                for length in self._lengths.get(heard[end - 1], ()):
                    start = end - length
                    known = table.get(tuple(heard[max(0, start) : end]))
                    if known is not None and taken.isdisjoint(range(start, end)):
                        found.append(_Hit(start, end, self._names[known], confidence))
                        taken.update(range(start, end))
            if found:
                return found
        return []

    def _root(self, name: str) -> str:
        """石墙村 for 石墙村三组: the shortest known name that this one begins with."""
        return next((known for known in self._full if name.startswith(known)), name)

    def _resolve(self, text: str, hits: list[_Hit], near: str | None) -> tuple[Place, ...]:
        if len(hits) == 1 and len(hits[0].names) == 1:
            (hit,) = hits
            (name,) = hit.names
            confidence = round(hit.confidence * name.weight, 3)
            return (Place(text[hit.start : hit.end], name.name, name.unit, confidence),)
        home = self._root(self._unit_names[near]) if near in self._unit_names else None
        certain = [hit for hit in hits if len(hit.names) == 1]
        places: list[tuple[int, Place]] = []
        used: set[int] = set()  # starts of villages that became part of their group's place
        for hit in hits:
            upper = self._village_of(hit, certain)
            chosen = [n for n in hit.names if upper and n.name.startswith(upper.names[0].name)]
            start, confidence = hit.start, hit.confidence
            if upper and len(chosen) == 1:
                used.add(upper.start)
                adjacent = 0 <= hit.start - upper.end <= _ADJACENT
                joint = adjacent and text[upper.end : hit.start] in _JOINT
                start = upper.start if joint else hit.start
                confidence = min(upper.confidence, EXACT if joint else NAMED)
            elif len(hit.names) > 1:
                chosen = [n for n in hit.names if home and self._root(n.name) == home]
                own = [n for n in chosen if n.unit == near]
                chosen = own or chosen
                confidence = NEARBY
            if len(chosen) != 1 and len(hit.names) > 1:
                chosen, confidence = list(hit.names), EXACT / len(hit.names) ** 1.2
            chosen = chosen or list(hit.names)
            written = text[start : hit.end]
            places += [
                (hit.start, Place(written, n.name, n.unit, round(confidence * n.weight, 3)))
                for n in chosen
            ]
        return _once(place for at, place in places if at not in used)

    def _village_of(self, hit: _Hit, certain: list[_Hit]) -> _Hit | None:
        """The certain place in the text that one of the hit's names lies in; the last one
        before it, or else the first after it."""
        fitting = [
            other
            for other in certain
            if other.start != hit.start
            and any(
                n.name != other.names[0].name and n.name.startswith(other.names[0].name)
                for n in hit.names
            )
        ]
        before = [other for other in fitting if other.end <= hit.start]
        return before[-1] if before else fitting[0] if fitting else None


def _once(places: Iterable[Place]) -> tuple[Place, ...]:
    """Each unit once, with the highest confidence."""
    best: dict[str, Place] = {}
    for place in places:
        if place.unit not in best or place.confidence > best[place.unit].confidence:
            best[place.unit] = place
    return tuple(best.values())
