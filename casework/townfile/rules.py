"""The rules that the service relies on: one small function a rule, on well-shaped entries.

Rows may lack keys that were wrong and are told elsewhere; a rule is silent about those.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from typing import Any

from casework.town import LEVELS
from casework.townfile.schema import CALLED, KEYS, Entries, Found, Key, Problem, Row, close, coded

# The levels at which a role makes sense. A department stands at the level of the township.
ROLE_LEVELS = {
    "member": ("household", "group", "grid", "village"),
    "lead": ("household", "group", "grid", "village"),
    "department": ("township",),
    "admin": ("township",),
    "discipline": ("township", "county"),
    "county": ("county",),
    "inspector": ("township", "county"),
    "helper": ("group", "grid", "village", "township"),
}
# The posts that the town names, and the roles that each may have.
TOWN_POSTS = {
    "intake": ("admin",),
    "discipline": ("discipline",),
    "duty": ("admin", "department"),
}


def _one_town(entries: Entries) -> Found:
    if not entries["town"]:
        yield Problem("town", "", "", "缺少这一节；请在文件开头写上 [town] 和它的 id、name 等。")
    for extra in list(entries["town"])[1:]:
        yield Problem("town", extra, "id", f"只能有一个乡镇；请删去 {extra}。")


def _references(entries: Entries) -> Found:
    for kind, keys in KEYS.items():
        for key in keys:
            for identity, row in entries[kind].items():
                if key.refers and key.name in row:
                    yield from _reference(entries, kind, identity, key, row[key.name])


def _reference(entries: Entries, kind: str, identity: str, key: Key, value: Any) -> Found:
    known = [i for target in key.refers for i in entries[target]]
    named = value if isinstance(value, list) else [value]
    for name in dict.fromkeys(named):
        if name not in known:
            what = CALLED[key.refers[0]][0]
            near = _meant(entries, key.refers, name) or close(name, known)
            yield Problem(kind, identity, key.name, f'没有{what} "{name}"{near or "；请改正"}。')
        elif named.count(name) > 1:
            yield Problem(kind, identity, key.name, f'"{name}" 写了两次，请删去一个。')


def _meant(entries: Entries, kinds: tuple[str, ...], name: str) -> str:
    """The id of what is called by this name: names are often written where ids belong."""
    ids = [i for k in kinds for i, row in entries[k].items() if row.get(CALLED[k][1]) == name]
    return f'；请写它的 id："{ids[0]}"' if ids else ""


def _unit_ids(entries: Entries) -> Found:
    for identity in entries["department"]:
        if identity in entries["unit"]:
            text = "这个 id 已经是一个 [[unit]] 的；机构和部门的 id 不能相同，请换一个。"
            yield Problem("department", identity, "id", text)


def _levels(entries: Entries) -> Found:
    units = entries["unit"]
    for identity, row in units.items():
        level, above = row.get("level"), units.get(row.get("parent", ""), {}).get("level")
        if level and above and LEVELS.index(above) <= LEVELS.index(level):
            text = (
                f"上级是 {coded([above])}，要比自己的 {coded([level])} 高；请改 parent 或 level。"
            )
            yield Problem("unit", identity, "parent", text)


def _cycles(entries: Entries) -> Found:
    units, told = entries["unit"], set()
    for start in units:
        chain: list[str] = []
        unit: str | None = start
        while unit in units and unit not in chain:
            chain.append(unit)
            unit = units[unit].get("parent")
        if unit == start and start not in told:
            told.update(chain)
            text = f"上级绕成了圈：{' → '.join([*chain, start])}；请改其中一个 parent。"
            yield Problem("unit", start, "parent", text)


def _top(entries: Entries) -> Found:
    units = entries["unit"]
    townships = [identity for identity, row in units.items() if row.get("level") == "township"]
    if not townships:
        text = '缺少乡镇本身；请加一个 level = "township" 的 [[unit]]。'
        yield Problem("unit", "", "level", text)
    for extra in townships[1:]:
        text = f"一个文件只写一个乡镇，已经有了 {townships[0]}；请改 level。"
        yield Problem("unit", extra, "level", text)
    highest = max((_height(row) for row in units.values()), default=0)
    tops = [i for i, row in units.items() if "parent" not in row and "level" in row]
    right = next((i for i in tops if _height(units[i]) == highest), None)
    for identity in tops:
        if identity != right:
            yield Problem("unit", identity, "parent", "缺少上级；请写上一级机构的 id。")


def _height(row: Row) -> int:
    return LEVELS.index(row["level"]) if "level" in row else -1


def _same_names(entries: Entries) -> Found:
    """Units that people could not tell apart; a group is named after its village, not its grid."""
    units = entries["unit"]
    seen: dict[tuple[Any, ...], str] = {}
    for identity, row in units.items():
        parent = row.get("parent", "")
        if units.get(parent, {}).get("level") == "grid":
            parent = units[parent].get("parent", "")
        key = (parent, row.get("level"), row.get("name"))
        if None not in key and key in seen:
            text = f"和 {seen[key]} 同名（{row['name']}），大家分不清；请改一个名称。"
            yield Problem("unit", identity, "name", text)
        seen.setdefault(key, identity)


def _level_of(entries: Entries, unit: str) -> str | None:
    if unit in entries["department"]:
        return "township"
    level: str | None = entries["unit"].get(unit, {}).get("level")
    return level


def _post_roles(entries: Entries) -> Found:
    for identity, row in entries["post"].items():
        role, unit = row.get("role"), row.get("unit", "")
        level = _level_of(entries, unit)
        if role is None or level is None:
            continue
        if level not in ROLE_LEVELS[role]:
            allowed = coded(ROLE_LEVELS[role])
            text = f"{coded([role])} 只设在 {allowed}，而 {unit} 是 {coded([level])}；请改 role 或 unit。"
            yield Problem("post", identity, "role", text)
        elif role == "department" and unit not in entries["department"]:
            text = f"{unit} 不是部门；请把 unit 写成一个 [[department]] 的 id。"
            yield Problem("post", identity, "unit", text)


def _holders(entries: Entries) -> dict[str, list[str]]:
    holders = defaultdict(list)
    for person, row in entries["staff"].items():
        for post in row.get("posts", ()):
            holders[post].append(person)
    return holders


def _town_posts(entries: Entries) -> Found:
    holders = _holders(entries)
    for town, row in entries["town"].items():
        for key, roles in TOWN_POSTS.items():
            post = row.get(key)
            if post not in entries["post"]:
                continue  # told by `_references`
            role = entries["post"][post].get("role", roles[0])
            if role not in roles:
                text = (
                    f"岗位 {post} 的 role 是 {coded([role])}，这里要 {coded(roles)}；请换一个岗位。"
                )
                yield Problem("town", town, key, text)
            if not holders[post]:
                text = (
                    f'这个岗位没有人，来的事没人接；请在某个 [[staff]] 的 posts 里加上 "{post}"。'
                )
                yield Problem("post", post, "", text)


def _discipline_apart(entries: Entries) -> Found:
    """A report about a person must not reach the line that it may be about."""
    posts = entries["post"]
    for person, row in entries["staff"].items():
        held = [posts[post] for post in row.get("posts", ()) if post in posts]
        below = [p for p in held if p.get("role") in ("member", "lead")]
        if below and any(p.get("role") == "discipline" for p in held):
            text = "纪检岗位的人不能同时在网格或村里任职；请去掉其中一个岗位。"
            yield Problem("staff", person, "posts", text)


def _userids(entries: Entries) -> Found:
    seen: dict[str, str] = {}
    for person, row in entries["staff"].items():
        userid = row.get("userid", "").lower()  # 企业微信 does not tell 大小写 apart
        if userid and userid in seen:
            text = f'"{row["userid"]}" 已经是 {seen[userid]} 的；请写本人在企业微信里的账号。'
            yield Problem("staff", person, "userid", text)
        seen.setdefault(userid, person)


def _departments(entries: Entries) -> Found:
    posts = entries["post"].values()
    answering = {p.get("unit") for p in posts if p.get("role") == "department"}
    owners: dict[str, str] = {}
    for identity, row in entries["department"].items():
        if identity not in answering:
            text = f'没有岗位，事情到不了；请加一个 unit = "{identity}"、role = "department" 的 [[post]]。'
            yield Problem("department", identity, "", text)
        for key in ("topics", "direct"):
            for topic in row.get(key, ()):
                owner = owners.setdefault(topic, identity)
                if owner != identity:
                    text = f"“{topic}”已经归 {owner}；一个主题只归一个部门，请删去一处。"
                    yield Problem("department", identity, key, text)


def unknown_topics(entries: Entries, topics: Collection[str]) -> Found:
    for identity, row in entries["department"].items():
        for key in ("topics", "direct"):
            for topic in row.get(key, ()):
                if topic not in topics:
                    near = close(topic, topics) or "；请改成词库里的主题或领域名"
                    yield Problem("department", identity, key, f'没有主题 "{topic}"{near}。')


def unknown_method(entries: Entries, methods: Collection[str]) -> Found:
    for identity, row in entries["town"].items():
        method = row.get("method")
        if method is not None and method not in methods:
            near = close(method, methods) or f"；可用的有 {'、'.join(sorted(methods))}"
            yield Problem("town", identity, "method", f'没有工作法 "{method}"{near}。')


RULES: tuple[Callable[[Entries], Found], ...] = (
    _one_town,
    _references,
    _unit_ids,
    _levels,
    _cycles,
    _top,
    _same_names,
    _post_roles,
    _town_posts,
    _discipline_apart,
    _userids,
    _departments,
)
