"""What is made of a text: `Reading` 研判, a plain value that explains itself by `matched`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

KINDS = (
    "grievance",
    "consultation",
    "report",
    "suggestion",
    "other",
)  # 诉求 咨询 举报报告 建议 其他
URGENCIES = ("ordinary", "urgent", "emergency")  # 一般 紧急 特急, from below
LEDGERS = ("民生", "困难群众", "稳定")
SIGNALS = frozenset(
    {
        "anger",  # 情绪激动
        "fear",  # 怕报复
        "repeat",  # 反映过多次
        "group",  # 联名, 集体
        "official",  # a cadre or public servant is accused
        "life",  # danger to life
        "violence_home",  # 家暴
        "self_harm",  # 轻生
        "placeholder",  # the platform's sentence for a message that it cannot show
        "minority",  # written in a minority script: a person has to read it
    }
)
UNSAID = "…"  # in `Matched`, what counts that no word says
Pairs = tuple[tuple[str, float], ...]
NOTHING: Mapping[str, Pairs] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Place:
    """A place that the text names. Several with low confidence mean: ask which."""

    text: str  # as written
    name: str  # canonical, 石墙村三组
    unit: str  # id from the gazetteer
    confidence: float  # 0..1


class Matched(Mapping[str, Pairs]):
    """Per question the words that decided it with their weights, put together when it is asked."""

    __slots__ = ("_why",)

    def __init__(self, why: Mapping[str, Callable[[], Pairs]]) -> None:
        self._why = why

    def __getitem__(self, question: str) -> Pairs:
        return self._why[question]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._why)

    def __len__(self) -> int:
        return len(self._why)

    def __repr__(self) -> str:
        return repr(dict(self))


@dataclass(frozen=True, slots=True)
class Reading:
    """研判. `matched` holds, per question, the words that decided it with their weights;
    the weights of a question add up to the score of its answer."""

    text: str  # normalised
    kind: str  # one of KINDS
    subkind: str = ""  # misconduct | hazard, for a report only
    field: str = ""  # 领域: one of the 15 fields, "" if unknown
    topic: str = ""  # 主题: unique over all fields, "" if unknown
    urgency: str = "ordinary"  # one of URGENCIES
    ledger: str = "民生"  # one of LEDGERS, or a town's own
    confidence: float = 0.0  # of kind and field together, 0..1
    places: tuple[Place, ...] = ()
    parts: tuple[str, ...] = ()  # the text of each matter; (text,) when there is one
    matched: Mapping[str, Pairs] = dataclasses.field(default_factory=lambda: NOTHING)
    signals: frozenset[str] = frozenset()  # subset of SIGNALS
