"""Do two texts speak of the same matter? Where it is (a housing estate, a road, a firm; a unit of
the town), its words and its topic are compared; each text is reduced to a `Signature` first.

What is rare tells more than what everybody writes. How common two characters side by side are stands
in `lexicon/common.toml`, so that a signature depends on its text alone, not on what else was written.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from importlib.resources import files
from itertools import combinations, pairwise
from math import log, sqrt
from statistics import median

from nlp.lexicon import shipped
from nlp.segments import knows

ENOUGH = 0.33  # likeness from which two texts speak of the same matter …
ON_AVERAGE = 0.28  # … and of a text to all of a group, so that no chain leads from one to another
MATTER = 0.12  # of two texts the words that are alike: the place alone makes no group
OWN_MATTER = 0.1  # of a text and all others of its group …
LIKE_OTHERS = 0.35  # … and of what the others have in common with theirs
PLACE_COUNTS = 0.26  # of the likeness comes from the place …
TOPIC_COUNTS = 0.04  # … and from the topic, more from one that is the same for all who live there
SHARED_COUNTS = 0.1
SHARED = frozenset([
    "路灯", "自来水", "饮水安全", "供电", "燃气", "供暖", "排水", "井盖", "垃圾清运", "公厕",
    "公园绿化", "文体设施", "电动车充电", "乡村道路", "桥梁", "客运班车", "通信网络", "农田水利",
    "河道堤防", "地质灾害", "水污染", "大气污染", "养殖污染", "工业污染",
])  # fmt: skip
HEAD = 40  # characters at the start, where people say what and where: they count twice
LONGEST = 800  # characters that are looked at
WORDS = 60  # of a text, the most telling ones: an essay then is like a sentence
KEYS = 12  # words, and names, by which texts are looked for that may be alike
MOST_KEYS = 2 * KEYS + 1  # of one text, its topic in its place among them
CROWDED = 200  # texts with the same key: that they have it in common tells nothing
# what each household has to itself: a neighbour's is never the same matter
PERSONAL = frozenset([
    "低保", "特困供养", "临时救助", "残疾人", "留守儿童", "退役军人", "婚姻登记", "殡葬", "户口",
    "身份证", "邻里纠纷", "家庭矛盾", "赡养", "家庭暴力", "债务纠纷", "精神病人", "走失失踪",
    "看病就医", "计划生育", "工伤", "养老保险", "医疗保险", "社保办理", "公益岗位", "学生资助",
    "辍学", "宅基地", "建房审批", "危房改造", "产权证", "贷款金融", "保险", "扶贫与防返贫",
    "惠农补贴",
])  # fmt: skip
_UNTOLD = 1.2  # idf of what tells nothing
_MATTER = 1.3  # times as much as others count characters that stand in a topic's words
_RARE = 4.6  # idf of two characters that may be a name
_WIDE = 0.3  # what tells the name of a place that is too wide for a matter …
_ORDINARY = 0.25  # … and of an institution that is named by a word of every day: 农贸市场, 燃气公司
_FEW_NAMES = 10.0  # a text whose names weigh less is compared as if they weighed this

_RUN = re.compile(r"[\u4e00-\u9fffa-z0-9]+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NAMED = re.compile(
    # too wide for a place where something happens
    r"(?P<wide>街道|大道|国道|省道|高速|号线|镇|乡|路|街)"
    r"|(?:房地产开发|房地产|地产|置业|实业|物业管理|物业|建设|建筑|工程)?"
    r"(?:股份|责任)?(?:有限)?(?:责任)?公司|集团|小区|社区|花园|家园|嘉园|新城|星城|名城|公园|城"
    r"|苑|园|村|组|巷|大桥|桥|大厦|广场|市场|商场|国际|山庄|公馆|华庭|庭|府|湾|厂|站|学校|学院"
    r"|小学|中学|医院|幼儿园|驾校|酒店|宾馆|超市|ktv|饭店|餐馆|湖|水库|河|山|坪|岭|塘|冲|坡|堤|渠"
)
_INSTITUTIONS = (
    "公司", "集团", "市场", "商场", "学校", "学院", "小学", "中学", "医院", "幼儿园", "驾校", "酒店", "宾馆",
    "超市", "饭店", "餐馆", "站", "小区", "厂", "广场", "大厦",
)  # fmt: skip
_NO_START = frozenset(
    "的了是在我你他她它们就也都有不这那个上下来去到说要会能与为被把给让从对很还没该本此"
    "各每某于至及或由向往以其等同全省市县区"
)
_NO_END = _NO_START | frozenset("一人和太")

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Signature:
    """What of a text is compared. `place`: a unit of the town and those above it, from below.
    `words` has length 1 as a vector, the most telling one first."""

    names: Weights
    words: Weights
    topic: str = ""
    place: tuple[str, ...] = ()


@lru_cache(maxsize=512)  # of what is alike, the same few are asked for again with every new case
def signature(text: str, topic: str = "", place: tuple[str, ...] = ()) -> Signature:
    """The signature of a normalised text."""
    text = text[:LONGEST]
    names, rest = _names(text)
    return Signature(names, _words(rest), topic, place)


def _names(text: str) -> tuple[Weights, str]:
    """The names in a text with how telling each is, and the text without them."""
    weights: dict[str, float] = {}
    times: Counter[str] = Counter()
    rest = list(text)
    for run in _RUN.finditer(text):
        for match in _NAMED.finditer(run[0]):
            name, telling = _name(run[0], match)
            if name:
                start = run.start() + match.start()
                rest[start - 2 : start + len(match[0])] = "\n" * (2 + len(match[0]))
                times[name] += 1
                weights[name] = max(weights.get(name, 0.0), telling * (2 if start < HEAD else 1))
    return {name: w * (1 + log(times[name])) for name, w in weights.items()}, "".join(rest)


def _name(run: str, match: re.Match[str]) -> tuple[str, float]:
    """佳园 星城 → 佳园星: two characters and the first of what it is; "" if it is no name."""
    start, kind = match.start(), match[0]
    left = run[max(0, start - 2) : start]
    if left.isdecimal():
        digits = re.search(r"\d+$", run[:start])
        return (digits[0] if digits else left) + kind, 4.0
    if len(left) < 2 or not _HAN.fullmatch(left) or left[0] in _NO_START or left[1] in _NO_END:
        return "", 0.0
    name, telling = left + kind[0], _telling(left)
    if telling < _RARE or knows(name) or knows(name[1:]):
        return "", 0.0
    if match["wide"]:
        return name, telling * _WIDE
    is_ordinary = kind.endswith(_INSTITUTIONS) and knows(left)
    return name, telling * (_ORDINARY if is_ordinary else 1.0)


def _words(text: str) -> Weights:
    """Two characters side by side each, with how telling they are here."""
    counted: dict[str, float] = defaultdict(float)
    for run in _HAN.finditer(text):
        weight = 2.0 if run.start() < HEAD else 1.0
        for at in range(len(run[0]) - 1):
            counted[run[0][at : at + 2]] += weight
    known, rare = _common()
    matter = _of_topics()
    words = {
        pair: (1 + log(count)) * telling * (_MATTER if pair in matter else 1.0)
        for pair, count in counted.items()
        if (telling := known.get(pair, rare) - _UNTOLD) > 0
    }
    best = sorted(words.items(), key=lambda item: (-item[1], item[0]))[:WORDS]
    length = sqrt(sum(weight * weight for _, weight in best)) or 1.0
    return {pair: weight / length for pair, weight in best}


def _telling(pair: str) -> float:
    known, rare = _common()
    return known.get(pair, rare)


@cache
def _common() -> tuple[Weights, float]:
    """How telling each common pair of characters is (idf), and all that are not listed."""
    text = files("nlp.lexicon").joinpath("common.toml").read_text(encoding="utf-8")
    known = {
        line[at : at + 2]: log(1000 / float(share))
        for share, lines in tomllib.loads(text)["per_thousand"].items()
        for line in lines
        for at in range(0, len(line), 2)
    }
    return known, max(known.values())


@cache
def _of_topics() -> frozenset[str]:
    """The pairs of characters that stand in the words of the topics."""
    words = (
        word
        for rule in shipped().rules
        if rule.target.startswith("topic:")
        for word in (rule.word, *rule.near)
    )
    return frozenset("".join(pair) for word in words for pair in pairwise(word))


# --- comparing -------------------------------------------------------------------------------------


def likeness(one: Signature, other: Signature) -> float:
    """0..1: how much the two speak of the same. What happens in two places is never the same."""
    topic = one.topic if one.topic == other.topic else ""
    counts = TOPIC_COUNTS if topic else 0.0
    if one.place and other.place:
        if not (one.place[0] in other.place or other.place[0] in one.place):
            return 0.0
        place, counts = 1.0, SHARED_COUNTS if topic in SHARED else counts
    else:
        place = sqrt(_shared(one.names, other.names))
        if not place and one.names and other.names:
            counts = 0.0  # of the same kind, but elsewhere
    return min(1.0, _cosine(one.words, other.words) + PLACE_COUNTS * place + counts)


def _shared(one: Weights, other: Weights) -> float:
    """The share of the names in common."""
    both = sum([min(weight, other[name]) for name, weight in one.items() if name in other])
    if not both:
        return 0.0
    return min(1.0, both / max(_FEW_NAMES, min(sum(one.values()), sum(other.values()))))


def _cosine(one: Weights, other: Weights) -> float:
    if len(one) > len(other):
        one, other = other, one
    return sum([weight * other[pair] for pair, weight in one.items() if pair in other])


# --- looking for what may be alike -----------------------------------------------------------------


def keys(of: Signature) -> tuple[int, ...]:
    """What an index files a text under: texts that are alike have some of these in common. Whole
    numbers of 63 bits, from which no text can be read."""
    return tuple(dict.fromkeys(map(_number, _key_words(of))))


def _key_words(of: Signature) -> Iterator[str]:
    if of.topic:
        yield from (f"{of.topic}@{unit}" for unit in of.place[:1])
    for name in sorted(of.names, key=lambda name: (-of.names[name], name))[:KEYS]:
        yield f"#{name}"
    yield from list(of.words)[:KEYS]


def _number(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) >> 1


def group(signatures: Sequence[Signature]) -> list[int]:
    """For each text the place of the first one of its group. The most alike come together first;
    two groups become one if they are alike on average, too. Who then turns out to have hardly more
    than the place in common with the others leaves them."""
    scores = {pair: found for pair in _candidates(signatures) if (found := _pair(signatures, pair))}
    ranked = sorted(scores, key=lambda pair: (-scores[pair], pair))
    leader = list(range(len(signatures)))
    members = [[at] for at in leader]
    for one, other in ranked:
        if scores[one, other] < ENOUGH:
            break
        first, second = sorted((leader[one], leader[other]))
        if first == second or _average(members[first], members[second], scores) < ON_AVERAGE:
            continue
        for at in members[second]:
            leader[at] = first
        members[first] += members[second]
        members[second] = []
    for texts in members:
        strangers = _strangers({at: signatures[at].words for at in texts})
        first = min(set(texts) - strangers, default=-1)
        for at in texts:
            leader[at] = at if at in strangers else first
    return leader


def _strangers(texts: Mapping[int, Weights]) -> set[int]:
    """Those of a group that speak of something else in the same place."""
    everywhere: dict[str, float] = defaultdict(float)
    for words in texts.values():
        for pair, weight in words.items():
            everywhere[pair] += weight
    found = {at: _to_others(words, everywhere) for at, words in texts.items()}
    usual = median(found.values()) if found else 0.0
    least = MATTER if len(texts) == 2 else max(OWN_MATTER, LIKE_OTHERS * usual)
    return {at for at, likeness in found.items() if likeness < least}


def _to_others(words: Weights, everywhere: Weights) -> float:
    """How much the words of a text are those of all others of its group."""
    others = {pair: weight - words.get(pair, 0.0) for pair, weight in everywhere.items()}
    length = sqrt(sum([weight * weight for weight in others.values()]))
    return _cosine(words, others) / length if length else 0.0


def _pair(signatures: Sequence[Signature], pair: tuple[int, int]) -> float:
    return likeness(signatures[pair[0]], signatures[pair[1]])


def _candidates(signatures: Sequence[Signature]) -> set[tuple[int, int]]:
    filed: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(signatures):
        for key in _key_words(each):
            filed[key].append(at)
    lists = (texts for texts in filed.values() if len(texts) <= CROWDED)
    return {pair for texts in lists for pair in combinations(texts, 2)}


def _average(
    ones: Sequence[int], others: Sequence[int], scores: Mapping[tuple[int, int], float]
) -> float:
    total = sum(
        scores.get((one, other) if one < other else (other, one), 0.0)
        for one in ones
        for other in others
    )
    return total / (len(ones) * len(others))
