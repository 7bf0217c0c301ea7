"""The town file 乡镇文件: what a town decides, as TOML, as entries, as a `casework.town.Town`.

Entries are the form in which the town is stored: kind → id → a plain JSON-able dict, exactly
as in the TOML minus the id. All functions are pure.
"""

from casework.townfile.build import build
from casework.townfile.change import Change, Plan, Source, describe, plan
from casework.townfile.check import problems
from casework.townfile.parse import parse
from casework.townfile.render import render, render_entry
from casework.townfile.schema import KINDS, Entries, Problem, TownFileError, is_phone
from casework.townfile.secrets import masked, unmasked

__all__ = [
    "KINDS",
    "Change",
    "Entries",
    "Plan",
    "Problem",
    "Source",
    "TownFileError",
    "build",
    "describe",
    "is_phone",
    "masked",
    "parse",
    "plan",
    "problems",
    "render",
    "render_entry",
    "unmasked",
]
