"""A work method 工作法 as a value: its ladder, and its clocks for every sort of case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from casework.duration import Duration

ClockName = Literal["acknowledge", "reply", "settle", "decide", "silence"]
Act = Literal["remind", "escalate", "settle"]
Audience = Literal["handler", "supervisor", "admin"]
Card = Literal["", "yellow", "red"]

ANY = "*"


@dataclass(frozen=True, slots=True)
class Share:
    """A point on the way: so many percent of the whole time have passed."""

    percent: int


@dataclass(frozen=True, slots=True)
class Step:
    """What follows, and when: `at` counts from the due time (negative: before it)."""

    at: Duration | Share
    do: Act
    to: tuple[Audience, ...]
    card: Card = ""


@dataclass(frozen=True, slots=True)
class ClockRule:
    """One promise 时限 and the cases that it is for; `*` stands for all."""

    name: ClockName
    due: Duration
    steps: tuple[Step, ...]
    kind: str = ANY
    subkind: str = ANY
    topic: str = ANY
    urgency: str = ANY
    level: str = ANY  # a level of the town

    @property
    def specificity(self) -> tuple[bool, ...]:
        """The greater wins. The order of the selectors is that of their weight.

        A report 举报 stays on its own ladder whatever it is about; a topic's own times are
        more particular than those of a kind, and these than those of an urgency or a level.
        """
        selectors = (self.subkind, self.topic, self.kind, self.urgency, self.level)
        return tuple(selector != ANY for selector in selectors)


@dataclass(frozen=True, slots=True)
class Level:
    """A rung of the ladder, with the town's levels that stand on it."""

    name: str
    title: str
    covers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Method:
    id: str
    name: str
    origin: str
    source: str
    levels: tuple[Level, ...]  # from below
    clocks: tuple[ClockRule, ...]
    digest: str  # of the file's text: a case keeps the one that it was opened under

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def silence(self) -> Duration:
        """How long a villager may be silent after 办结 until the case counts as settled."""
        return self.rule("silence", ANY, ANY, ANY, ANY).due

    def rules(
        self, kind: str, topic: str, urgency: str, level: str, subkind: str = ""
    ) -> tuple[ClockRule, ...]:
        """One rule for each clock name, in the file's order; of several the most specific."""
        return _rules(self, kind, subkind, topic, urgency, level)

    def rule(
        self, name: ClockName, kind: str, topic: str, urgency: str, level: str, subkind: str = ""
    ) -> ClockRule:
        """The rule of one clock. Raises LookupError for a clock that the method does not have."""
        for rule in _rules(self, kind, subkind, topic, urgency, level):
            if rule.name == name:
                return rule
        raise LookupError(f"工作法“{self.name}”没有时限 {name}。")


@lru_cache(maxsize=8192)
def _rules(
    method: Method, kind: str, subkind: str, topic: str, urgency: str, level: str
) -> tuple[ClockRule, ...]:
    best: dict[str, ClockRule] = {}
    for rule in method.clocks:
        fits = (
            rule.kind in (ANY, kind)
            and rule.subkind in (ANY, subkind)
            and rule.topic in (ANY, topic)
            and rule.urgency in (ANY, urgency)
            and rule.level in (ANY, level)
        )
        if fits and (rule.name not in best or rule.specificity > best[rule.name].specificity):
            best[rule.name] = rule
    return tuple(best.values())
