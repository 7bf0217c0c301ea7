"""The address book 通讯录 of 企业微信, as much of it as the app may see.

Apps made since June 2022 get no phone numbers, and some get no names: what does not come is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.api import Answer, Api
from bot.channels.text import clean

DEPARTMENTS = "/cgi-bin/department/list"
MEMBERS = "/cgi-bin/user/list"


class ContactsRefused(Exception):
    """The platform says no, with its errcode."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Department:
    id: int
    name: str
    parent: int


@dataclass(frozen=True, slots=True)
class Member:
    userid: str
    name: str
    mobile: str
    departments: tuple[int, ...]
    leads: frozenset[int]  # departments whose head they are


@dataclass(frozen=True, slots=True)
class Contacts:
    departments: tuple[Department, ...]  # those above before those below
    members: tuple[Member, ...]


async def read(api: Api) -> Contacts:
    """Departments, then the members of each. Raises `ContactsRefused`, and as `Api.get`."""
    answer = await _asked(api, DEPARTMENTS, {})
    departments = tuple(
        _from_above([_department(row) for row in answer.data.get("department", [])])
    )
    members: dict[str, Member] = {}
    for each in departments:
        answer = await _asked(api, MEMBERS, {"department_id": str(each.id)})
        for row in answer.data.get("userlist", []):
            member = _member(row)
            members.setdefault(member.userid.lower(), member)
    return Contacts(departments, tuple(members[userid] for userid in sorted(members)))


async def _asked(api: Api, path: str, params: Mapping[str, str]) -> Answer:
    answer = await api.get(path, params)
    if answer.code:
        raise ContactsRefused(answer.code, answer.message)
    return answer


def _department(row: Mapping[str, Any]) -> Department:
    number = int(row["id"])
    name = clean(str(row.get("name") or ""))
    return Department(number, "" if name == str(number) else name, int(row.get("parentid") or 0))


def _member(row: Mapping[str, Any]) -> Member:
    userid, departments = str(row["userid"]), [int(each) for each in row.get("department") or ()]
    heads = row.get("is_leader_in_dept") or ()
    name = clean(str(row.get("name") or ""))
    return Member(
        userid=userid,
        name="" if name == userid else name,
        mobile=clean(str(row.get("mobile") or "")).removeprefix("+86").strip(),
        departments=tuple(departments),
        leads=frozenset(each for each, head in zip(departments, heads, strict=False) if head),
    )


def _from_above(departments: list[Department]) -> Iterator[Department]:
    """The app may see parts of the tree only: what has nothing above it is at the top."""
    known = {each.id for each in departments}
    waiting = [each for each in departments if each.parent not in known or each.parent == each.id]
    while waiting:
        above = waiting.pop(0)
        yield above
        waiting += [each for each in departments if each.parent == above.id != each.id]
