"""`Reader`: text → Reading 研判. One reader per state of the town's words and names; reading is
a pure function of the text, the lexicon, the names and where the speaker lives."""

from __future__ import annotations

from collections.abc import Container, Iterable
from types import MappingProxyType

from nlp import judge
from nlp.lexicon import FIELDS, Lexicon, Rule
from nlp.normal import is_minority, normalise
from nlp.parts import split
from nlp.places import Gazetteer, Name
from nlp.reading import Reading
from nlp.words import Words

__all__ = ["Name", "Reader"]

LONGEST = 4000  # characters that are looked at; an essay says what it wants before that


class Reader:
    """Reads villagers' texts. Building takes some 50 ms; keep it while nothing changes."""

    def __init__(
        self,
        lexicon: Lexicon,
        names: Iterable[Name] = (),
        layer: Iterable[Rule] = (),
        among: Container[str] = FIELDS,
    ) -> None:
        """`layer`: a town's own rules, above the shipped ones. `among`: the only fields that may
        be the answer."""
        self._among = among
        self._lexicon = lexicon
        self._words = Words((*lexicon.rules, *layer), lexicon.learned)
        self._gazetteer = Gazetteer(names)

    def read(self, text: str, near: str | None = None) -> Reading:
        """`near`: the id of the speaker's own unit; it decides between same-named groups."""
        text = normalise(text)
        looked_at = text[:LONGEST]
        if is_minority(looked_at):
            return Reading(text, "other", parts=(text,), signals=frozenset({"minority"}))
        found = self._words.find(looked_at)
        places = self._gazetteer.find(looked_at, near)
        evidence = judge.weigh(looked_at, found)
        if evidence.has("signal:placeholder"):
            return Reading(text, "other", parts=(text,), signals=frozenset({"placeholder"}))
        field, topic = judge.field_and_topic(evidence, self._lexicon, self._among)
        kind = judge.kind(looked_at, evidence, topic, bool(places))
        report = judge.subkind(evidence)
        urgency = judge.urgency(evidence, topic, kind)
        signals = judge.signals(evidence, report)
        return Reading(
            text=text,
            kind=kind.name,
            subkind=report,
            field=field.name,
            topic=topic.name if topic else "",
            urgency=urgency.name,
            ledger=judge.ledger(topic, report, signals),
            confidence=judge.certainty(kind, field),
            places=places,
            parts=split(text, judge.topic_hits(found.hits)),
            matched=MappingProxyType(
                {"field": field.words, "kind": kind.words, "urgency": urgency.words}
            ),
            signals=signals,
        )
