"""What must be true of each case, judged by its history alone: rows of the case, its history, its
clocks, its letters; and what the town is like. Nothing of `casework` decides here.

A rule is a function of a `File` and the `Town` that yields a sentence for each thing that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from tests.simulation.history import File, Line, Mail, Timer
from tests.simulation.reckoning import Days

TOLERANCE: Final = timedelta(
    minutes=5
)  # from the moment at which something is due until it is done
CONVERSATION: Final = timedelta(minutes=30)
ON_TIME: Final = timedelta(minutes=1)
MOMENT: Final = timedelta(milliseconds=1)

ENDED: Final = frozenset({"settled", "archived", "merged", "withdrawn"})
AFTER_ANSWER: Final = frozenset({"silence", "decide"})  # clocks of answered cases
# what a step of a clock may have become in the history
BECOMES: Final = {
    "remind": frozenset({"remind", "skip"}),
    "escalate": frozenset({"escalate", "press", "call"}),
    "settle": frozenset({"settle"}),
    "supervise": frozenset({"supervise"}),
}
CARDED: Final = frozenset({"card"})
# the deeds that end a clock; none of them may lie between its beginning and its being late
ANSWERS: Final = {
    "acknowledge": frozenset({"accept", "reply", "ask", "conclude"}),
    "contact": frozenset({"reply", "ask", "conclude"}),
    "reply": frozenset({"reply", "conclude"}),
    "settle": frozenset({"conclude"}),
}
PAUSES: Final = {"villager": "ask", "review": "suspend", "hearing": "hear"}
# columns of the case, and the deeds that they count
COUNTED: Final = {
    "urged": frozenset({"urge"}),
    "extended": frozenset({"extend"}),
    "supervised": frozenset({"supervise"}),
    "reopened": frozenset({"reopen", "again", "review"}),
    "bad_ratings": frozenset({"unsatisfied", "again", "review", "stand"}),
}


@dataclass(frozen=True)
class Town:
    """What a rule knows of the town: its days, who stands above whom, and when the story ends."""

    days: Days
    end: datetime
    above: Mapping[str, tuple[str, ...]]  # post → the posts above it, nearest first
    levels: Mapping[str, str]  # post → level
    rungs: Mapping[str, frozenset[str]]  # version of a method → levels on its ladder
    holders: Mapping[str, frozenset[str]]  # post → who may hold it in the course of the year
    digest: bool = True  # there is a list of the day, which holds what is told by it
    twice: tuple[tuple[datetime, datetime], ...] = ()  # time lived twice: a clock was set back
    spoken: Set[tuple[str, datetime]] = frozenset()  # who said something to the service, and when


Rule = Callable[[File, Town], Iterator[str]]


def steps_once_and_in_order(file: File, town: Town) -> Iterator[str]:
    """Each step of each clock is done or passed over exactly once, in order, as what it is."""
    for timer in file.timers:
        taken = [index for _, index in _taken(file, timer)]
        if taken != list(range(len(taken))):
            yield f"clock {timer.id}: its steps came as {taken}"
        if len(taken) > len(timer.steps):
            yield f"clock {timer.id}: more was done than it has steps"
        for line, index in _taken(file, timer):
            step = timer.steps[index] if index < len(timer.steps) else None
            if step is None:
                continue
            becomes = CARDED if step.do == "remind" and step.card else BECOMES[step.do]
            if line.kind not in becomes:
                yield f"clock {timer.id}, step {index}: {step.do} became {line.kind}"
            if line.at < step.at:
                yield f"clock {timer.id}, step {index}: done before its time"


def no_step_forgotten(file: File, town: Town) -> Iterator[str]:
    """What was due while its clock ran has been done, within seconds of when it could be."""
    for timer in file.timers:
        taken = _taken(file, timer)
        ends = min(filter(None, (timer.stopped_at, timer.paused_at, town.end)))
        ready = timer.started_at
        for line, index in taken[: len(timer.steps)]:
            ready = _ready(timer, town, max(ready, timer.steps[index].at))
            if line.at > _latest(town, ready) and line.kind != "skip":
                yield f"clock {timer.id}, step {index}: done at {line.at}, due at {ready}"
            ready = max(ready, line.at) if line.kind != "skip" else timer.steps[index].at
        for step in timer.steps[len(taken) :]:
            ready = _ready(timer, town, max(step.at, ready))
            if _latest(town, ready) < ends:
                yield f"clock {timer.id}: {step.do} of {step.at} was never done"
        if timer.state == "running":
            following = len(taken) if len(taken) < len(timer.steps) else None
            if timer.next_step != following or (timer.next_at is None) != (following is None):
                yield f"clock {timer.id}: step {timer.next_step} comes next, not {following}"
        if timer.state == "paused":
            until = town.days.told(timer.next_at or town.end, "ordinary")
            if _latest(town, until) < town.end:
                yield f"clock {timer.id}: still paused, though its pause was over at {timer.next_at}"


def nothing_outside_its_hours(file: File, town: Town) -> Iterator[str]:
    """Nights and days off hold what is ordinary, nights what is urgent if the town says so."""
    urgency, days = file.row["urgency"], town.days
    for line in file.lines:
        if _clock_of(line) is not None and not days.may_tell(line.at, urgency):
            yield f"{line.kind} at {line.at}, when nobody is to be told"
    for letter in file.letters:
        if letter.sent_at is None or letter.key.startswith("reply:"):
            continue
        if (letter.recipient, letter.sent_at) in town.spoken:  # what had waited for their next word
            continue
        on_time = (
            letter.sent_at - letter.created_at < ON_TIME
        )  # … it may be the hour of its writing
        hours = (letter.sent_at, letter.created_at) if on_time else (letter.sent_at,)
        if letter.channel == "wecom" and not any(days.may_tell(at, urgency) for at in hours):
            yield f"{letter}: outside its hours"
        asleep = not any(days.villager_awake(at, urgency) for at in hours)
        if letter.channel == "wechat" and asleep and not _talking(file, town, letter):
            yield f"{letter}: at night"


def nobody_reminded_of_what_is_over(file: File, town: Town) -> Iterator[str]:
    """A clock does nothing to a case that is over, nor one of the work after the answer."""
    names = {timer.id: timer.name for timer in file.timers}
    state = ""
    for line in file.lines:
        clock = _clock_of(line)
        if clock is not None:
            after = names.get(clock) in AFTER_ANSWER
            if state in ENDED or (state == "answered") != after:
                yield f"{line.kind} of the clock {names.get(clock)}, when the case was {state}"
        state = line.data.get("state", "assigned" if line.kind == "open" else state)
    for letter in file.letters if in_order(file) else ():
        if letter.sent_at is not None and _reminds(file, letter):
            told = _state_at(file, letter.sent_at - MOMENT)
            if told in ENDED:
                yield f"{letter}: sent when the case was {told}"


def nobody_reminded_while_the_clock_stands_still(file: File, town: Town) -> Iterator[str]:
    for timer in file.timers:
        pauses = [(m.since, m.until) for m in timer.moves if m.until is not None]
        if timer.paused_at is not None:
            pauses.append((timer.paused_at, timer.stopped_at or town.end + TOLERANCE))
        for line, index in _taken(file, timer):
            if any(since < line.at < until for since, until in pauses):
                yield f"clock {timer.id}, step {index}: {line.kind} during a pause"


def only_the_newest_reminder(file: File, town: Town) -> Iterator[str]:
    """Of reminders whose time has passed only the newest is sent; those before it are on record."""
    for timer in file.timers:
        taken = _taken(file, timer)
        for position, (line, index) in enumerate(taken):
            behind = timer.steps[index + 1] if index + 1 < len(timer.steps) else None
            overtaken = behind is not None and not behind.consequence and behind.at <= line.at
            if line.kind == "remind" and overtaken:
                yield f"clock {timer.id}, step {index}: sent at {line.at}, though {behind} was due"
            if line.kind == "skip":
                following = taken[position + 1][0] if position + 1 < len(taken) else None
                if following is None or following.at != line.at:
                    yield f"clock {timer.id}, step {index}: passed over, and nothing done instead"


def one_level_at_a_time(file: File, town: Town) -> Iterator[str]:
    """A case climbs to the next post above, and each level has its own time."""
    rungs = town.rungs.get(file.row["method"])
    recused = _recused_at_first(file)
    began = {timer.id: timer.started_at for timer in file.timers}
    post, last = "", None
    for line in file.lines:
        clock = _clock_of(line)
        if line.kind == "escalate" and not line.data.get("top"):
            upper = [
                each
                for each in town.above.get(post, ())
                if (rungs is None or town.levels[each] in rungs) and town.holders[each] - recused
            ]
            if line.data.get("post") != next(iter(upper), None):
                yield f"from {post} to {line.data.get('post')}, not to {upper[:1]}"
            if last is not None and clock is not None and began[clock] < last:
                yield f"up again at {line.at} by a clock that began before {last}"
            last = line.at
        if line.kind == "recuse":
            recused |= {line.data["person"]}
        post = line.data.get("post", post)


def always_one_lead_post(file: File, town: Town) -> Iterator[str]:
    """From the first line on each says whose the case is; the row says the last."""
    first = file.lines[0] if file.lines else None
    if first is None or first.kind != "open" or [e.kind for e in file.lines].count("open") != 1:
        yield "its history does not begin with its opening"
        return
    posts = [line.data["post"] for line in file.lines if "post" in line.data]
    if "post" not in first.data:
        yield "opened without a lead post"
    if unknown := [post for post in posts if post not in town.levels]:
        yield f"led by posts that nobody knows: {unknown}"
    if posts and file.row["lead_post"] != posts[-1]:
        yield f"led by {file.row['lead_post']}, by its history by {posts[-1]}"


def the_row_is_what_the_history_amounts_to(file: File, town: Town) -> Iterator[str]:
    state = _state_at(file, town.end + timedelta(days=1))
    if file.row["state"] != state:
        yield f"the row says {file.row['state']}, the history {state}"
    for column, kinds in COUNTED.items():
        counted = sum(line.kind in kinds for line in file.lines)
        if file.row[column] != counted:
            yield f"{column} is {file.row[column]}, the history counts {counted}"
    for card in ("yellow", "red"):
        given = sum(line.data.get("card") == card for line in file.lines)
        if file.row[f"{card}_cards"] != given:
            yield f"{file.row[f'{card}_cards']} {card} cards, {given} in the history"
    if state in ENDED and any(timer.state != "stopped" for timer in file.timers):
        yield f"clocks run though it is {state}"


def due_times_are_right(file: File, town: Town) -> Iterator[str]:
    """The start, the length, and what has moved it since: pauses and extensions."""
    for timer in file.timers:
        due = town.days.due(timer.started_at, timer.due, timer.moves)
        if due != timer.due_at:
            yield f"clock {timer.id}: due at {timer.due_at}, reckoned {due}"


def each_delay_is_explained(file: File, town: Town) -> Iterator[str]:
    """Who is late has not answered; what moved a due time is a pause or an extension on record."""
    for timer in file.timers:
        late = min(filter(None, (timer.stopped_at, timer.paused_at, town.end)))
        answers = ANSWERS.get(timer.name, frozenset())
        if late > timer.due_at:
            for line in file.lines:
                in_time = timer.started_at < line.at < min(late, timer.due_at)
                if in_time and line.kind in answers and not _twice(town, line.at, late):
                    yield f"clock {timer.id} is late, though {line.kind} came at {line.at}"
        for moved in timer.moves:
            asked = "extend" if moved.by is not None else PAUSES.get(moved.why, "")
            if not any(line.kind == asked and line.at == moved.since for line in file.lines):
                yield f"clock {timer.id}: moved for {moved.why}, of which nothing is on record"
            ended = moved.until is None or any(line.at == moved.until for line in file.lines)
            if not ended:
                yield f"clock {timer.id}: a pause ended at {moved.until}, and nothing says why"


def who_is_reminded_is_told(file: File, town: Town) -> Iterator[str]:
    """What was done by a clock has a letter; a reminder by the list of the day is in that."""
    told = {letter.key.split(":", 1)[0] for letter in file.letters}
    for timer in file.timers:
        first = 0
        for line, index in _taken(file, timer):
            if line.kind == "skip" or index >= len(timer.steps):
                continue
            listed = timer.steps[index].by == "digest" and town.digest
            quiet = line.kind == "settle" or (listed and line.kind == "remind")
            if not quiet and f"c{timer.id}.{first}" not in told:
                yield f"clock {timer.id}, step {index}: {line.kind}, and nobody was told"
            first = index + 1


RULES: Final[tuple[Rule, ...]] = (
    steps_once_and_in_order,
    no_step_forgotten,
    nothing_outside_its_hours,
    nobody_reminded_of_what_is_over,
    nobody_reminded_while_the_clock_stands_still,
    only_the_newest_reminder,
    one_level_at_a_time,
    always_one_lead_post,
    the_row_is_what_the_history_amounts_to,
    due_times_are_right,
    each_delay_is_explained,
    who_is_reminded_is_told,
)


@dataclass(frozen=True)
class Broken:
    """A rule that a case breaks, and the case with its whole history."""

    rule: str
    wrong: str
    file: File

    def __str__(self) -> str:
        return f"{self.rule}: {self.wrong}\n    {self.file}"


def broken(file: File, town: Town) -> list[Broken]:
    """What is wrong with a case."""
    return [Broken(rule.__name__, wrong, file) for rule in RULES for wrong in rule(file, town)]


# --- reading a history ------------------------------------------------------------------------


def _taken(file: File, timer: Timer) -> list[tuple[Line, int]]:
    """The lines that steps of this clock have left, in the order in which they were written."""
    found = []
    for line in file.lines:
        parts = (line.key or "").split(":")
        if len(parts) == 3 and parts[0] == "clock" and parts[1] == str(timer.id):
            found.append((line, int(parts[2])))
    return found


def _clock_of(line: Line) -> int | None:
    parts = (line.key or "").split(":")
    return int(parts[1]) if parts[0] == "clock" and len(parts) == 3 else None


def _state_at(file: File, moment: datetime) -> str:
    state = "assigned"
    for line in file.lines:
        if line.at <= moment:
            state = line.data.get("state", state)
    return state


def _recused_at_first(file: File) -> frozenset[str]:
    """Who has to stay away from the beginning, because the villager spoke of them."""
    later = {line.data["person"] for line in file.lines if line.kind == "recuse"}
    return frozenset(file.row["recused"].split()) - later


def _reminds(file: File, letter: Mail) -> bool:
    """A letter of a clock's step that was a reminder."""
    origin = letter.key.split(":", 1)[0]
    clock, _, step = origin.removeprefix("c").partition(".")
    if not (origin.startswith("c") and clock.isdigit() and step.isdigit()):
        return False
    at = {line.at for line in file.lines if line.kind == "remind" and _clock_of(line) == int(clock)}
    return letter.created_at in at


