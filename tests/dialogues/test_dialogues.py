"""Dialogues as tables: who says what, what comes back, who else hears of it.

Each `[[name]]` of a TOML file beside this one, or in a folder here, is a step of the dialogue of that name:

    who, says, kind     somebody speaks (`kind` text if it is left out; for an event `says` is its key,
                        for a table what stands in it)
    expects             the answer; without it there must be none
    expects_not         words that must not stand in the answer
    hears.NAME          the letters that somebody gets by this step, in order; nobody else gets any
    advance, outage     the town's clock moves on, watched or not; `restart` another process;
                        `compare` new cases are held against the open ones

In an expected sentence … stands for anything, or nothing. A letter is written with its time in
front, `03-02 09:00 …`, so that a sentence may begin with it. `{number}` is the last case number told to a
villager, `{1}` the first one, `{2}` the second; `{word}` the query word.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from casework.duration import Duration
from tests.village import Village

HERE = Path(__file__).parent
KEYS = {
    "who", "says", "kind", "expects", "expects_not", "hears", "advance", "outage", "restart",
    "compare",
}  # fmt: skip


def dialogues() -> list[Any]:
    return [
        pytest.param(steps, id=f"{file.stem}-{name}")
        for file in sorted(HERE.rglob("*.toml"))
        for name, steps in tomllib.loads(file.read_text("utf-8")).items()
    ]


@pytest.mark.parametrize("steps", dialogues())
def test_dialogue(village: Village, steps: list[dict[str, Any]]) -> None:
    told = Told()
    for index, step in enumerate(steps, 1):
        assert step.keys() <= KEYS, f"step {index}: what is {sorted(step.keys() - KEYS)}?"
        reply = act(village, step, told)
        told.listen(village, step, reply)
        where = f"step {index} ({step.get('who', 'time')}: {step.get('says', '')})"
        check_reply(step, reply, told, where)
        check_letters(village, step, told, where)


class Told:
    """Numbers and words that a villager was told, for the sentences that come later."""

    def __init__(self) -> None:
        self.numbers: list[str] = []
        self.names: dict[str, str] = {}

    def listen(self, village: Village, step: dict[str, Any], reply: str) -> None:
        if "who" not in step or village.staff(step["who"]):
            return
        for number in re.findall(r"编号 (\d+)", reply):
            self.names["number"] = number
            if number not in self.numbers:
                self.numbers.append(number)
                self.names[str(len(self.numbers))] = number
        if word := re.search(r"查\d+ (\S+)", reply):
            self.names["word"] = word[1]

    def fill(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: self.names[found[1]], text)


def act(village: Village, step: dict[str, Any], told: Told) -> str:
    if "advance" in step:
        village.advance(Duration.parse(step["advance"]).length)
    if "outage" in step:
        village.pass_unwatched(Duration.parse(step["outage"]).length)
    if step.get("restart"):
        village.restart()
    if step.get("compare"):
        village.compare()
        village.deliver()
    if "who" not in step:
        return ""
    return village.says(step["who"], told.fill(step.get("says", "")), step.get("kind", "text"))


def check_reply(step: dict[str, Any], reply: str, told: Told, where: str) -> None:
    expected = told.fill(step.get("expects", ""))
    if expected:
        assert fits(expected, reply), f"{where}\nexpected: {expected}\ngot: {reply}"
    else:
        assert reply == "", where
    for unwanted in step.get("expects_not", ()):
        assert told.fill(unwanted) not in reply, f"{where}\n{unwanted} in: {reply}"
    assert len(reply.encode()) <= 2048, f"{where}: too long for one message"


def check_letters(village: Village, step: dict[str, Any], told: Told, where: str) -> None:
    for person, sentences in step.get("hears", {}).items():
        wanted = [sentences] if isinstance(sentences, str) else sentences
        got = village.hears(person)
        shown = "\n".join(f"  got: {letter}" for letter in got)
        assert len(got) == len(wanted), f"{where}\n{person} gets {len(got)} letters\n{shown}"
        for sentence, letter in zip(wanted, got, strict=True):
            expected = told.fill(sentence)
            assert fits(expected, str(letter)), f"{where}\n{person}: {expected}\n{shown}"
    rest = "\n".join(f"  {letter.to}: {letter}" for letter in village.letters)
    assert not rest, f"{where}\nletters that nobody expected:\n{rest}"


def fits(expected: str, text: str) -> bool:
    """All pieces between the … stand in the text, one after the other."""
    start = 0
    for piece in filter(None, (piece.strip() for piece in expected.split("…"))):
        found = text.find(piece, start)
        if found < 0:
            return False
        start = found + len(piece)
    return True
