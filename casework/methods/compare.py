"""What differs between two methods, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from casework.methods.method import ANY, ClockRule, Consequence, Level, Method, Pause, Start
from casework.methods.sections import URGENCIES
from casework.town import LEVELS

TITLES = {
    "acknowledge": "接单",
    "contact": "首次联系",
    "reply": "答复",
    "settle": "办结",
    "hand_up": "上报",
    "decide": "定夺",
    "silence": "评价",
    "publish": "公示",
    "supervise": "督办",
    "sign_in": "报到",
    "feedback": "反馈",
    "term": "联办",
}
WORDS = {
    "grievance": "诉求",
    "consultation": "咨询",
    "report": "报告",
    "suggestion": "建议",
    "other": "其他",
    "misconduct": "举报",
    "hazard": "隐患",
    "ordinary": "一般",
    "urgent": "紧急",
    "emergency": "特急",
    "household": "户",
    "group": "组",
    "grid": "网格",
    "village": "村",
    "township": "乡镇",
    "county": "县",
    "villager": "等群众",
    "review": "挂账",
    "hearing": "听证",
    "decide": "上级定夺",
    "again": "退回重办",
    "up": "上一级复查",
    "handler": "承办人",
    "supervisor": "上级",
    "admin": "镇管理员",
    "response": "响应率",
    "solved": "解决率",
    "satisfied": "满意率",
    "yellow": "黄牌",
    "red": "红牌",
    "list": "挂牌",
    "supervise": "督办",
}
SECTIONS = {
    "levels": "层级",
    "starts": "从哪一级办起",
    "tracks": "清单",
    "requirements": "留痕",
    "stages": "步骤",
    "pauses": "暂停",
    "extension": "延期",
    "hand_back": "退单",
    "closing": "结账",
    "publication": "公示",
    "top": "到了最上一级",
    "consequences": "记牌后果",
    "rhythms": "例行",
    "delegates": "授权",
    "rates": "率",
}
FIELDS = {
    "by": "谁批",
    "times": "几次",
    "limit": "最长",
    "window": "多久以内",
    "consent": "要对方同意",
    "accepts": "评几分算数",
    "unsatisfied": "不满意时",
    "rounds": "最多几轮",
    "archive": "要销号",
    "required": "要公示",
    "days": "公示多久",
    "forms": "几种形式",
    "urgency": "哪些只留一个时限",
    "every": "多久提醒一次",
    "to": "告诉谁",
}
_TELLING = {Pause: ("reason", "limit"), Start: ("levels",), Consequence: ("card", "count", "do")}


def cases_of(rule: ClockRule, method: Method) -> str:
    """For which cases a rule is: 村、咨询; 全部."""
    tracks = {track.id: track.name for track in method.tracks}
    parts = [
        WORDS.get(selector, tracks.get(selector, selector))
        for selector in rule.selectors
        if selector not in (ANY, rule.round, "ordinary")
    ]
    if rule.round not in (ANY, "0"):
        parts.append(f"第{rule.round}次重办")
    return "、".join(parts) or "全部"


def differences(old: Method, new: Method) -> list[str]:
    """A line for each time and each section that is another."""
    return [*_promises(old, new), *_particular(old, new), *_sections(old, new)]


def _promises(old: Method, new: Method) -> Iterator[str]:
    """Clock by clock, for each sort of case; levels with the same change in one line."""
    for name, kind, urgency in product(TITLES, ("grievance", "consultation"), URGENCIES):
        changed: dict[tuple[str, str], list[str]] = {}
        for level in LEVELS:
            was, now = (_effective(m, name, kind, urgency, level) for m in (old, new))
            if was != now and (kind == "grievance" or was != _alike(old, name, urgency, level)):
                changed.setdefault((was, now), []).append(WORDS[level])
        for (was, now), levels in changed.items():
            where = "" if len(levels) == len(LEVELS) else f"（{'、'.join(levels)}）"
            yield f"{WORDS[urgency]}{WORDS[kind]}{where} {TITLES[name]}：{was} → {now}"


def _effective(method: Method, name: str, kind: str, urgency: str, level: str) -> str:
    for rule in method.rules(kind, "", urgency, level):
        if rule.name == name:
            return str(rule.due)
    return "没有"


def _alike(method: Method, name: str, urgency: str, level: str) -> str:
    """What holds for most cases: of a consultation only what was other is worth a line."""
    return _effective(method, name, "grievance", urgency, level)


def _particular(old: Method, new: Method) -> Iterator[str]:
    """Rules for single topics, lists, rounds."""
    before, after = (
        {(rule.name, rule.selectors): rule for rule in method.clocks if _is_particular(rule)}
        for method in (old, new)
    )
    changed: dict[tuple[str, str, str], list[str]] = {}
    for key in dict.fromkeys((*before, *after)):
        was, now = before.get(key), after.get(key)
        rule, method = (now, new) if now is not None else (was, old)
        due = [str(each.due) if each is not None else "没有" for each in (was, now)]
        if rule is not None and due[0] != due[1]:
            sorts = changed.setdefault((rule.name, due[0], due[1]), [])
            sorts.append(cases_of(rule, method))
    for (name, one, other), sorts in changed.items():
        yield f"{'；'.join(sorts)} {TITLES[name]}：{one} → {other}"


def _is_particular(rule: ClockRule) -> bool:
    return any(
        value not in (ANY, "0") for value in (rule.topic, rule.track, rule.round, rule.extent)
    )


def _sections(old: Method, new: Method) -> Iterator[str]:
    for name, title in SECTIONS.items():
        was, now = getattr(old, name), getattr(new, name)
        if was == now:
            continue
        if isinstance(was, tuple):
            yield f"{title}：{_listed(was)} → {_listed(now)}"
            continue
        for field, called in FIELDS.items():
            one, other = getattr(was, field, None), getattr(now, field, None)
            if one != other:
                yield f"{title}，{called}：{_shown(one)} → {_shown(other)}"


def _listed(values: tuple[Any, ...]) -> str:
    return "、".join(dict.fromkeys(_called(value) for value in values)) or "没有"


def _called(value: Any) -> str:
    if isinstance(value, Level):
        return value.title
    return str(value.name) if hasattr(value, "name") else _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "不限"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, tuple):
        return "、".join(_shown(each) for each in value)
    if isinstance(value, Pause | Start | Consequence):
        return "、".join(_shown(getattr(value, name)) for name in _TELLING[type(value)])
    return WORDS.get(str(value), str(value))
