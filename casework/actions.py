"""The one list of what can be done with a case: by whom, in which states, with what given.

Commands, buttons, pages and interfaces all ask `may`; none of them repeats a rule that stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from casework.case import (
    ANSWERED,
    ARCHIVED,
    ASSIGNED,
    BEFORE_ANSWER,
    CLOSED,
    HANDLING,
    MERGED,
    OPEN,
    SETTLED,
    WAITING,
    WITHDRAWN,
    Case,
)
from casework.methods.method import Method
from casework.rights import ADMIN, CALLED, FIRST, HANDLER, SENDER, SUPERVISOR, SYSTEM, VILLAGER


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `to` None leaves the state; `needs` are fields that must be given."""

    name: str
    title: str  # 中文, as the history shows it
    who: frozenset[str]
    states: frozenset[str]
    to: str | None
    needs: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()  # clocks that end with it


def _action(
    name: str,
    title: str,
    who: tuple[str, ...],
    states: frozenset[str],
    to: str | None,
    needs: tuple[str, ...] = (),
    stops: tuple[str, ...] = (),
) -> Action:
    return Action(name, title, frozenset(who), states, to, needs, stops)


_STAFF = (HANDLER, SUPERVISOR, ADMIN)
_ABOVE = (SUPERVISOR, ADMIN)
# whose word on the result counts; of staff: what they were told 回访
_JUDGES = (VILLAGER, SUPERVISOR, ADMIN)

