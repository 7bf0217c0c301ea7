"""`Reader`: text → Reading 研判. One reader per state of the town's words and names; reading is
a pure function of the text, the lexicon, the names and where the speaker lives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from nlp import automaton, hints, judge, patterns
from nlp.fields import field_and_topic, spoken_for
from nlp.learned import Learned
from nlp.lexicon import FIELDS, Lexicon, Rule
from nlp.normal import is_minority, normalise
from nlp.parts import split
from nlp.places import Gazetteer, Name
from nlp.reading import Matched, Place, Reading
from nlp.segments import borders
from nlp.words import Hit, Words

__all__ = ["Name", "Reader", "learned_words"]

LONGEST = 4000  # characters that are looked at; an essay says what it wants before that
LEARNED_SCALE = 3.0  # a clear text's learned score is then like one or two plain words
LEARNED_FEW = 10  # learned words that say something: 快来修 is about nothing in particular
_PLAIN = 3.0
_UNITS = ("村", "社区", "组")
_BESIDE = re.compile("的|旁|门口|门前|边上|边边|前面|后面|后头|背后|附近|对面|隔壁|那边|那里|那头")


class Reader:
    """Reads villagers' texts. Building takes some 50 ms; keep it while nothing changes."""

    def __init__(
        self,
        lexicon: Lexicon,
        names: Iterable[Name] = (),
        layer: Iterable[Rule] = (),
        among: Iterable[str] = FIELDS,
        people: Iterable[str] = (),
    ) -> None:
        """`layer`: a town's own rules, above the shipped ones. `among`: the only fields that may
        be the answer; none given: all. `people`: who is known by name; 李守田 has no field 田."""
        self._among = frozenset(among) or frozenset(FIELDS)
        self._topics = lexicon.topics
        layer = tuple(layer)
        self._words = Words((*lexicon.rules, *layer))
        self._learned = learned_words(lexicon, layer, self._among)
        self._gazetteer = Gazetteer(names)
        self._people = automaton.longest(list(people))
        self._patterns = patterns.shipped()
        self._hints = hints.shipped()

    def read(self, text: str, near: str | None = None) -> Reading:
        """`near`: the id of the speaker's own unit; it decides between same-named groups."""
        given, text = text, normalise(text)
        looked_at = text[:LONGEST]
        if text is not given and is_minority(looked_at):  # what is usual is returned as it was
            return Reading(text, "other", parts=(text,), signals=frozenset({"minority"}))
        places, named, hits, hint, evidence = self._weigh(looked_at, near)
        if "signal:placeholder" in evidence.words:
            return Reading(text, "other", parts=(text,), signals=frozenset({"placeholder"}))
        tally = self._learned.tally(_without(looked_at, named))
        field, topic = field_and_topic(evidence, tally, self._learned, self._topics, self._among)
        kind = judge.kind(looked_at, evidence, topic, bool(places), hint)
        if kind.name == "other" and topic is None:
            field = judge.Verdict("")
        urgency = judge.urgency(evidence, topic, kind.name)
        signals = judge.signals(evidence)
        return Reading(
            text=text,
            kind=kind.name,
            subkind=evidence.report,
            field=field.name,
            topic=topic.name if topic else "",
            urgency=urgency.name,
            ledger=judge.ledger(topic, evidence.report, signals),
            confidence=judge.certainty(kind, field),
            places=places,
            parts=split(text, hits, self._topics) if len(evidence.topics) > 1 else (text,),
            matched=Matched({"field": field.why, "kind": kind.why, "urgency": urgency.why}),
            signals=signals,
        )

    def people_say(self, text: str) -> dict[str, float]:
        """How far people's words alone speak for each field: what is learned comes to it."""
        *_, evidence = self._weigh(normalise(text)[:LONGEST], None)
        spoken, share = spoken_for(evidence, self._topics)
        return {field: sum(words.values()) * share for field, words in spoken.items()}

    def _weigh(
        self, text: str, near: str | None
    ) -> tuple[tuple[Place, ...], list[str], list[Hit], hints.Hint, judge.Evidence]:
        """Places, names that say nothing of the matter, words, and what all of them amount to."""
        edges = borders(text)
        places = self._gazetteer.find(text, near, edges)
        people = (text[start:end] for start, end, _ in self._people(text))
        named = [*_where(text, places), *people]
        hits = _outside(self._words.find(text, edges), text, named)
        hint = self._hints.find(text)
        evidence = judge.weigh(text, hits, self._patterns.find(text, edges), hint)
        return places, named, hits, hint, evidence


def _where(text: str, places: Iterable[Place]) -> list[str]:
    """Names that only say where: 枫树湾村 has no tree, and 砖厂旁边的水渠 is no matter of bricks."""
    return [
        place.text
        for place in places
        if place.text.endswith(_UNITS)
        or _BESIDE.match(text, text.find(place.text) + len(place.text))
    ]


def _outside(hits: list[Hit], text: str, names: Iterable[str]) -> list[Hit]:
    """The words without those that are part of these names."""
    for name in names:
        if (start := text.find(name)) >= 0:
            end = start + len(name)
            hits = [hit for hit in hits if hit[0] < start or hit[1] > end]
    return hits


def _without(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = text.replace(name, "，")
    return text


@lru_cache(maxsize=4)
def learned_words(lexicon: Lexicon, layer: tuple[Rule, ...], among: frozenset[str]) -> Learned:
    """The learned words, none of them against what people have written: a word that they gave to
    a field plainly speaks for no other one, whatever the labelled texts took it for."""
    given: dict[str, set[str]] = {}
    for rule in (*lexicon.rules, *layer):
        aim, _, name = rule.target.partition(":")
        if aim in ("topic", "field") and rule.weight >= _PLAIN and not rule.near:
            field = lexicon.topics[name].field if aim == "topic" else name
            given.setdefault(rule.word, set()).add(field)
    weights = {}
    for word, pairs in lexicon.learned().items():
        fields = given.get(word)
        own = [
            pair
            for pair in pairs
            if pair[0] in among and (fields is None or (pair[0] in fields) == (pair[1] > 0))
        ]
        if own:
            weights[word] = pairs if len(own) == len(pairs) else tuple(own)
    order = [name for name in FIELDS if name in among]
    return Learned(weights, LEARNED_SCALE, LEARNED_FEW, order=order)
