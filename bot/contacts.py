"""`xiaoge wecom contacts`: the address book of 企业微信 as a draft of the town file.

What the town has decided stays: names and phones are brought up to date, who is new is added where
their department is, who is gone is named, for a person to decide. Nothing is loaded.
"""

from __future__ import annotations

import asyncio
import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.channels.api import BadStatus, NotSent, TokenRefused, Unanswered
from bot.channels.wecom.channel import app
from bot.channels.wecom.contacts import Contacts, ContactsRefused, Department, Member, read
from bot.doctor import told
from bot.doctor.finding import bad
from bot.doctor.platforms import refusal, unreached
from bot.settings import Settings, WrongSettings
from bot.town import as_it_is
from casework import townfile
from casework.townfile import Entries
from storage.database import Database

STEP = "wecom_contacts"
LEVELS = (
    (re.compile(r"(?:村|社区|居委会)$"), "village"),
    (re.compile(r"网格$"), "grid"),
    (re.compile(r"组$"), "group"),
)
# the post of who is new, by where: (role, title); heads of villages first
LEAD, MEMBER, HEAD = ("lead", "书记"), ("member", "网格员"), ("department", "负责人")
NEW_TOWN: dict[str, Any] = {
    "method": "zhongjiang",
    "intake": "shouli",
    "discipline": "jijian",
    "duty": "zhiban",
    "authority": {"name": "（请填上级纪检机关）", "phone": "12388"},
}
NEW_POSTS = {
    "shouli": ("受理岗", "admin"),
    "jijian": ("纪检岗", "discipline"),
    "zhiban": ("值班岗", "admin"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """The town file's text; what it changes, in words; who stands in the town and not in the book."""

    text: str
    changes: str
    gone: tuple[str, ...]
    members: int


def draft(settings: Settings, database: Database) -> Draft:
    """Raises WrongSettings with what the platform does not like, and what to do about it."""
    contacts = asyncio.run(_read(settings, database))
    if not contacts.departments:
        raise WrongSettings(told(bad(STEP, "none")))
    return compare(contacts, as_it_is(database))


async def _read(settings: Settings, database: Database) -> Contacts:
    sender = app(settings, database)
    try:
        return await read(sender.api)
    except (ContactsRefused, TokenRefused) as refused:
        raise WrongSettings(told(refusal("wecom", STEP, refused.code, refused.message))) from None
    except (NotSent, Unanswered, BadStatus) as failure:
        raise WrongSettings(told(unreached(STEP, settings.wecom_api_base, failure))) from None
    finally:
        await sender.aclose()


def compare(contacts: Contacts, current: Entries) -> Draft:
    """The draft beside the town as it is; `current` is empty before the first town."""
    shown = townfile.masked(current)
    wanted = _Merging(contacts, copy.deepcopy(shown)).entries()
    there = {member.userid.lower() for member in contacts.members}
    gone = tuple(
        f"{row['name']}（{row['userid']}）"
        for row in shown.get("staff", {}).values()
        if row["userid"].lower() not in there
    )
    changes = townfile.describe(townfile.plan(shown, {}, wanted)) if shown.get("town") else ""
    text = "".join(f"# {line}\n" for line in _head(contacts, gone)) + "\n" + townfile.render(wanted)
    return Draft(text, changes, gone, len(contacts.members))


def _head(contacts: Contacts, gone: tuple[str, ...]) -> Iterator[str]:
    yield "草稿：由 xiaoge wecom contacts 从企业微信通讯录读来，还没有载入。"
    yield "请核对每个人的岗位 posts，补上受理岗、纪检岗、值班岗的人，再运行 xiaoge town check。"
    if not any(member.mobile for member in contacts.members):
        yield "通讯录没有给手机号（2022年6月以后建的应用都读不到），phone 请自己补。"
    if not all(member.name for member in contacts.members):
        yield "有的人没有给姓名，先写了账号，请改成姓名。"
    if gone:
        yield f"下面这些人在镇的资料里，但不在通讯录或应用可见范围里：{'、'.join(gone)}。"


@dataclass
class _Merging:
    """One address book going into one town."""

    contacts: Contacts
    town: Entries
    units: dict[int, str] = field(default_factory=dict)  # department of the book → unit here

    def entries(self) -> Entries:
        for kind in townfile.KINDS:
            self.town.setdefault(kind, {})
        if not self.town["town"]:
            self._found()
        for department in self.contacts.departments:
            self.units[department.id] = self._unit(department)
        for member in self.contacts.members:
            self._member(member)
        return self.town

    def _found(self) -> None:
        """A town that is not there yet: what has to be filled in stands in it."""
        top = self.contacts.departments[0]
        name = top.name or "（请填乡镇名称）"
        self.town["town"]["town"] = {"name": name, **NEW_TOWN}
        self.town["unit"][_id(top)] = {"name": name, "level": "township"}
        for post, (title, role) in NEW_POSTS.items():
            self.town["post"][post] = {"title": title, "unit": _id(top), "role": role}

    # --- departments -----------------------------------------------------------------------

    @property
    def _township(self) -> str:
        units = self.town["unit"].items()
        return next(unit for unit, row in units if row["level"] == "township")

    def _unit(self, department: Department) -> str:
        """The unit that a department of the book is; a new one where there is none."""
        if department == self.contacts.departments[0]:
            return self._township
        above = self.units.get(department.parent, self._township)
        known = self._known(department, above)
        if known is not None:
            return known
        level = next((level for end, level in LEVELS if end.search(department.name)), None)
        if level is not None:
            parent = self._township if level == "village" else above
            if parent in self.town["unit"]:
                row = {"name": department.name, "level": level, "parent": parent}
                self.town["unit"][_id(department)] = row
                return _id(department)
        if not any(department.id in member.departments for member in self.contacts.members):
            return above  # 站所 and the like: a folder, nobody's office
        self.town["department"][_id(department)] = {"name": department.name or _id(department)}
        self._post(_id(department), HEAD)
        return _id(department)

    def _known(self, department: Department, above: str) -> str | None:
        """By its number from an earlier draft; by its name, where only one can be meant."""
        units = {**self.town["unit"], **self.town["department"]}
        if _id(department) in units:
            if department.name:
                units[_id(department)]["name"] = department.name
            return _id(department)
        named = [u for u, row in units.items() if department.name in _names(row)]
        below = [unit for unit in named if units[unit].get("parent", above) == above]
        found = below if len(below) == 1 else named
        return found[0] if len(found) == 1 and department.name else None

    # --- people ----------------------------------------------------------------------------

    def _member(self, member: Member) -> None:
        people = self.town["staff"]
        same = (row for row in people.values() if row["userid"].lower() == member.userid.lower())
        row = next(same, None)
        if row is None:
            identity = re.sub(r"[^\w.-]", "-", member.userid)[:40]
            while identity in people:
                identity = f"{identity[:38]}-2"
            posts = [self._new_post(member, each) for each in member.departments]
            row = {"name": member.name or member.userid, "userid": member.userid, "posts": []}
            row["posts"] = list(dict.fromkeys(post for post in posts if post is not None))
            people[identity] = row
        if member.name:
            row["name"] = member.name
        if member.mobile:
            row["phone"] = member.mobile

    def _new_post(self, member: Member, department: int) -> str | None:
        """Where somebody new begins. Whose department is the township itself has no post yet: who
        is 受理岗 or 纪检 is for a person to say."""
        unit = self.units.get(department)
        if unit is None or unit == self._township:
            return None
        if unit in self.town["department"]:
            return self._post(unit, HEAD)
        village = self.town["unit"][unit]["level"] == "village"
        return self._post(unit, LEAD if village and department in member.leads else MEMBER)

    def _post(self, unit: str, kind: tuple[str, str]) -> str:
        role, title = kind
        posts = self.town["post"]
        for identity, row in posts.items():
            if row["unit"] == unit and row["role"] == role:
                return identity
        identity = f"{unit}-{role}"
        posts[identity] = {"title": title, "unit": unit, "role": role}
        return identity


def _id(department: Department) -> str:
    return f"wx-{department.id}"


def _names(row: dict[str, Any]) -> tuple[str, ...]:
    return (row["name"], *row.get("aliases", ()))


def write(
    found: Draft, accounts: int, put: Callable[[str], None], say: Callable[[str], None]
) -> None:
    """The draft to where it goes; what it changes to who looks on."""
    put(found.text)
    if found.changes:
        say(found.changes)
    if found.gone:
        say("不在通讯录或应用可见范围里，草稿里没有删：" + "、".join(found.gone))
    if found.members > accounts:
        say(f"XIAOGE_WECOM_ACCOUNTS 填的是{accounts}，少于通讯录里的人数；一天能发多少按它算。")
    say(f"通讯录里{found.members}人。这是草稿：核对以后 xiaoge town check，再 xiaoge town load。")
