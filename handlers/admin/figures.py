"""/统计 and /审计: how much, how punctual, how content; who did what."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, time, timedelta
from typing import Any, Final, Literal

from casework import moments
from casework.calendar import SHANGHAI
from casework.case import BEFORE_ANSWER
from casework.rights import belongs
from casework.selection import joined
from casework.town import Town
from handlers import cards, wording
from handlers.acting import Sorry
from handlers.arguments import counted, member, staff_called
from handlers.copy import say
from handlers.message import Reply
from handlers.staff import several
from handlers.turn import Turn
from storage import audit, cases
from storage.figures import Asked, Counts, Figures, Rates, counts_of, figures_of, rates_of

SHOWN: Final = 15
THREE: Final = "三率"
VILLAGES: Final = "各村"
HANDS: Final = "各人"
MEASURES: Final[Mapping[str, str]] = {"超期": "overdue", "在办": "open", "没办": "open"}
MOST_DAYS: Final = 3650
_LAST_DAYS: Final = re.compile(r"(?:最近|近|过去)?([0-9]{1,6})天?(?:内|以来)?")


def figures(turn: Turn, given: Mapping[str, Any]) -> Reply:
    """/统计 · /统计 30 (days) · /统计 石墙村 路灯 上月 · /统计 三率 30 · /统计 各村 超期. Denominators are
    shown; protected reports are not in it."""
    words = [given.get("word") or "", *given.get("text", "").split()]
    if not {VILLAGES, HANDS, *MEASURES}.isdisjoint(words):
        return _most(turn, words)
    asked, of_what = _asked(turn, [word for word in words if word not in ("", THREE)])
    if THREE in words:
        return _three_rates(turn, asked, of_what)
    found = figures_of(turn.viewer, turn.session, asked, turn.now)
    by_state = found.by_state
    return Reply(
        say(
            "admin.figures",
            of_what=of_what,
            total=sum(by_state.values()),
            open=sum(by_state.get(state, 0) for state in BEFORE_ANSWER),
            answered=by_state.get("answered", 0),
            settled=by_state.get("settled", 0) + by_state.get("archived", 0),
            other=by_state.get("withdrawn", 0) + by_state.get("merged", 0),
            overdue=found.overdue,
            yellow=found.yellow,
            red=found.red,
            extended=found.extended,
            **_rates(found),
        )
        + _reported(turn, asked)
    )


def _asked(turn: Turn, words: Sequence[str]) -> tuple[Asked, str]:
    """Which cases the words choose, as 待办 reads them, and of what time; and how that is called."""
    asked, places, span = Asked(), "", say("admin.figures_all")
    for word in (part for each in words for part in _apart(turn, each)):
        spanned = _span(turn, word)
        chosen = several.named(turn, word) if spanned is None else None
        if spanned is not None and not asked.since:
            since, until, span = spanned
            asked = replace(asked, since=since, until=until)
        elif chosen is not None:
            asked, places = replace(asked, chosen=(*asked.chosen, chosen)), f"{places}·{word}"
        else:
            raise Sorry(say("admin.figures_what", word=word))
    return replace(asked, chosen=joined(asked.chosen)), f"{turn.town.name}{places}{span}"


def _apart(turn: Turn, word: str) -> tuple[str, ...]:
    """上个月石墙村, 石墙村本周: a time and a place that are written together."""
    for at in range(2, len(word) - 1):
        one, other = word[:at], word[at:]
        for span, chosen in ((one, other), (other, one)):
            if moments.period(span, turn.today) and several.named(turn, chosen) is not None:
                return one, other
    return (word,)


def _span(turn: Turn, word: str) -> tuple[datetime, datetime | None, str] | None:
    """30, 最近30天: so many days up to now; 本周, 11月: from day to day."""
    days = _LAST_DAYS.fullmatch(word)
    if days is not None:
        if not 1 <= int(days[1]) <= MOST_DAYS:
            raise Sorry(say("admin.figures_days_wrong", most=MOST_DAYS))
        since = turn.now - timedelta(days=int(days[1]))
        return since, None, say("admin.figures_days", days=int(days[1]))
    period = moments.period(word, turn.today)
    if period is None:
        return None
    since, until = (datetime.combine(day, time(), SHANGHAI) for day in period)
    first, last = wording.day_in(period[0], turn.today), period[1] - timedelta(days=1)
    if period[0] == last:
        between = first
    elif last >= turn.today:
        between = say("admin.figures_from", first=first)
    else:
        between = say("admin.figures_between", first=first, last=wording.day(last))
    return since, until, say("admin.figures_period", word=word, between=between)


def _reported(turn: Turn, asked: Asked) -> str:
    """The rates that the town's work method reports, in a line."""
    wanted = turn.book.methods[turn.town.method].rates
    if not wanted:
        return ""
    found = sum(rates_of(turn.viewer, turn.session, asked, turn.now).values(), Rates())
    parts = _parts(found)
    return "\n" + "，".join(say(f"word.rate.{each}") + parts[each] for each in wanted)


