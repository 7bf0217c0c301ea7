"""The table of who hears of what: for each thing done to a case the letters that follow from it.

How they are addressed and sent stands in `telling`, the sentences in `copy/tell.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from casework.joint.form import Form


@dataclass(frozen=True, slots=True)
class Tell:
    """To whom, with which sentence of `copy/tell.toml`, how urgent (None: as the case is)."""

    # villagers | handler | former | sender | called | named | supervisor | duty | admin; of what is
    # done jointly parts, who called them (convener), and who is not wanted any more (free)
    to: str
    sentence: str
    importance: str | None = None


TELLS: Final[Mapping[str, tuple[Tell, ...]]] = {
    "open": (
        Tell("handler", "opened"),
        Tell("handler", "opened_now"),
        Tell("duty", "opened_now"),
    ),
    "supplement": (
        Tell("handler", "supplemented"),
        Tell("handler", "opened"),
        Tell("handler", "danger_now"),
        Tell("duty", "danger_now"),
        Tell("former", "moved_by_words"),
    ),
    "urge": (Tell("handler", "urged", "urgent"), Tell("supervisor", "urged_again", "urgent")),
    "withdraw": (Tell("handler", "withdrawn"),),
    "retract": (Tell("handler", "retracted"),),
    "satisfied": (Tell("handler", "satisfied", "ordinary"),),
    "unsatisfied": (
        Tell("supervisor", "decide"),
        Tell("handler", "unsatisfied"),
    ),
    "again": (Tell("handler", "again"), Tell("supervisor", "again_below")),
    "review": (Tell("handler", "review"), Tell("former", "review_above")),
    "stand": (Tell("handler", "stands"),),
    "classify": (Tell("villagers", "classified"),),
    "reply": (Tell("villagers", "replied"),),
    "ask": (Tell("villagers", "asked"),),
    "hand_up": (Tell("villagers", "handed_up"), Tell("handler", "handed_to_you")),
    "transfer": (
        Tell("villagers", "transferred"),
        Tell("handler", "transferred_to_you"),
        Tell("former", "taken_from_you"),
    ),
    "assign": (
        Tell("villagers", "transferred"),
        Tell("handler", "assigned_to_you"),
        Tell("former", "taken_from_you"),
    ),
    "delegate": (
        Tell("villagers", "transferred"),
        Tell("handler", "delegated_to_you"),
    ),
    "suspend": (Tell("villagers", "suspended"), Tell("handler", "suspended_for_you")),
    "hear": (Tell("villagers", "heard"), Tell("handler", "heard_for_you")),
    "resume": (Tell("handler", "resumed"),),
    "accept": (Tell("former", "taken_from_you"),),
    "call": (Tell("called", "called"),),
    "ask_back": (
        Tell("sender", "back_wanted"),
        Tell("villagers", "handed_back_for_you"),
        Tell("handler", "handed_back"),
    ),
    "designate": (Tell("handler", "designated"),),
    "request_extension": (Tell("supervisor", "extension_wanted"),),
    "decline": (Tell("handler", "extension_declined"),),
    "take_back": (Tell("villagers", "taken_back"),),
    "conclude": (Tell("villagers", "concluded"), Tell("villagers", "concluded_for_you_to_say")),
    "supervise": (
        Tell("handler", "supervised", "urgent"),
        Tell("named", "supervised_named", "urgent"),
    ),
    "hand_back": (Tell("villagers", "handed_back_for_you"), Tell("handler", "handed_back")),
    "extend": (Tell("villagers", "extended"), Tell("handler", "extended_for_you")),
    "reopen": (Tell("villagers", "reopened"), Tell("handler", "reopened_for_you")),
    "uphold": (Tell("villagers", "upheld"), Tell("handler", "upheld_for_you")),
    "recommend": (Tell("admin", "recommended", "ordinary"),),
    "merge": (Tell("villagers", "merged"), Tell("handler", "merged_for_you")),
    "join": (Tell("handler", "joined"),),
    "recuse": (
        Tell("villagers", "recused_for_you"),
        Tell("handler", "assigned_to_you"),
    ),
    "escalate": (
        Tell("villagers", "escalated"),
        Tell("villagers", "not_accepted"),
        Tell("handler", "escalated_to_you", "urgent"),
        Tell("former", "escalated_from_you"),
    ),
    "escalate_at_the_top": (
        Tell("villagers", "still_late"),
        Tell("handler", "overdue_at_the_top", "urgent"),
        Tell("admin", "overdue_at_the_top", "urgent"),
    ),
    "summon": (
        Tell("parts", "summoned"),
        Tell("handler", "summoned_to_you"),
        Tell("villagers", "summoned_for_you"),
    ),
    "wish": (Tell("parts", "wished_of_you"),),
    "sign_in": (
        Tell("convener", "signed_in"),
        Tell("handler", "signed_in"),
        Tell("free", "not_wanted"),
        Tell("villagers", "taken_for_you"),
        Tell("villagers", "handed_over_for_you"),
    ),
    "feedback": (
        Tell("handler", "fed_back"),
        Tell("convener", "fed_back"),
        Tell("villagers", "on_its_way_for_you"),
    ),
    "overrule": (Tell("parts", "overruled"),),
    "appraise": (Tell("parts", "appraised"),),
    "disband": (
        Tell("parts", "disbanded"),
        Tell("handler", "disbanded_to_you"),
    ),
    "absent": (
        Tell("parts", "absent", "urgent"),
        Tell("convener", "absent_above", "urgent"),
        Tell("handler", "absent_above", "urgent"),
        Tell("supervisor", "absent_above", "urgent"),
        Tell("convener", "unclaimed"),
        Tell("supervisor", "unclaimed"),
    ),
    "press": (Tell("supervisor", "press", "urgent"), Tell("admin", "press", "urgent")),
}


# a case that is answered or closed needs nobody any more
RELEASED: Final = Tell("parts", "released", "ordinary")

# of what is done jointly: what is told by which forms
BY_FORM: Final[Mapping[str, Callable[[Form], bool]]] = {
    "summoned_for_you": lambda form: form.told and not form.first,
    "absent": lambda form: not form.first,
    "absent_above": lambda form: not form.first,
    "unclaimed": lambda form: form.first,
    "taken_for_you": lambda form: form.told and form.first,
    "on_its_way_for_you": lambda form: form.agent,
}
