"""The lexicon 词库: topics, and weighted words that speak for a topic, field, kind, urgency or
signal. Pure data in TOML files next to this module; a town adds its own `Rule`s as a layer.

How a word is written in a list:  ``路灯``  ·  ``灯 ~ 坏 不亮``  (one of 坏, 不亮 must stand near)
·  ``停水 ! 停水期``  (must not stand near)  ·  both: ``灯 ~ 坏 不亮 ! 红绿灯``.
"Near" is within `WINDOW` characters on either side; ``@干部`` is any word of that group.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib.resources import files
from sys import intern
from typing import Any

from nlp.learned import Pairs

WINDOW = 12
TIERS = {"sure": 4.0, "strong": 3.0, "words": 2.0, "weak": 1.0}
FIELDS = (
    "城乡建设",
    "农村农业",
    "劳动和社会保障",
    "教育文体",
    "民政",
    "卫生计生",
    "交通运输",
    "商贸旅游",
    "环境保护",
    "国土资源",
    "政法",
    "纪检监察",
    "党务政务",
    "经济管理",
    "科技与信息产业",
)
STEMS = dict(  # the name of a field's files
    zip(
        FIELDS,
        [
            "urban",
            "rural",
            "labour",
            "education",
            "civil",
            "health",
            "traffic",
            "commerce",
            "environment",
            "land",
            "law",
            "discipline",
            "government",
            "economy",
            "technology",
        ],
        strict=True,
    )
)
TARGETS = ("topic", "field", "kind", "subkind", "urgency", "signal")


@dataclass(frozen=True, slots=True)
class Topic:
    """主题: a matter that a township meets."""

    name: str
    field: str
    ledger: str = "民生"
    urgency: str = "ordinary"  # what a grievance or report about it is, unless words say more
    level: str = "village"  # grid | village | department: who answers first
    usual: str = "grievance"  # the kind when the text has no word for any
    departments: tuple[str, ...] = ()  # words that stand in the name of a fitting department
    granted: bool = False  # the village has a say in who gets it: a wrong in it is a cadre's

    @property
    def desks(self) -> frozenset[str]:
        """Who would look after it."""
        return frozenset(self.departments or (self.field,))


@dataclass(frozen=True, slots=True)
class Rule:
    """One weighted word. `target` is "topic:路灯", "field:民政", "kind:consultation",
    "subkind:hazard", "urgency:emergency" or "signal:anger"."""

    target: str
    word: str
    weight: float = 2.0
    near: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Compared by identity: it is loaded once, and what is built from it can be kept."""

    topics: Mapping[str, Topic]
    rules: tuple[Rule, ...]
    # by word; taken from its tables each time, for a reader keeps what it makes of them: here they
    # would take 3 MB for nothing
    learned: Callable[[], Mapping[str, Pairs]] = dict

    def check(self, rule: Rule) -> str | None:
        """What is wrong with a rule, in a sentence for its author; None if nothing is."""
        what, _, name = rule.target.partition(":")
        if what not in TARGETS or not name:
            return f"看不懂“{rule.target}”，应当像 topic:路灯 或 kind:consultation"
        if what == "topic" and name not in self.topics:
            return f"没有“{name}”这个主题"
        if what == "field" and name not in FIELDS:
            return f"没有“{name}”这个领域"
        if what not in ("topic", "field") and rule.target not in {r.target for r in self.rules}:
            return f"没有“{rule.target}”这一类"
        if not rule.word.strip():
            return "缺少词语"
        return None


def rule_from(target: str, written: str, weight: float) -> Rule:
    """A rule from the way in which words are written in the lists (see the module's text)."""
    rest, _, unless = written.partition("!")
    word, _, near = rest.partition("~")
    return Rule(target, word.strip(), weight, _words(near), _words(unless))


def _words(written: str) -> tuple[str, ...]:
    return tuple(map(intern, written.split()))  # many rules ask for the same ones


def _rules(target: str, table: Mapping[str, Any]) -> Iterator[Rule]:
    for tier, weight in TIERS.items():
        for written in table.get(tier, ()):
            yield rule_from(target, written, weight)


def _topic(field_name: str, table: Mapping[str, Any]) -> Topic:
    known = {
        key: table[key]
        for key in ("ledger", "urgency", "level", "usual", "granted")
        if key in table
    }
    departments = tuple(table.get("departments", ()))
    return Topic(table["name"], field_name, departments=departments, **known)


def tables(folder: str) -> Iterator[dict[str, Any]]:
    """The files of a folder of the lexicon, by name."""
    entries = (entry for entry in files(__name__).joinpath(folder).iterdir())
    for entry in sorted(entries, key=lambda e: e.name):
        if entry.name.endswith(".toml"):
            yield tomllib.loads(entry.read_text(encoding="utf-8"))


def learned(tables: Iterable[Mapping[str, Any]], of: str = "field") -> dict[str, Pairs]:
    """By word, what it weighs for each field (or whatever else the tables are of)."""
    weights: dict[str, Pairs] = {}
    shared: dict[Pairs, Pairs] = {}  # most words have the weights of many others
    for table in tables:
        for weight, words in table["weights"].items():
            pair = (table[of], float(weight))
            for word in words.split():
                pairs = (*weights.get(word, ()), pair)
                weights[word] = shared.setdefault(pairs, pairs)
    return weights


def _with_groups(rules: Iterable[Rule], groups: Mapping[str, list[str]]) -> Iterator[Rule]:
    """`@干部` in a condition → all the words of that group (cues/groups.toml)."""

    @cache  # rules share what is written alike
    def spread(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(w for word in words for w in (groups[word[1:]] if word[0] == "@" else (word,)))

    for rule in rules:
        if any(word.startswith("@") for word in rule.near + rule.unless):
            yield replace(rule, near=spread(rule.near), unless=spread(rule.unless))
        else:
            yield rule


@cache
def shipped() -> Lexicon:
    """The lexicon that comes with 小格; loaded once."""
    topics: dict[str, Topic] = {}
    rules: list[Rule] = []
    for table in tables("topics"):
        name = table["field"]
        rules += _rules(f"field:{name}", table)
        for entry in table.get("topic", ()):
            topic = _topic(name, entry)
            if topic.name in topics:
                raise ValueError(f"topic {topic.name} is defined twice")
            topics[topic.name] = topic
            rules += _rules(f"topic:{topic.name}", entry)
    groups: dict[str, list[str]] = {}
    for table in tables("cues"):
        groups |= table.pop("groups", {})
        for target, cue in table.items():
            rules += _rules(target, cue)
    return Lexicon(
        topics, tuple(_with_groups(rules, groups)), partial(learned, tuple(tables("learned")))
    )
