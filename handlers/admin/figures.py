"""/统计 and /审计: how much, how punctual, how content; who did what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from casework.case import BEFORE_ANSWER
from casework.rights import belongs
from casework.town import Town
from handlers import cards, wording
from handlers.acting import Sorry
from handlers.arguments import counted, member, staff_called
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from storage import audit, cases
from storage.figures import Figures, Rates, figures_of, rates_of

SHOWN: Final = 15
THREE: Final = "三率"


def figures(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """/统计 · /统计 30 (days) · /统计 三率 30. Denominators are shown; protected reports are not in it."""
    words = [given.get("word") or "", *given.get("text", "").split()]
    days = _days(next((word for word in words if word not in ("", THREE)), None))
    if THREE in words:
        return _three_rates(turn, days)
    since = turn.now - timedelta(days=days) if days else None
    found, span = figures_of(turn.viewer, turn.session, since, turn.now), _span(days)
    by_state = found.by_state
    return Reply(
        say(
            "admin.figures",
            town=turn.town.name,
            span=span,
            total=sum(by_state.values()),
            open=sum(by_state.get(state, 0) for state in BEFORE_ANSWER),
            answered=by_state.get("answered", 0),
            settled=by_state.get("settled", 0) + by_state.get("archived", 0),
            other=by_state.get("withdrawn", 0) + by_state.get("merged", 0),
            overdue=found.overdue,
            yellow=found.yellow,
            red=found.red,
            **_rates(found),
        )
        + _reported(turn, since)
    )


def _span(days: int | None) -> str:
    return say("admin.figures_days", days=days) if days else say("admin.figures_all")


def _reported(turn: Turn, since: datetime | None) -> str:
    """The rates that the town's work method reports, in a line."""
    wanted = turn.book.methods[turn.town.method].rates
    if not wanted:
        return ""
    found = sum(rates_of(turn.viewer, turn.session, since, turn.now).values(), Rates())
    parts = _parts(found)
    return "\n" + "，".join(say(f"word.rate.{each}") + parts[each] for each in wanted)


def _three_rates(turn: Turn, days: int | None) -> Reply:
    """响应率 解决率 满意率 of the whole and of each unit, those with most cases first."""
    since = turn.now - timedelta(days=days) if days else None
    by_unit: dict[str, Rates] = {}
    for post, its in rates_of(turn.viewer, turn.session, since, turn.now).items():
        name = _unit_name(turn.town, post)
        by_unit[name] = by_unit.get(name, Rates()) + its
    whole = sum(by_unit.values(), Rates())
    units = sorted(by_unit, key=lambda name: (-by_unit[name].dispatched, name))
    lines = "\n".join(say("admin.rates_unit", unit=u, **_parts(by_unit[u])) for u in units[:SHOWN])
    return Reply(
        say(
            "admin.rates",
            town=turn.town.name,
            span=_span(days),
            silent=whole.silent,
            lines=lines,
            **_parts(whole),
        ).rstrip()
    )


def _parts(found: Rates) -> dict[str, str]:
    return {
        "response": _rate(found.responded, found.dispatched),
        "solved": _rate(found.solved, found.called_back),
        "satisfied": _rate(found.satisfied, found.called_back),
    }


def _unit_name(town: Town, post: str) -> str:
    """The village, the department, or the township to which a post belongs."""
    found = town.posts.get(post)
    for unit in town.ancestors(found.unit) if found is not None else ():
        if unit.department or unit.level in ("village", "township", "county"):
            return unit.name
    return town.name


def audit_trail(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """/审计 · /审计 1023 · /审计 校验 (is the chain whole?). Personal text is cut short."""
    if given.get("word") == "校验":
        line = audit.broken(turn.session)
        return Reply(say("admin.audit_broken", line=line) if line else say("admin.audit_whole"))
    word = _identity(turn, given.get("word", ""))
    number = counted(word)
    if number is not None and cases.find(turn.viewer, turn.session, number) is None:
        return Reply(say("admin.audit_none"))  # by the same way as for a number never given
    found = audit.last(turn.session, limit=60, word=word)
    rows = [row for row in found if not _hidden(turn, row)][:SHOWN]
    if not rows:
        return Reply(say("admin.audit_none"))
    lines = "\n".join(
        say(
            "admin.audit_line",
            at=wording.when(row.at, turn.now),
            who=cards.actor_name(turn, row.actor),
            act=_act(row),
        )
        for row in rows
    )
    return Reply(say("admin.audit", lines=lines))


def _identity(turn: Turn, word: str) -> str:
    """A person is known to the trail by their id."""
    return member(turn.town, word).id if staff_called(turn.town, word) else word.lstrip("/")


def _act(row: audit.AuditRow) -> str:
    """What was done, in the words in which it was said if these say it."""
    said = (row.detail,) if row.act in row.detail else (row.act, row.target, row.detail)
    return wording.short(" ".join(filter(None, said)), 40)


def _hidden(turn: Turn, row: audit.AuditRow) -> bool:
    """What was done with a case that this viewer may not see stays out of sight; of the discipline
    post also what it did with none."""
    if row.target.isdigit():
        return cases.find(turn.viewer, turn.session, int(row.target)) is None
    if row.actor == turn.actor.label:
        return False
    holders = turn.town.posts[turn.town.discipline].holders
    oversees = belongs(turn.actor.staff, "overseer", turn.town)
    return row.actor.removeprefix("staff:") in holders or not oversees


def _rates(found: Figures) -> dict[str, str]:
    return {
        "on_time": _rate(found.answered_in_time, found.answered),
        "satisfied": _rate(found.satisfied, found.rated),
    }


def _rate(part: int, whole: int) -> str:
    if not whole:
        return say("admin.rate_none")
    return say("admin.rate", percent=round(100 * part / whole), part=part, whole=whole)


def _days(word: str | None) -> int | None:
    if word is None:
        return None
    digits = "".join(character for character in word if character.isdigit())
    if not digits or not 1 <= int(digits) <= 3650:
        raise Sorry(say("command.missing", need=say("command.need.word"), example="/统计 30"))
    return int(digits)
