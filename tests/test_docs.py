"""The papers say what the code says. `python -m tests.test_docs` writes docs/commands.md anew."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import typer
from pydantic import SecretStr

from bot.cli import app
from bot.settings import Settings
from casework.actions import ACTIONS, Action
from casework.case import (
    ANSWERED,
    ARCHIVED,
    ASSIGNED,
    HANDLING,
    MERGED,
    OPEN,
    SETTLED,
    WAITING,
    WITHDRAWN,
)
from casework.joint.form import Field, forms
from handlers.admin import COMMANDS as ADMIN
from handlers.calls import roles
from handlers.commands import Command
from handlers.copy import say
from handlers.staff import COMMANDS as STAFF
from handlers.staff.together import COMMANDS as JOINT

ROOT = Path(__file__).parent.parent
COMMANDS_PAGE = ROOT / "docs" / "commands.md"
PAPERS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.*"), ROOT / "Makefile"]
)
PAGES = [paper for paper in PAPERS if paper.suffix == ".md"]

STATES: Final = (ASSIGNED, HANDLING, WAITING, ANSWERED, SETTLED, ARCHIVED, MERGED, WITHDRAWN)
WHO: Final = {
    "villager": "村民 the villager",
    "first": "首接 the first receiver",
    "handler": "承办人 the handler",
    "called": "一起办的 who has a part in it",
    "supervisor": "上级 who stands above",
    "admin": "镇管理员 the township's admins",
    "system": "到时自动 when a time comes",
}

AUDIENCE: Final = {
    "staff": "工作人员",
    "lead": "上级",
    "admin": "镇管理员",
    "overseer": "镇管理员、督查",
    "auditor": "镇管理员、督查、纪检",
}


# --- docs/commands.md ----------------------------------------------------------------------------


def commands_page() -> str:
    return "\n".join(_sections()) + "\n"


def _sections() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "Made from the tables in the code by `python -m tests.test_docs`; a test fails when it is stale."
    yield ""
    yield "## 村民 · villagers, on 公众号"
    yield ""
    yield "No commands have to be learnt: any sentence becomes a matter with a number, or is answered."
    yield "These words are understood besides; 帮助 shows them:"
    yield ""
    yield "```text"
    yield say("villager.help", town="青石镇", notice="").strip()
    yield "```"
    yield ""
    yield "## 工作人员 · staff, on 企业微信"
    yield ""
    yield "Plain words, with or without a slash, with or without spaces; the number before or behind, 它"
    yield "for the case last talked about, left out where only one can be meant. One thing that is"
    yield "missing is asked for, and the next message answers it. Where 几件 stands, several numbers or a"
    yield "filter (超期, a place, a topic, a name) may be given: with a preview and a 确认."
    yield ""
    yield from _commands(STAFF)
    yield "## 几家一起办 · what several do together"
    yield ""
    yield "Who may call whom, what has to be said, which clocks run and who ends it stands in"
    yield "`casework/joint/forms.toml`; 帮助 吹哨 shows it. What is missing is asked for."
    yield ""
    yield from _commands(JOINT)
    yield "| 形式 | 谁 | 叫谁 | 要写 | 时限 | 谁结束 | 结束时要写 |"
    yield "|---|---|---|---|---|---|---|"
    for form in forms().values():
        clocks = "、".join(say(f"word.clock.{clock}") for clock in form.clocks) or "—"
        yield (
            f"| **{form.word}** {form.name} | {form.title or roles(form.by)} | {roles(form.calls) or '—'} "
            f"| {_fields(form.fields)} | {clocks} | {roles(form.ends)} | {_fields(form.closing)} |"
        )
    yield ""
    yield "## 镇管理员 · township admins, on 企业微信"
    yield ""
    yield "Who holds a post with the role `admin`; they say the words of staff too. What is for 上级 is"
    yield "also for who stands above others: a village's secretary, the county's and the discipline post."
    yield ""
    yield from _commands(ADMIN)
    yield "## What can be done with a case"
    yield ""
    yield "The one list, `casework/actions.py`: commands, buttons and clocks all ask it. Who may do"
    yield "something hangs on the post, and on where its unit stands in the tree (`casework/rights.py`)."
    yield ""
    yield from _actions(ACTIONS.values())
    yield "## On the command line"
    yield ""
    yield from _command_line()


def _commands(commands: Iterable[Command]) -> Iterator[str]:
    yield "| 说 | 谁 | 要写 | 做什么 | 例子 | 也可以说 | 几件 | comes to |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in commands:
        examples = "<br>".join(f"`{example}`" for example in each.example.split("｜"))
        others = "、".join(each.aliases)
        actions = ", ".join(f"`{action}`" for action in each.actions) or "—"
        yield (
            f"| **{each.name}** | {AUDIENCE[each.who]} | {_arguments(each)} | {each.help} "
            f"| {examples} | {others} | {'几件' if each.several else ''} | {actions} |"
        )
    yield ""


def _arguments(command: Command) -> str:
    """编号 理由, in the order in which they are said; what may be left out in brackets."""
    names = [(say(f"command.need.{each.name}"), each) for each in command.arguments]
    plain = [(name.partition("（")[0], each) for name, each in names]
    return " ".join(f"[{name}]" if each.optional else name for name, each in plain) or "—"


def _fields(fields: Iterable[Field]) -> str:
    return " ".join(f"[{each.name}]" if each.optional else each.name for each in fields)


def _actions(actions: Iterable[Action]) -> Iterator[str]:
    yield "| action | 中文 | who | in the states | leads to | must be given | ends the clocks |"
    yield "|---|---|---|---|---|---|---|"
    for each in actions:
        who = "<br>".join(text for role, text in WHO.items() if role in each.who)
        to = _state(each.to) if each.to else "—"
        yield (
            f"| `{each.name}` | {each.title} | {who} | {_states(each.states)} | {to} "
            f"| {', '.join(each.needs) or '—'} | {_clocks(each.stops)} |"
        )
    yield ""


def _states(states: frozenset[str]) -> str:
    if states == OPEN:
        return "any open 未了结"
    return "、".join(_state(state) for state in STATES if state in states)


def _state(state: str) -> str:
    return say(f"word.state.{state}")


def _clocks(names: tuple[str, ...]) -> str:
    if names == ("*",):
        return "all"
    return "、".join(say(f"word.clock.{name}") for name in names) or "—"


def _command_line() -> Iterator[str]:
    yield "| command | what it does |"
    yield "|---|---|"
    for name, command in _typer_commands():
        yield f"| `{name}` | {' '.join((command.help or '').split())} |"


def _typer_commands() -> Iterator[tuple[str, Any]]:
    """Every command of the command line, as it is typed."""
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        if below is None:
            yield f"xiaoge {name}", command
        else:
            yield from ((f"xiaoge {name} {each}", found) for each, found in below.items())


def test_the_page_of_commands_is_what_the_tables_say() -> None:
    written = COMMANDS_PAGE.read_text("utf-8")
    assert written == commands_page(), "stale: run python -m tests.test_docs"


# --- settings ------------------------------------------------------------------------------------

_SETTING = re.compile(r"^#(XIAOGE_[A-Z0-9_]+)=(.*)$", re.MULTILINE)


def _default(value: Any) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)


def test_every_setting_is_explained_with_its_default() -> None:
    explained = dict(_SETTING.findall((ROOT / ".env.example").read_text("utf-8")))
    fields = Settings.model_fields
    assert explained == {f"XIAOGE_{n.upper()}": _default(f.default) for n, f in fields.items()}


@pytest.mark.parametrize("paper", PAPERS, ids=lambda each: str(each.relative_to(ROOT)))
def test_a_setting_that_is_named_exists(paper: Path) -> None:
    named = set(re.findall(r"XIAOGE_[A-Z0-9_]+", paper.read_text("utf-8")))
    assert named <= {f"XIAOGE_{name.upper()}" for name in Settings.model_fields}


# --- what the pages point at ---------------------------------------------------------------------

_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_FILE = re.compile(r"`((?:[\w.-]+/)+[\w.-]*\.\w+)`")
_MADE = ("data/", ".venv/")  # not in the repository: made when it runs


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(ROOT)))
def test_links_and_files_are_there(page: Path) -> None:
    text = page.read_text("utf-8")
    linked = [page.parent / each for each in _LINK.findall(text)]
    named = [ROOT / each for each in _FILE.findall(text) if not each.startswith(_MADE)]
    assert [str(each) for each in (*linked, *named) if not each.exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda each: str(each.relative_to(ROOT)))
def test_commands_that_are_shown_can_be_typed(page: Path) -> None:
    code = "\n".join(_CODE.findall(page.read_text("utf-8")))
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^(\w[\w-]*):", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:^|[`$ ])make ([a-z][\w-]*)", code, re.MULTILINE)) <= targets
    known = {name.split(" ", 1)[1] for name, _ in _typer_commands()}
    for typed in re.findall(r"(?:^|`|bin/)xiaoge ((?:[a-z]+ ?){1,2})", code, re.MULTILINE):
        words = typed.split()
        assert words[0] in known or " ".join(words[:2]) in known, f"xiaoge {typed}"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = set(_LINK.findall((folder / "README.md").read_text("utf-8")))
    assert {file.name for file in folder.glob("0*.md")} <= listed


if __name__ == "__main__":
    COMMANDS_PAGE.write_text(commands_page(), "utf-8")