def _most(turn: Turn, words: Sequence[str]) -> Reply:
    """/统计 各村 超期 本月 · /统计 各人: of which village, in whose hands the most are, and the next ones."""
    measure = next((MEASURES[word] for word in words if word in MEASURES), "total")
    rest = [word for word in words if word not in ("", VILLAGES, HANDS, *MEASURES)]
    asked, of_what = _asked(turn, rest)
    by_name: dict[str, Counts] = {}
    by: Literal["unit", "lead_post"] = "lead_post" if HANDS in words else "unit"
    for key, its in counts_of(turn.viewer, turn.session, asked, turn.now, by).items():
        name = _village(turn.town, key) if by == "unit" else _in_whose_hands(turn, key or "")
        by_name[name] = by_name.get(name, Counts()) + its
    count = {name: getattr(its, measure) for name, its in by_name.items()}
    elsewhere = say("admin.most_elsewhere")  # is no village, and stands behind all that are
    found = sorted(
        (name for name in count if count[name]),
        key=lambda name: (name == elsewhere, -count[name], -by_name[name].total, name),
    )
    of_what += say(f"word.measure.{measure}")
    if not found:
        return Reply(say("admin.most_none", of_what=of_what))
    first = [name for name in found if count[name] == count[found[0]]]
    lines = wording.listed(
        found, SHOWN, lambda name: say("admin.most_line", name=name, **asdict(by_name[name]))
    )
    names, most = "、".join(first[:SHOWN]), count[found[0]]
    return Reply(say("admin.most", of_what=of_what, names=names, count=most, lines=lines))


def _village(town: Town, unit: str | None) -> str:
    chain = town.ancestors(unit)
    return next(
        (each.name for each in chain if each.level == "village"), say("admin.most_elsewhere")
    )


def _in_whose_hands(turn: Turn, post: str) -> str:
    who = wording.holder(turn.town, post, turn.now)
    return wording.post_name(turn.town, post) + (who.name if who is not None else "")


def _three_rates(turn: Turn, asked: Asked, of_what: str) -> Reply:
    """响应率 解决率 满意率 of the whole and of each unit, those with most cases first."""
    by_unit: dict[str, Rates] = {}
    for post, its in rates_of(turn.viewer, turn.session, asked, turn.now).items():
        name = _unit_name(turn.town, post)
        by_unit[name] = by_unit.get(name, Rates()) + its
    whole = sum(by_unit.values(), Rates())
    units = sorted(by_unit, key=lambda name: (-by_unit[name].dispatched, name))
    lines = "\n".join(say("admin.rates_unit", unit=u, **_parts(by_unit[u])) for u in units[:SHOWN])
    said = say("admin.rates", of_what=of_what, silent=whole.silent, lines=lines, **_parts(whole))
    return Reply(said.rstrip())


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
    return wording.short(wording.masked(" ".join(filter(None, said))), 40)


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
