"""What staff add to a case without moving it: its list 清单, what is on record 留痕, 公示."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from casework.case import PUBLIC, Case
from casework.clocks import promise
from casework.draft import Draft, promised
from casework.duration import Duration
from casework.methods.method import ClockRule, Share, Step, Track

WALL: Final = "公示栏"


def classify(draft: Draft) -> Draft:
    """On another list 清单, with its times from now on; or with the time that is given."""
    track: Track = draft.given["track"]
    draft = replace(draft, after=replace(draft.after, track=track.id))
    names = ("settle",) if draft.after.replied_at else ("reply", "settle")
    rules = draft.world.method_of(draft.after).rules_of(draft.after)
    start = tuple(
        promise(_by_date(rule, draft), draft.world.now, draft.world.calendar)
        for rule in rules
        if rule.name in names
    )
    after = promised(draft.after, start)
    by = draft.given.get("duration")
    data = {
        "track": track.name,
        "by": str(by) if by else "",
        "stages": draft.given.get("stages", 0),
    }
    return replace(draft, after=after, start=start, data=data)


def _by_date(rule: ClockRule, draft: Draft) -> ClockRule:
    """The settle rule with the time that was given for this case, told at the end of each stage."""
    by: Duration | None = draft.given.get("duration")
    if by is None or rule.name != "settle":
        return rule
    stages = draft.given.get("stages", 0)
    reached = (Step(Share(100 * n // stages), "remind", ("handler",)) for n in range(1, stages))
    kept = (
        step
        for step in rule.steps
        if not isinstance(step.at, Share) and step.at.length > -by.length
    )
    return replace(rule, due=by, steps=(*reached, *kept))


def attest(draft: Draft) -> Draft:
    fact = draft.given["fact"]
    return replace(draft, after=_on_record(draft.after, fact), data={"fact": fact})


def publish(draft: Draft) -> Draft:
    """公示 in one form. It counts as public from the day on which it is in as many as are wanted."""
    form = str(draft.given.get("text") or WALL)
    after = _on_record(draft.after, f"{PUBLIC}{form}")
    lacking = draft.world.method_of(draft.before).publication.forms - len(after.forms)
    if lacking <= 0:
        after = replace(after, published_at=after.published_at or draft.world.now)
    stop = ("publish",) if lacking <= 0 else ()
    data = {"form": form, "lacking": max(0, lacking)}
    return replace(draft, after=after, stop=stop, data=data)


def _on_record(case: Case, fact: str) -> Case:
    facts = filter(None, dict.fromkeys((*case.facts.split("\n"), fact)))
    return replace(case, facts="\n".join(facts))
