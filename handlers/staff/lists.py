"""A list of matters, pasted from a meeting or sent as a table: shown first as it would be understood,
with what is wrong in which row; after a 确认 each is opened, and all of it stands as one bulk act.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from casework.case import Case
from handlers import telling, wording
from handlers.acting import Sorry
from handlers.copy import say
from handlers.message import Reply
from handlers.opening import Told, open_told, read_told
from handlers.turn import Occasion, Turn
from handlers.understood import about_a_cadre, in_danger
from nlp.reading import Place
from storage import bulk

MOST: Final = 100  # matters of one list
SHOWN: Final = 12


@dataclass(slots=True)
class Entries:
    """What was read of a list: by row what was told, and what cannot be read."""

    told: dict[int, Told] = field(default_factory=dict)
    wrong: dict[int, str] = field(default_factory=dict)

    def add(self, row: int, told: Told) -> None:
        """Told twice in one list it is one matter."""
        first = next((number for number, each in self.told.items() if each.text == told.text), None)
        if first is None:
            self.told[row] = told
        else:
            self.wrong[row] = say("register.row_same", row=first)


def preview(occasion: Occasion, entries: Entries) -> str:
    """How each would be understood, how many where, and what is wrong in which row."""
    count = len(entries.told)
    if count > MOST:
        raise Sorry(say("register.too_many", count=count, most=MOST))
    wrong = _wrong(entries.wrong)
    if not count:
        raise Sorry(say("register.none_read", wrong=wrong))
    lines, places, pressing = [], Counter[str](), []
    for row, told in entries.told.items():
        reading, place = read_told(occasion, told.text)
        sealed = about_a_cadre(occasion, reading)
        if in_danger(reading) and not sealed:
            pressing.append(row)
        places[_village(occasion, place if not sealed else None)] += 1
        sort = reading.topic or reading.field or say("word.kind.other")
        where = place.name if place is not None else say("card.no_place")
        understood = f"{sort}，{where}：{wording.short(told.text, 24)}"
        lines.append(f"{row}. {say('register.sealed_line') if sealed else understood}")
    return say(
        "register.preview",
        pressing=say("register.pressing", rows="、".join(map(str, pressing))) if pressing else "",
        count=count,
        lines=wording.listed(lines, SHOWN, str),
        places="、".join(f"{name}{number}" for name, number in places.most_common()),
        wrong=wrong,
    )


def _village(occasion: Occasion, place: Place | None) -> str:
    above = occasion.town.ancestors(place.unit) if place is not None else ()
    return next((unit.name for unit in above if unit.level == "village"), say("card.no_place"))


def _wrong(wrong: Mapping[int, str]) -> str:
    if not wrong:
        return ""
    rows = [say("register.row", row=row, why=why) for row, why in wrong.items()]
    return say("register.wrong", count=len(rows), lines=wording.listed(rows, SHOWN, str))


def kept(entries: Entries) -> list[dict[str, str]]:
    """What was shown, to be opened after a 确认."""
    return [asdict(told) for told in entries.told.values()]


def confirmed(turn: Turn, data: Mapping[str, Any]) -> Reply:
    return open_all(turn, [Told(**each) for each in data["told"]], data["line"])


def open_all(turn: Turn, told: Sequence[Told], line: str) -> Reply:
    """建账 for each; a report about a person goes its own way and is in no list."""
    opened: list[Case] = []
    said: list[str] = []
    for each in told:
        case = open_told(turn, each, *read_told(turn, each.text))
        if case is None:
            authority = turn.town.authority
            said.append(
                say("villager.report_outside", authority=authority.name, phone=authority.phone)
            )
            continue
        turn.acted.append(case.number)
        if case.protected:
            said.append(say("register.sealed", **telling.case_words(case, turn)))
        else:
            opened.append(case)
    turn.about = None
    if opened:
        said.insert(0, _as_one(turn, opened, line))
    return Reply("\n".join(said))


def _as_one(turn: Turn, opened: Sequence[Case], line: str) -> str:
    rows = [
        bulk.BulkCaseRow(bulk=0, case_number=case.number, former_post=case.lead_post, done=True)
        for case in opened
    ]
    identity = bulk.keep(
        turn.session, actor=turn.actor.label, command="登记", line=line, found=rows, now=turn.now
    )
    numbers = [str(case.number) for case in opened]
    if len(numbers) > SHOWN:
        numbers = [say("register.from_to", first=numbers[0], last=numbers[-1])]
    return say(
        "register.opened_several", count=len(opened), numbers="、".join(numbers), bulk=identity
    )
