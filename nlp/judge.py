"""From found words to the answers of a `Reading`. Each question has one function; each score is
the plain sum of the weights that are shown with it."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from math import exp

from nlp.guards import standing
from nlp.lexicon import FIELDS, Lexicon, Topic
from nlp.words import Found, Hit, Pairs

SURE = 2.0  # a topic is named from this score on: one plain word
MISCONDUCT = 3.0
HAZARD = 3.0
_DISCIPLINE = "纪检监察"  # where a cadre is accused
_GUARDED = frozenset({"urgency", "subkind"})
_GUARDED_SIGNALS = frozenset({"signal:life", "signal:violence_home", "signal:self_harm"})
_LEARNED_SHARE = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, the words that speak for it, and how far it is ahead of the next one."""

    name: str
    words: Pairs = ()
    ahead: float = 0.0

    @property
    def score(self) -> float:
        return sum(weight for _, weight in self.words)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words by target ("topic:路灯" → {"路灯": 3.0}) after the guards."""

    words: dict[str, dict[str, float]]
    learned: dict[str, Pairs]
    denied: bool = False  # a word of danger was found that does not count

    def of(self, target: str) -> dict[str, float]:
        return self.words.get(target, {})

    def score(self, target: str) -> float:
        return sum(self.of(target).values())

    def has(self, target: str) -> bool:
        return target in self.words


def weigh(text: str, found: Found) -> Evidence:
    """Collects what stands. A danger that is only feared is urgent at most; a denied one counts
    nothing, nor does what follows it directly (没有打架斗殴)."""
    words: dict[str, dict[str, float]] = {}
    denied_until = -1
    for hit in found.hits:
        target = hit.rule.target
        if _is_guarded(target):
            meant = "denied" if hit.start <= denied_until else standing(text, hit.start, hit.end)
            if meant == "denied":
                denied_until = max(denied_until, hit.end)
                continue
            if meant == "feared" and target == "urgency:emergency":
                target = "urgency:urgent"
            elif meant == "feared" and target == "signal:life":
                continue
        mine = words.setdefault(target, {})
        if hit.rule.weight > mine.get(hit.rule.word, 0.0):
            mine[hit.rule.word] = hit.rule.weight
    return Evidence(words, found.learned, denied_until >= 0)


def _is_guarded(target: str) -> bool:
    return target in _GUARDED_SIGNALS or target.partition(":")[0] in _GUARDED


def field_and_topic(
    evidence: Evidence, lexicon: Lexicon, among: Container[str] = FIELDS
) -> tuple[Verdict, Topic | None]:
    """The field with the highest sum over its own words, its topics' and the learned ones;
    within it the topic with the highest sum."""
    fields: dict[str, dict[str, float]] = {}
    if subkind(evidence) == "misconduct" and evidence.has("signal:official"):
        fields[_DISCIPLINE] = dict(evidence.of("signal:official"))
    topics: dict[str, float] = {}
    for target, words in evidence.words.items():
        what, _, name = target.partition(":")
        if what == "topic":
            topics[name] = sum(words.values())
            name = lexicon.topics[name].field
        elif what != "field":
            continue
        mine = fields.setdefault(name, {})
        for word, weight in words.items():
            mine[word] = max(weight, mine.get(word, 0.0))
    for word, pairs in evidence.learned.items():
        for name, weight in pairs:
            mine = fields.setdefault(name, {})
            mine[word] = mine.get(word, 0.0) + weight * _LEARNED_SHARE
    verdict = _best({n: tuple(words.items()) for n, words in fields.items() if n in among})
    inside = [t for t in topics if lexicon.topics[t].field == verdict.name and topics[t] >= SURE]
    best = max(inside, key=lambda name: topics[name], default=None)
    return verdict, lexicon.topics[best] if best else None


def _best(candidates: dict[str, Pairs]) -> Verdict:
    ranked = sorted(
        ((sum(w for _, w in words), name) for name, words in candidates.items()), reverse=True
    )
    if not ranked or ranked[0][0] <= 0:
        return Verdict("")
    ahead = ranked[0][0] - max(0.0, ranked[1][0] if len(ranked) > 1 else 0.0)
    words = candidates[ranked[0][1]]
    return Verdict(ranked[0][1], tuple(sorted(words, key=lambda p: (-p[1], p[0]))), ahead)


def subkind(evidence: Evidence) -> str:
    """misconduct before hazard; "" if neither reaches its mark."""
    if evidence.score("subkind:misconduct") >= MISCONDUCT:
        return "misconduct"
    return "hazard" if evidence.score("subkind:hazard") >= HAZARD else ""


def kind(text: str, evidence: Evidence, topic: Topic | None, has_place: bool) -> Verdict:
    """诉求 咨询 举报/报告 建议 其他. Whatever says something and nothing else is a grievance:
    nothing a villager writes is dropped for want of a word."""
    if report := subkind(evidence):
        return Verdict("report", tuple(evidence.of(f"subkind:{report}").items()), 3.0)
    if not _READABLE.search(text):
        return Verdict("other", (("…", 1.0),), 1.0)
    scores = {
        name: dict(evidence.of(f"kind:{name}"))
        for name in ("grievance", "consultation", "suggestion")
    }
    if _ASKS.search(text):
        scores["consultation"]["?"] = 1.0
    said = max(sum(words.values()) for words in scores.values())
    small_talk = evidence.of("kind:other")
    settled = evidence.of("kind:settled")
    if (settled and not scores["grievance"]) or (small_talk and said < 2 and not topic):
        return Verdict("other", tuple((settled | small_talk).items()), 3.0)
    if settled and small_talk and said < _CLEAR:
        return Verdict("other", tuple((settled | small_talk).items()), 2.0)
    if topic is not None:
        scores[topic.usual][topic.name] = 1.0
    elif said == 0 and not has_place and len(text) <= _SHORT and not evidence.learned:
        return Verdict("other", (("…", 0.5),), 0.5)
    scores["grievance"]["…"] = 0.5
    return _best({name: tuple(words.items()) for name, words in scores.items()})


_SHORT = 4  # a text up to this length without any known word is chatter
_CLEAR = 4.0  # this much complaint or question is not outweighed by thanks
_ASKS = re.compile(r"(?:吗|呢|么|不|没|\?|？)[？?。!！]*$")
_READABLE = re.compile(r"[\u4e00-\u9fff]{2}|[a-z]{4}")


def urgency(evidence: Evidence, topic: Topic | None, verdict: Verdict) -> Verdict:
    """The highest level that a standing word has; a topic's own default for what is wrong
    now, not for questions."""
    for level in ("emergency", "urgent"):
        if words := evidence.of(f"urgency:{level}"):
            return Verdict(level, tuple(words.items()), sum(words.values()))
    if evidence.denied:
        return Verdict("ordinary")
    if topic and topic.urgency != "ordinary" and verdict.name in ("grievance", "report"):
        return Verdict(topic.urgency, ((topic.name, 1.0),), 1.0)
    return Verdict("ordinary")


def signals(evidence: Evidence, report: str) -> frozenset[str]:
    """`official` says that somebody in office is accused, so it needs a report on misconduct."""
    found = {t.partition(":")[2] for t in evidence.words if t.startswith("signal:")}
    if report != "misconduct":
        found.discard("official")
    return frozenset(found)


def ledger(topic: Topic | None, report: str, found: frozenset[str]) -> str:
    """台账: the topic's; what threatens peace belongs to 稳定."""
    if report == "misconduct" or found & {"violence_home", "group"}:
        return "稳定"
    if found & {"self_harm"}:
        return "困难群众"
    return topic.ledger if topic else "民生"


def certainty(*verdicts: Verdict) -> float:
    """0..1: the product of how far each answer is ahead of its next one."""
    product = 1.0
    for verdict in verdicts:
        product *= 1 / (1 + exp(-0.8 * verdict.ahead)) if verdict.name else 0.5
    return round(product, 3)


def topic_hits(hits: Iterable[Hit]) -> list[Hit]:
    return [hit for hit in hits if hit.rule.target.startswith("topic:")]