def _ready(timer: Timer, town: Town, moment: datetime) -> datetime:
    """When people may be told of what is due at this moment, and its clock runs."""
    while True:
        pauses = (
            move.until for move in timer.moves if move.until and move.since <= moment < move.until
        )
        goes_on = next(pauses, moment)
        told = town.days.told(goes_on, "ordinary")
        if told == moment:
            return told
        moment = told


def _latest(town: Town, ready: datetime) -> datetime:
    """Until when that is done for which everything is ready; where the night begins meanwhile, in
    the morning."""
    soon = ready + TOLERANCE
    there = town.days.told(soon, "ordinary")
    return soon if there == soon else there + TOLERANCE


def _talking(file: File, town: Town, letter: Mail) -> bool:
    """Was the villager in conversation when it was written, or, late, when it was sent?"""
    told = (letter.created_at, letter.sent_at or letter.created_at)
    return any(
        line.actor.startswith("villager:") and any(_heard(town, line.at, each) for each in told)
        for line in file.lines
    )


def _heard(town: Town, said: datetime, told: datetime) -> bool:
    """Was something told just after it was said?"""
    return timedelta() <= told - said < CONVERSATION or _twice(town, said, told)


def _twice(town: Town, one: datetime, other: datetime) -> bool:
    """Did a clock that was set back make their order uncertain?"""
    return any(begin <= min(one, other) and max(one, other) <= end for begin, end in town.twice)


def in_order(file: File) -> bool:
    """True where no clock was set back in the course of the case."""
    return all(one.at <= two.at for one, two in pairwise(file.lines))
