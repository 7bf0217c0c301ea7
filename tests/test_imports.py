"""The floors of the house: bot › handlers › storage › casework, nlp. Imports go downwards only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FLOORS = ("bot", "handlers", "storage", "casework", "nlp")


def test_imports_go_downwards() -> None:
    """The contract stands in pyproject.toml; import-linter reads every module for it."""
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("floor", FLOORS)
def test_the_product_needs_nothing_of_its_tests_and_measurements(floor: str) -> None:
    guilty = [
        str(file.relative_to(ROOT))
        for file in (ROOT / floor).rglob("*.py")
        if {"tests", "bench"} & {name.partition(".")[0] for name in _imports(file)}
    ]
    assert guilty == []


@pytest.mark.parametrize("floor", ["casework", "nlp"])
def test_the_lowest_floors_know_no_database_no_network_and_no_event_loop(floor: str) -> None:
    far = {
        "sqlalchemy",
        "sqlmodel",
        "httpx",
        "fastapi",
        "starlette",
        "asyncio",
        "socket",
        "sqlite3",
    }
    guilty = {
        str(file.relative_to(ROOT)): found
        for file in (ROOT / floor).rglob("*.py")
        if (found := far & {name.partition(".")[0] for name in _imports(file)})
    }
    assert guilty == {}


def test_the_fake_platform_owes_nothing_to_what_it_tries_out() -> None:
    folder = ROOT / "bot" / "platform"
    ours = {
        name
        for file in folder.rglob("*.py")
        for name in _imports(file)
        if name.partition(".")[0] in FLOORS and not name.startswith("bot.platform")
    }
    assert ours == set()


def test_handlers_wait_for_nothing() -> None:
    """A handler is a plain function of one `Turn`: no coroutine, no network, no commit."""
    guilty = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "handlers").rglob("*.py")
        if any(
            isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor)
            for node in ast.walk(ast.parse(file.read_text("utf-8")))
        )
    ]
    assert guilty == []


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found
