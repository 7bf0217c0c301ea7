"""The bot's words: every sentence is used, every used one is there, and each fits its place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest

import casework
import handlers
import nlp
import storage
from casework.case import Case, Decision, Event
from casework.clocks import Promise
from casework.duration import Duration
from casework.methods.compare import TITLES
from casework.methods.compare import WORDS as WORDS_OF_METHODS
from casework.rights import THE_SERVICE, Viewer
from handlers import telling
from handlers.copy import sentences
from handlers.tells import TELLS
from handlers.turn import Occasion
from storage import cases
from tests.village import Village

HOUSES = tuple(Path(str(house.__file__)).parent for house in (handlers, storage, casework, nlp))
LONGEST = 600  # characters, before the places are filled
TEXT_LIMIT = 2048  # bytes of one message on either platform


@dataclass(frozen=True)
class Said:
    """One `say(…)` in the source. `given` is None where a dictionary is handed in."""

    where: str
    pattern: str  # of the key
    literal: bool
    given: frozenset[str] | None


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for house in HOUSES:
        for file in sorted(house.rglob("*.py")):
            yield file, ast.parse(file.read_text("utf-8"))


def said() -> Iterator[Said]:
    for file, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                names = [keyword.arg for keyword in node.keywords]
                given = None if None in names else frozenset(map(str, names))
                for pattern, literal in keys(node.args[0]):
                    yield Said(f"{file.name}:{node.lineno}", pattern, literal, given)


def keys(node: ast.expr) -> Iterator[tuple[str, bool]]:
    """The key as a pattern: what is put together stands for any name."""
    if isinstance(node, ast.Constant):
        yield re.escape(str(node.value)), True
    elif isinstance(node, ast.IfExp):
        yield from keys(node.body)
        yield from keys(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        parts = (
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"([^.]+)"
            for part in node.values
        )
        yield "".join(parts), False
    else:
        yield r".+", False


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


SAID = tuple(said())
WORDS = frozenset(
    str(node.value)
    for _, tree in sources()
    for node in ast.walk(tree)
    if isinstance(node, ast.Constant) and isinstance(node.value, str | int)
)


@pytest.mark.parametrize("use", SAID, ids=lambda use: f"{use.where}-{use.pattern}")
def test_what_is_said_is_there(use: Said) -> None:
    found = [key for key in sentences() if re.fullmatch(use.pattern, key)]
    assert found, f"{use.where} says {use.pattern}"
    if use.literal and use.given is not None:
        missing = places(sentences()[found[0]]) - use.given
        assert not missing, f"{use.where}: {found[0]} wants {sorted(missing)}"


def test_every_sentence_is_used() -> None:
    """Said by its name, or by one that is put together of words that stand somewhere."""
    patterns = {use.pattern for use in SAID if use.pattern != ".+"}

    def used(key: str) -> bool:
        if key in WORDS:
            return True
        matches = [found for pattern in patterns if (found := re.fullmatch(pattern, key))]
        return any(
            all(word in WORDS or word.isdigit() for word in match.groups()) for match in matches
        )

    unused = [key for key in sentences() if not used(key)]
    assert not unused, "\n".join(unused)


def test_methods_are_compared_in_the_words_of_cards_and_commands() -> None:
    known = sentences()
    for name, title in TITLES.items():
        assert title == known[f"word.clock.{name}"]
    for name, word in WORDS_OF_METHODS.items():
        said = {known.get(f"word.{part}.{name}", word) for part in ("urgency", "level", "rate")}
        assert said == {word}


@pytest.mark.parametrize("key", sorted(sentences()))
def test_a_sentence_is_short_and_plain(key: str) -> None:
    sentence = sentences()[key]
    assert len(sentence) <= LONGEST
    assert "\t" not in sentence
    for half in ('"', "'", ",", "?", "!"):
        assert half not in re.sub(r"\{\w+\}", "", sentence), "marks are full-width in Chinese"


@pytest.fixture
def occasion(village: Village) -> Iterator[tuple[Occasion, Case]]:
    """A case that is there, and somebody who does something with it."""
    village.says("zhang", "石墙村三组路灯坏了，" + "晚上走路害怕" * 60)
    viewer = Viewer(THE_SERVICE, village.book.town)
    with village.database.reading() as (session, begun):
        case = cases.find(viewer, session, 1001)
        assert case is not None
        yield (
            Occasion(
                actor=THE_SERVICE,
                now=begun.now,
                wall=begun.wall,
                book=village.book,
                session=session,  # type: ignore[arg-type]
                origin="test",
            ),
            case,
        )


@pytest.mark.parametrize("action", TELLS)
def test_every_letter_has_what_its_places_want(
    action: str, occasion: tuple[Occasion, Case]
) -> None:
    at, case = occasion
    top = action == "escalate_at_the_top"
    later = at.now + timedelta(days=1)
    case = replace(case, urged=2, merged_into=1002, rating=1, promised_at=later, review_at=later)
    before = replace(case, lead_post="shouli", promised_at=at.now)
    case = replace(case, previous_post="shiqiang-shuji")
    data = {"rating": 1, "card": "red", "clock": "settle", "by": "3天", "top": top, "person": "li"}
    data |= {"form": "township_whistle", "convener": "shouli", "parts": ["shuiwu"], "place": "渠口"}
    data |= {"again": False, "handed_over": ["材料"]}
    silence = Promise("silence", at.now, later, False, "", (), Duration(5, "d"))
    for text in ("", "灯" * 100):
        event = Event(action, "staff:li", text, data)
        decision = Decision(
            "escalate" if top else action, before, case, (event,), (silence,), parties=(7,)
        )
        letters = telling.letters(at, decision)
        assert letters, action
        for letter in letters:
            assert "{" not in letter.text
            assert letter.text == letter.text.strip()
            assert len(letter.text.encode()) <= TEXT_LIMIT