ACTIONS: Final[Mapping[str, Action]] = {
    action.name: action
    for action in (
        # what a villager does
        _action("supplement", "补充", (VILLAGER,), OPEN, None, ("text",)),
        _action("gather", "汇总", (VILLAGER,), OPEN, None, ("text",)),
        _action("anonymise", "转为匿名", (VILLAGER,), OPEN, None),
        _action("claim", "认领", (VILLAGER,), OPEN | {SETTLED}, None),
        _action("urge", "催办", (VILLAGER,), OPEN, None),
        _action("wish", "请求帮办", (VILLAGER,), BEFORE_ANSWER, None, ("call",)),
        _action("withdraw", "撤回", (VILLAGER,), OPEN, WITHDRAWN, stops=("*",)),
        _action("satisfied", "满意", _JUDGES, frozenset({ANSWERED}), SETTLED, ("rating",), ("*",)),
        _action(
            "unsatisfied",
            "不满意",
            _JUDGES,
            frozenset({ANSWERED}),
            None,
            ("rating",),
            ("silence", "decide"),
        ),
        _action("again", "退回重办", _JUDGES, frozenset({ANSWERED}), HANDLING, ("rating",), ("*",)),
        _action("review", "复查", _JUDGES, frozenset({ANSWERED}), ASSIGNED, ("rating",), ("*",)),
        _action("stand", "终结", _JUDGES, frozenset({ANSWERED}), SETTLED, ("rating",), ("*",)),
        # what the handler does
        _action("accept", "接单", _STAFF, frozenset({ASSIGNED}), HANDLING, stops=("acknowledge",)),
        _action(
            "reply", "回复", _STAFF, OPEN, None, ("text",), ("acknowledge", "contact", "reply")
        ),
        _action(
            "ask",
            "询问",
            (HANDLER, SUPERVISOR),
            BEFORE_ANSWER,
            WAITING,
            ("text",),
            ("acknowledge", "contact"),
        ),
        _action("resume", "恢复办理", (*_STAFF, SYSTEM), frozenset({WAITING}), HANDLING),
        _action(
            "delegate",
            "授权",
            (HANDLER,),
            BEFORE_ANSWER,
            ASSIGNED,
            ("post", "text"),
            ("acknowledge",),
        ),
        _action("ask_back", "申请退单", (HANDLER,), BEFORE_ANSWER, None, ("reason",)),
        _action("hand_up", "上报", (HANDLER,), BEFORE_ANSWER, ASSIGNED, ("reason",), ("*",)),
        _action(
            "transfer",
            "转办",
            _STAFF,
            BEFORE_ANSWER,
            ASSIGNED,
            ("post", "reason"),
            ("acknowledge",),
        ),
        _action(
            "request_extension", "申请延期", (HANDLER,), BEFORE_ANSWER, None, ("duration", "reason")
        ),
        _action("classify", "分类", _STAFF, BEFORE_ANSWER, None, ("track",), ("reply", "settle")),
        _action("attest", "留痕", (*_STAFF, FIRST), OPEN | {SETTLED}, None, ("fact",)),
        # a question that was answered 咨询: the answer may be one for all
        _action("recommend", "推荐答案", _STAFF, OPEN | {SETTLED}, None),
        _action("adopt", "收进答案", (ADMIN,), OPEN | {SETTLED}, None, ("text",)),
        _action("remark", "备注", (*_STAFF, FIRST), OPEN | {SETTLED}, None, ("text",)),
        _action(
            "phoned", "电话告知", _STAFF, OPEN | {SETTLED, ARCHIVED}, None, ("text",), ("contact",)
        ),
        _action("publish", "公示", _STAFF, frozenset({SETTLED}), None),
        _action("archive", "销号", _ABOVE, frozenset({SETTLED}), ARCHIVED),
        _action("conclude", "办结", _STAFF, BEFORE_ANSWER, ANSWERED, ("text",), ("*",)),
        _action("take_back", "收回办结", (HANDLER,), frozenset({ANSWERED}), HANDLING, stops=("*",)),
        # what staff have registered by mistake 登记
        _action(
            "retract", "撤销登记", _STAFF, frozenset({ASSIGNED}), WITHDRAWN, ("reason",), ("*",)
        ),
        # what those above do
        _action("assign", "派单", _ABOVE, BEFORE_ANSWER, ASSIGNED, ("post",), ("acknowledge",)),
        _action("supervise", "督办", (*_ABOVE, SYSTEM), OPEN, None),
        _action(
            "hand_back",
            "退回",
            (SENDER, *_ABOVE),
            BEFORE_ANSWER,
            ASSIGNED,
            ("reason",),
            ("acknowledge",),
        ),
        _action("designate", "指定", (SENDER, *_ABOVE), BEFORE_ANSWER, None, ("reason",)),
        _action(
            "suspend",
            "挂账",
            _ABOVE,
            BEFORE_ANSWER,
            WAITING,
            ("until", "reason"),
            ("acknowledge",),
        ),
        _action(
            "hear", "听证", _ABOVE, BEFORE_ANSWER, WAITING, ("until", "reason"), ("acknowledge",)
        ),
        _action("extend", "延期", _ABOVE, BEFORE_ANSWER, None, ("duration", "reason")),
        _action("decline", "不同意延期", _ABOVE, BEFORE_ANSWER, None, ("reason",)),
        _action(
            "reopen", "重开", _ABOVE, frozenset({ANSWERED, SETTLED}), ASSIGNED, ("reason",), ("*",)
        ),
        _action("uphold", "维持", _ABOVE, frozenset({ANSWERED}), SETTLED, ("text",), ("*",)),
        _action("merge", "并案", (*_ABOVE, VILLAGER), OPEN, MERGED, ("target",), ("*",)),
        _action("join", "并入", (*_ABOVE, VILLAGER), OPEN, None, ("villagers",)),
        _action("correct", "更正", _STAFF, OPEN, None, ("text", "learned")),
        _action("erase", "依法删除", (ADMIN,), OPEN | CLOSED, None, ("reason",)),
        _action("recuse", "回避", _ABOVE, OPEN, None, ("person", "reason")),
        # what several do together 联办: who may call whom, and who ends it, stands in joint/forms.toml
        _action("summon", "召集", (*_STAFF, FIRST), BEFORE_ANSWER, None, ("call",)),
        _action("sign_in", "报到", (*_STAFF, CALLED), OPEN, None, ("call", "parts")),
        _action("feedback", "反馈", (*_STAFF, CALLED), OPEN, None, ("call", "parts", "text")),
        _action("overrule", "否决", _STAFF, OPEN, None, ("call", "parts", "reason")),
        _action(
            "appraise",
            "评议",
            (*_STAFF, FIRST, SENDER),
            OPEN | {SETTLED},
            None,
            ("call", "parts", "rating"),
        ),
        _action("disband", "结束联办", (*_STAFF, CALLED), OPEN, None, ("call", "text")),
        # what happens when a time comes
        _action("escalate", "超期提级", (SYSTEM,), BEFORE_ANSWER, ASSIGNED, stops=("*",)),
        _action(
            "call", "呼叫下一位", (SYSTEM,), frozenset({ASSIGNED}), None, stops=("acknowledge",)
        ),
        _action("card", "超期记牌", (SYSTEM,), OPEN, None),
        _action("absent", "未报到", (SYSTEM,), OPEN, None, ("call",)),
        _action("press", "超期未定夺", (SYSTEM,), frozenset({ANSWERED}), None, stops=("decide",)),
        _action("settle", "到期结账", (SYSTEM,), frozenset({ANSWERED}), SETTLED, stops=("*",)),
    )
}

# what a handler asks for, and what is done by who agrees
REQUESTS: Final[Mapping[str, str]] = {"request_extension": "extend", "ask_back": "hand_back"}
_MOVES: Final = frozenset({"assign", "transfer", "hand_up", "escalate", "hand_back"})
# with these it is decided, or of no use any more: somebody else has the case
DECISIONS: Final[Mapping[str, frozenset[str]]] = {
    "request_extension": _MOVES | {"extend", "decline"},
    "ask_back": _MOVES | {"designate"},
}
# what is promised after these is a promise of its own: another round, another level's days, the
# days of its list; what is promised after 延期 or 超期提级 is the first one, not kept
RENEWED: Final = frozenset({"reopen", "again", "review", "hand_up", "classify"})

