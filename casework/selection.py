"""Which of the cases are meant: those of a topic, of a place, in somebody's hands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from casework.case import Case
from casework.town import Town


@dataclass(frozen=True, slots=True)
class Selection:
    """Those that fit each of these; None: of all. Storage turns it into SQL, as it does a scope."""

    topics: frozenset[str] | None = None
    units: frozenset[str] | None = None
    posts: frozenset[str] | None = None  # that lead the case

    def fits(self, case: Case) -> bool:
        return (
            (self.topics is None or case.topic in self.topics)
            and (self.units is None or case.unit in self.units)
            and (self.posts is None or case.lead_post in self.posts)
        )


def within(town: Town, unit: str) -> Selection:
    """What happens in a place, or below it."""
    return Selection(units=frozenset(each for each in town.units if town.covers(unit, each)))


def joined(selections: Iterable[Selection]) -> tuple[Selection, ...]:
    """Each of several: of two places either, of a place and a topic both."""
    of_kind: dict[str, Selection] = {}
    for each in selections:
        (kind, values), *_ = ((k, v) for k, v in asdict(each).items() if v is not None)
        before = getattr(of_kind.get(kind, Selection()), kind) or frozenset()
        of_kind[kind] = Selection(**{kind: before | values})
    return tuple(of_kind.values())
