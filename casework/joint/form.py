"""A form 形式 of joint handling as a value: who may call whom, what must be said, how it ends."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from casework.methods.method import ClockName
from casework.town import ROLES, Post

FieldKind = Literal["posts", "party", "cases", "text", "choice", "duration", "day"]
# `*`: not who watches over others
ANYBODY: Final = tuple(role for role in ROLES if role not in ("discipline", "inspector"))
# whose parts they are: post of the town; or also somebody by name who has no account
CALLING: tuple[FieldKind, ...] = ("posts", "party")


@dataclass(frozen=True, slots=True)
class Field:
    """Something that has to be said with it. Labelled (领导=赵国平), or, if `bare`, without a label."""

    name: str
    kind: FieldKind
    bare: bool = False
    optional: bool = False
    one: bool = False  # exactly one, where several could be named
    of: tuple[str, ...] = ()  # what may be chosen
    when: tuple[str, str] = ("", "")  # only if another field says this


@dataclass(frozen=True, slots=True)
class Form:
    """`word` is what is said; several forms may share it, and who says it decides which is meant.

    `by`, `calls`, `ends`: roles of posts; `title`: what the caller's post must be called. `below`:
    only those of the caller's own unit and beneath; `crowd`: if nobody is named, all of them.
    """

    id: str
    word: str
    name: str
    by: tuple[str, ...]
    calls: tuple[str, ...]
    ends: tuple[str, ...]
    clocks: tuple[ClockName, ...]
    words: Mapping[str, str]  # what sign_in, feedback, end are called
    fields: tuple[Field, ...]
    closing: tuple[Field, ...]
    title: str = ""
    below: bool = False
    crowd: bool = False
    binds: bool = False  # the case is not concluded before it has ended
    told: bool = False  # the villager hears who comes
    rated: bool = False  # those who came are rated 下评上
    agent: bool = False  # who does it may end it: an errand
    wished: bool = False  # villagers may ask for it themselves
    first: bool = False  # the first who signs in has it, the others are free
    due: str = ""  # the term where nobody says one
    not_for: tuple[str, ...] = ()  # topics that are never handled so

    @property
    def parties(self) -> tuple[Field, ...]:
        """The fields that name who is called."""
        return tuple(field for field in self.fields if field.kind in CALLING)

    def callable_by(self, post: Post) -> bool:
        return post.role in self.by and self.title in post.title

    def reaches(self, post: Post) -> bool:
        return post.role in self.calls


@cache
def forms() -> Mapping[str, Form]:
    """All forms by id, in the order in which they are tried."""
    text = files(__package__).joinpath("forms.toml").read_text(encoding="utf-8")
    return {form.id: form for form in map(_form, tomllib.loads(text)["form"])}


def said(word: str) -> Iterator[Form]:
    """The forms that this word can mean."""
    return (form for form in forms().values() if form.word == word)


def _form(table: dict[str, Any]) -> Form:
    given = _values(table)
    given |= {key: _roles(table[key]) for key in ("by", "calls", "ends")}
    given["fields"] = tuple(map(_field, given.pop("field", ())))
    given["closing"] = tuple(map(_field, table["closing"]))
    return Form(**given)


def _roles(names: list[str]) -> tuple[str, ...]:
    if unknown := set(names) - {*ROLES, "*"}:
        raise ValueError(f"forms.toml: {', '.join(sorted(unknown))}")
    return ANYBODY if "*" in names else tuple(names)


def _field(table: dict[str, Any]) -> Field:
    return Field(**_values(table))


def _values(table: dict[str, Any]) -> dict[str, Any]:
    """What TOML writes as a list is a tuple."""
    return {key: tuple(v) if isinstance(v, list) else v for key, v in table.items()}
