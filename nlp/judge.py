"""From found words to the answers of a `Reading`. Each question has one function; each score is
the plain sum of the weights that are shown with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from math import exp
from operator import itemgetter
from typing import NamedTuple

from nlp.guards import Standing, is_denied, is_supposed, standing, stands
from nlp.hints import Hint
from nlp.learned import HEAD, Pairs
from nlp.lexicon import Topic
from nlp.patterns import Found, Pattern
from nlp.reading import UNSAID
from nlp.words import Hit

SURE = 2.0  # a topic is named from this score on: one plain word
REPORTED = 3.0  # a report from this score on
LATE = 0.25  # of its weight has a word after the head of the text, a danger after CRY
CERTAIN = 4.0  # a word of danger of this weight no hint can doubt
SAID = 3.0  # what words say of the kind counts this much against hints
CRY = 80  # characters: who is in danger says so before
_ABOUT = frozenset({"topic", "field", "kind"})
_WRONG = ("subkind:misconduct",)
_EMERGENCY = "urgency:emergency"
_HAZARD = "subkind:hazard"
# no report is meant
_PEACEFUL = frozenset({"kind:other", "kind:consultation", "kind:suggestion"})
# the last wins a tie
_SPEECH = {name: f"kind:{name}" for name in ("suggestion", "consultation", "grievance")}
_KINDS = {**_SPEECH, "other": "kind:other"}
_LESS = {"urgency:emergency": "urgency:urgent", "signal:life": ""}

Words = dict[str, float]
Fulfilled = tuple[Pattern, Iterator[Found]]
NONE: Words = {}


class Verdict(NamedTuple):
    """An answer, how far it is ahead of the next one, and the words that speak for it. Those are
    put together when somebody asks why: hardly any reading is asked."""

    name: str
    ahead: float = 0.0
    score: float = 0.0  # what the words' weights add up to
    why: Callable[[], Pairs] = tuple

    @property
    def words(self) -> Pairs:
        return self.why()


class Evidence(NamedTuple):
    """Words by target ("kind:grievance" → {"坏了": 3.0}) after the guards."""

    words: dict[str, Words]
    topics: dict[str, Words]  # by the topic's name
    report: str = ""  # misconduct | hazard
    denied: bool = False  # a word of danger was found that does not count

    def of(self, target: str) -> Words:
        return self.words.get(target, NONE)


def weigh(
    text: str, hits: Sequence[Hit], found: Iterable[Fulfilled] = (), hint: Hint | None = None
) -> Evidence:
    """Collects what stands. A danger that is only feared, or told late in an essay, is one step
    less; a denied one counts nothing, nor does what follows it directly (没有打架斗殴)."""
    words: dict[str, Words] = {}
    topics: dict[str, Words] = {}
    denied_until = -1
    for start, end, use in hits:
        target, weight = use.target, use.weight
        if use.is_danger:
            meant: Standing
            if start <= denied_until:
                meant = "denied"
            elif target == _WRONG[0]:
                meant = "denied" if is_denied(text, start, end) else "fact"
            else:
                meant = standing(text, start, end)
            if meant == "denied":
                denied_until = max(denied_until, end)
                continue
            if start >= CRY:
                target, weight = _LESS.get(target, target), weight * LATE
            if meant == "feared":
                target = _LESS.get(target, target)
        elif start >= HEAD and use.aim in _ABOUT:
            weight *= LATE
        about = words
        if use.aim == "topic":
            about, target = topics, use.name
        if (mine := about.get(target)) is None:
            about[target] = {use.word: weight}
        elif weight > mine.get(use.word, 0.0):
            mine[use.word] = weight
    denied = _weigh_patterns(text, found, words) or denied_until >= 0
    if hint is not None:
        _heed(hint, words, text, denied)
    words.pop("", None)
    return Evidence(words, topics, _report(words), denied)


def _heed(hint: Hint, words: dict[str, Words], text: str, denied: bool) -> None:
    """A hint adds what no pattern and no word says, unless it is denied; a danger that hints speak
    against is one step less, and a wrong or a hazard is none."""
    if _EMERGENCY not in words and hint.speaks(_EMERGENCY):
        if hint.cries(_EMERGENCY) or not (denied or is_supposed(text)):
            words[_EMERGENCY] = hint.words(_EMERGENCY)
            words.setdefault(_HAZARD, words[_EMERGENCY])
            words.setdefault("signal:life", {})
    elif _is_doubted(hint, words, _EMERGENCY):
        words.setdefault("urgency:urgent", {}).update(words.pop(_EMERGENCY))
    (wrong,) = _WRONG
    if _is_doubted(hint, words, wrong):
        del words[wrong]
    if _EMERGENCY not in words and _is_doubted(hint, words, _HAZARD):
        del words[_HAZARD]
    report = _report(words)
    if report != "misconduct" and _accuses(hint) and not _is_danger(hint, words):
        words[wrong] = hint.words(wrong)  # of a hazard too: somebody is to blame for it
    elif not report and hint.speaks(_HAZARD) and _PEACEFUL.isdisjoint(words):
        words[_HAZARD] = hint.words(_HAZARD)


def _accuses(hint: Hint) -> bool:
    """True for a wrong that is louder than every kind of speech: a proposal accuses nobody."""
    (wrong,) = _WRONG
    if not hint.speaks(wrong):
        return False
    return hint.sums[wrong] > max(hint.sums.get(target, 0.0) for target in _KINDS.values())


def _is_danger(hint: Hint, words: dict[str, Words]) -> bool:
    """What matters first of a danger is that somebody comes, unless it is told as a wrong."""
    return _EMERGENCY in words and hint.sums[_EMERGENCY] >= hint.sums[_WRONG[0]]


def _is_doubted(hint: Hint, words: dict[str, Words], target: str) -> bool:
    """True for what is said, but by no word that people gave all weight to."""
    said = words.get(target)
    return said is not None and max(said.values(), default=0.0) < CERTAIN and hint.doubts(target)


def _weigh_patterns(text: str, found: Iterable[Fulfilled], words: dict[str, Words]) -> bool:
    """Adds the patterns that tell a fact, one for each kind of danger; true if one is denied."""
    denied, told = False, set()
    for pattern, stretches in found:
        if pattern.targets in told:
            continue
        for each in stretches:
            meant = _meant(text, pattern.targets, each)
            if meant == "denied":
                denied = True
                continue
            late = each.start >= CRY
            for target in pattern.targets:
                aim = _LESS.get(target, target) if late or meant == "feared" else target
                mine = words.setdefault(aim, {})
                weight = pattern.weight * LATE if late else pattern.weight
                mine[each.word] = max(weight, mine.get(each.word, 0.0))
            if meant == "fact" and not late:
                told.add(pattern.targets)
                break
    return denied


def _meant(text: str, targets: tuple[str, ...], found: Found) -> Standing:
    """Wrong that was done last year is wrong, a danger of last year is none; and how somebody
    speaks is how they speak (要是有个图书室该多好)."""
    if targets[0].startswith("kind:"):
        return "fact"
    if targets == _WRONG:
        return "denied" if any(is_denied(text, *span) for span in found.spans) else "fact"
    return stands(text, found.spans)


def _report(words: Mapping[str, Words]) -> str:
    """misconduct goes before hazard; "" if neither reaches its mark."""
    for name, target in _REPORTS.items():
        if (mine := words.get(target)) and sum(mine.values()) >= REPORTED:
            return name
    return ""


_REPORTS = {name: f"subkind:{name}" for name in ("misconduct", "hazard")}


def ranked(words: Words) -> Pairs:
    return tuple(sorted(words.items(), key=_weight, reverse=True)) if words else ()


_weight = itemgetter(1)


def kind(
    text: str,
    evidence: Evidence,
    topic: Topic | None,
    has_place: bool,
    hint: Hint | None = None,
) -> Verdict:
    """What the words say, unless hints clearly say another kind."""
    said = _kind(text, evidence, topic, has_place)
    if hint is None or said.name == "report" or not _READABLE.search(text):
        return said
    sums = {name: hint.sums.get(target, 0.0) for name, target in _KINDS.items()}
    sums[said.name] += SAID
    second, best = sorted(sums, key=sums.__getitem__)[-2:]
    if best == said.name:
        return said
    why = partial(_hinted, hint, f"kind:{best}")
    return Verdict(best, sums[best] - sums[second], sums[best], why)


def _hinted(hint: Hint, target: str) -> Pairs:
    return ranked(hint.words(target))


def _kind(text: str, evidence: Evidence, topic: Topic | None, has_place: bool) -> Verdict:
    """诉求 咨询 举报/报告 建议 其他. Whatever says something and nothing else is a grievance:
    nothing a villager writes is dropped for want of a word."""
    if report := evidence.report:
        return Verdict("report", 3.0, why=partial(ranked, evidence.of(f"subkind:{report}")))
    if not _READABLE.search(text):
        return _other({UNSAID: 1.0}, 1.0)
    words = evidence.words
    scores = {
        name: sum(words[target].values()) if target in words else 0.0
        for name, target in _SPEECH.items()
    }
    is_asked = _is_asked(text)
    if is_asked:
        scores["consultation"] += _ASKED
    said = max(scores.values())
    if chatter := _chatter(text, evidence, topic, said):
        return chatter
    if topic is None and said == 0 and not has_place and _is_empty(text, evidence):
        return _other({UNSAID: 0.5}, 0.5)
    scores["grievance"] += _GIVEN
    usual = topic.usual if topic is not None and _is_open(text, scores) else ""
    if usual:
        scores[usual] += 1.0
    _, (_, second), (best, score) = sorted(scores.items(), key=_weight)
    added = ("？", _ASKED) if is_asked and best == "consultation" else _ADDED.get(best)
    named = topic.name if topic is not None and usual == best else ""
    why = partial(_said, evidence.of(_SPEECH[best]), added, named)
    return Verdict(best, score - second, score, why)


def _said(words: Words, added: tuple[str, float] | None, named: str) -> Pairs:
    """The words that make it what it is, with what counts besides."""
    shown = dict(words)
    if added is not None:
        shown.update([added])
    if named:
        shown[named] = shown.get(named, 0.0) + 1.0
    return ranked(shown)


def _other(words: Words, ahead: float) -> Verdict:
    return Verdict("other", ahead, why=partial(ranked, words))


def _is_asked(text: str) -> bool:
    """还来不来？ ends with a word or a mark that asks."""
    said = text.rstrip("？。！")
    return said[-1:] in _ASKING or "？" in text[len(said) :]


def _is_open(text: str, scores: Mapping[str, float]) -> bool:
    """True if what is usual for a topic may decide: a bare 低保, or some sign of a question. A
    plain statement (玉米地里全是虫) tells of something wrong."""
    return len(text) <= _BARE or scores["consultation"] > 0


def _is_empty(text: str, evidence: Evidence) -> bool:
    return len(text) <= _SHORT and not evidence.words


def _chatter(text: str, evidence: Evidence, topic: Topic | None, said: float) -> Verdict | None:
    """Thanks and greetings, where nothing else is said that is not settled by now."""
    small_talk, settled = evidence.of("kind:other"), evidence.of("kind:settled")
    if not (small_talk or settled):
        return None
    if "urgency:emergency" in evidence.words or "urgency:urgent" in evidence.words:
        return None
    complains = bool(evidence.of("kind:grievance"))
    thanks_for = said == 0 and _THANKS.match(text)  # 感谢镇里修了路
    if (settled and not complains) or (small_talk and said < SURE and (thanks_for or not topic)):
        return _other(settled | small_talk, 3.0)
    if settled and small_talk and said < _CLEAR:
        return _other(settled | small_talk, 2.0)
    return None


_ASKED = 1.9
_THANKS = re.compile(r"(?:真的?|太|非常|十分|很|要|衷心|特别)?(?:感谢|谢谢|多谢|感激|表扬|点赞)")
_ASKING = frozenset("吗呢么不没")
_GIVEN = 0.5  # to a grievance: whatever says something and nothing else is one
_ADDED = {"grievance": (UNSAID, _GIVEN)}
_BARE = 8
_SHORT = 4  # a text up to this length without any known word is chatter
_CLEAR = 4.0  # this much complaint or question is not outweighed by thanks
_READABLE = re.compile(r"[\u4e00-\u9fff]{2}|[a-z]{4}")


def urgency(evidence: Evidence, topic: Topic | None, kind_name: str) -> Verdict:
    """The highest level that a standing word has; a topic's own default for what is wrong
    now, not for questions."""
    for level, target in _LEVELS.items():
        if words := evidence.words.get(target):
            return Verdict(level, score=sum(words.values()), why=partial(ranked, words))
    if topic is None or evidence.denied or kind_name not in ("grievance", "report"):
        return Verdict("ordinary")
    if topic.urgency == "ordinary":
        return Verdict("ordinary")
    return Verdict(topic.urgency, why=partial(ranked, {topic.name: 1.0}))


_LEVELS = {level: f"urgency:{level}" for level in ("emergency", "urgent")}


def signals(evidence: Evidence) -> frozenset[str]:
    """`official` says that somebody in office is accused, so it needs a report on misconduct."""
    found = {target[7:] for target in evidence.words if target.startswith("signal:")}
    if evidence.report != "misconduct":
        found.discard("official")
    return frozenset(found)


def ledger(topic: Topic | None, report: str, found: frozenset[str]) -> str:
    """台账: the topic's; what threatens peace belongs to 稳定."""
    if report == "misconduct" or "violence_home" in found or "group" in found:
        return "稳定"
    if "self_harm" in found:
        return "困难群众"
    return topic.ledger if topic else "民生"


def certainty(*verdicts: Verdict) -> float:
    """0..1: the product of how far each answer is ahead of its next one."""
    product = 1.0
    for name, ahead, _, _ in verdicts:
        product *= 1 / (1 + exp(-0.8 * ahead)) if name else 0.5
    return round(product, 3)