# these end 接单 for who was asked, and are no response of theirs: somebody else is asked instead
ASKED_ANEW: Final = frozenset({"assign", "delegate", "hand_back"})

# a report about a person stays where it is: whoever it could be moved to is outside its ladder
SEALED: Final = frozenset(
    {
        "hand_up", "transfer", "assign", "delegate", "ask_back", "hand_back", "designate", "merge",
        "recuse", "classify", "publish", "correct", "recommend", "summon",
    }
)  # fmt: skip

# channels on which nobody of the staff opens a case
OWN_WORDS: Final = frozenset({"wechat", "intake"})

EMPTY_WORDS: Final = frozenset(
    [
        "知道了",
        "收到",
        "好的",
        "好",
        "嗯",
        "已阅",
        "已收到",
        "在办",
        "正在办理",
        "正在处理",
        "处理中",
        "办理中",
        "尽快处理",
    ]
)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something may not be done. `code` names the sentence, `detail` what it speaks of."""

    code: str  # unseen | closed | state | rights | sealed | missing | empty | same_post | …
    detail: str = ""


def may(
    name: str,
    case: Case,
    standing: frozenset[str],
    given: Mapping[str, Any] | None = None,
    method: Method | None = None,
) -> Refused | None:
    """None if it may be done; otherwise the first reason why not. With `given` and the case's
    `method` all is asked, without them whether it could be done at all.

    `standing` is `rights.standing(…)`. Somebody who is nothing to a case gets the same answer as
    for a number that was never given.
    """
    action = ACTIONS[name]
    if not standing:
        return Refused("unseen")
    if not standing & action.who:
        return Refused("rights", action.title)
    if name == "accept" and HANDLER not in standing and case.urgency != "emergency":
        return Refused("rights", action.title)
    names_another = name == "supervise" and given is not None and given.get("person")
    if case.protected and (name in SEALED or names_another):
        return Refused("sealed")
    if case.state not in action.states:
        return Refused("closed" if case.state in CLOSED else "state", case.state)
    if given is None:
        return None
    for need in action.needs:
        if not given.get(need):
            return Refused("missing", need)
    refused = _more(action, case, given)
    if refused is None and method is not None and not case.protected:
        refused = _by_method(action, case, standing, given, method)
    return refused


def _more(action: Action, case: Case, given: Mapping[str, Any]) -> Refused | None:
    """What the table cannot say."""
    text = str(given.get("text") or "").strip(" 。.!！~")
    if action.name in ("reply", "conclude") and text in EMPTY_WORDS:
        return Refused("empty", text)
    if action.name in ("transfer", "assign", "delegate") and given["post"] == case.lead_post:
        return Refused("same_post")
    if given.get("kept_away"):
        return Refused("recused")
    if action.name == "recuse" and given["person"] in case.recused.split():
        return Refused("recused_already")
    if action.name in ("recommend", "adopt") and case.kind != "consultation":
        return Refused("no_question")
    if action.name in ("recommend", "adopt") and case.replied_at is None:
        return Refused("not_replied")
    if action.name == "hand_back" and case.previous_post is None and not given.get("asked"):
        return Refused("nowhere")
    if action.name == "retract" and (case.villager is not None or case.channel in OWN_WORDS):
        return Refused("own_words")
    if action.name == "take_back" and case.disputed:
        return Refused("disputed")
    if action.name == "uphold" and not case.disputed:
        return Refused("not_disputed")
    if action.name == "merge" and given["target"].number == case.number:
        return Refused("self")
    if action.name == "merge" and given["target"].protected:
        return Refused("sealed")
    return None


def _by_method(
    action: Action,
    case: Case,
    standing: frozenset[str],
    given: Mapping[str, Any],
    method: Method,
) -> Refused | None:
    """What the work method of the case asks for."""
    lacking = [
        each.name for each in method.required(action.name, case) if each.name not in case.on_record
    ]
    if lacking:
        return Refused("required", "、".join(lacking))
    if action.name == "attest":
        witnesses = [each.by for each in method.requirements if each.name == given["fact"]]
        if not witnesses:
            return Refused(
                "no_record", "、".join(dict.fromkeys(r.name for r in method.requirements))
            )
        if not any(standing & set(by) for by in witnesses):
            return Refused("rights", given["fact"])
    if VILLAGER in action.who and HANDLER in standing:
        return Refused("own_work")
    if action.name == "archive":
        return _strike_off(case, standing, method)
    return None


def _strike_off(case: Case, standing: frozenset[str], method: Method) -> Refused | None:
    """销号 is done by somebody else than the handler, after what has to be public is."""
    if HANDLER in standing:
        return Refused("own_work")
    if method.publication.required and case.published_at is None:
        return Refused("unpublished")
    return None
