"""Which field 领域 and topic 主题: the words that people have written into the lexicon, and below
them the learned ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from nlp.judge import NONE, SURE, Evidence, Verdict, Words, ranked
from nlp.learned import Learned, Pairs, Tally
from nlp.lexicon import FIELDS, Topic

FEW = 2  # people's words up to this number count alike; of more the mean counts, twice
PEOPLES = 0.85  # what people's words count beside learned ones, which know many more texts
LEAST = 1.2  # a field from this score on: small words alone say something of every text
DISCIPLINE = "纪检监察"  # where a cadre is accused


def field_and_topic(
    evidence: Evidence,
    tally: Tally,
    learned: Learned,
    topics: Mapping[str, Topic],
    among: frozenset[str],
) -> tuple[Verdict, Topic | None]:
    """The field with the highest sum over its own words, its topics' and the learned ones;
    within it the topic with the highest sum."""
    spoken, share = spoken_for(evidence, topics)
    scores = list(tally.scores)
    for name, own in spoken.items():
        if name in among:
            scores[learned.places[name]] += sum(own.values()) * share
    said, score = any(scores), max(scores)
    at = scores.index(score)  # of equals the one met more often
    best, scores[at] = learned.fields[at], 0.0
    if not said or (score < LEAST and len(among) == len(FIELDS)):
        return Verdict(""), None
    why = partial(_words, spoken.get(best, NONE), share, learned, best, tally)
    return Verdict(best, score - max(scores), score, why), _topic(evidence, topics, best)


def _words(spoken: Words, share: float, learned: Learned, best: str, tally: Tally) -> Pairs:
    """The words of the best field, with what each adds to its score."""
    words = learned.words_for(best, tally)
    for word, weight in spoken.items():
        words[word] = words.get(word, 0.0) + weight * share
    return ranked(words)


def spoken_for(evidence: Evidence, topics: Mapping[str, Topic]) -> tuple[dict[str, Words], float]:
    """People's words by field, each once, and what their weights count."""
    by_field: dict[str, Words] = {}
    if evidence.report == "misconduct" and "signal:official" in evidence.words:
        by_field[DISCIPLINE] = evidence.words["signal:official"] | evidence.of("subkind:misconduct")
    for name, words in evidence.topics.items():
        _gather(by_field, topics[name].field, words)
    for target, words in evidence.words.items():
        if target.startswith("field:"):
            _gather(by_field, target[6:], words)
    count = sum(map(len, by_field.values()))
    return by_field, PEOPLES * FEW / max(FEW, count)


def _gather(by_field: dict[str, Words], name: str, words: Words) -> None:
    mine = by_field.get(name)
    if mine is None:
        by_field[name] = words
        return
    mine = by_field[name] = dict(mine)
    for word, weight in words.items():
        if weight > mine.get(word, 0.0):
            mine[word] = weight


def _topic(evidence: Evidence, topics: Mapping[str, Topic], field: str) -> Topic | None:
    best, most = None, 0.0
    for name, words in evidence.topics.items():
        topic = topics[name]
        if topic.field == field and (score := sum(words.values())) > most:
            best, most = topic, score
    return best if most >= SURE else None
