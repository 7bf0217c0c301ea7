"""The command `xiaoge`: what it prints, what it exits with, and how it says no."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot import cli, town
from casework.methods import load, shipped
from storage.database import Database
from storage.methods import keep
from storage.town import put

ROOT = Path(__file__).parents[2]
TOWN = ROOT / "deploy" / "town.example.toml"


class Terminal:
    """An empty folder, a database that is not there yet, and somebody at the keyboard."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch = monkeypatch
        self.capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str, said: str = "") -> int:
        """Run a command to its end; its exit code."""
        self.monkeypatch.setattr(sys, "argv", ["xiaoge", *arguments])
        self.monkeypatch.setattr(sys, "stdin", io.StringIO(said))
        self.capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
        self.out, self.err = self.capsys.readouterr()
        return code


@pytest.fixture
def xiaoge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Terminal]:
    for name in [name for name in os.environ if name.startswith("XIAOGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Terminal(monkeypatch, capsys)
    root.handlers[:], root.level = handlers, level  # the commands log to this test's stderr


def database() -> Database:
    """The one that the commands use."""
    return Database("sqlite:///data/xiaoge.db")


def test_help_names_every_command(xiaoge: Terminal) -> None:
    assert xiaoge("--help") == 0
    for command in ("serve", "chat", "town", "method", "clock", "read"):
        assert command in xiaoge.out


# --- bad files, bad settings ------------------------------------------------------------------------

FILES = {
    "syntax.toml": b"[town]\nname = \n",
    "latin.toml": "[town]\nname = 'Qīngshí'\n".encode("utf-16"),
    "empty.toml": b"",
    "unknown.toml": '[town]\nid = "qingshi"\nnmae = "青石镇"\n'.encode(),
}
UNREADABLE = [
    ("none.toml", "none.toml: No such file"),
    (".", "Is a directory"),
    ("latin.toml", "latin.toml: not UTF-8; save it as UTF-8"),
]
WRONG_TOWNS = [
    *UNREADABLE,
    ("syntax.toml", "第 2 行"),
    ("empty.toml", "[town]"),
    ("unknown.toml", "nmae"),
]


@pytest.fixture
def files(xiaoge: Terminal, tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("command", [("town", "check"), ("town", "load", "--yes")])
@pytest.mark.parametrize(("file", "said"), WRONG_TOWNS)
def test_a_wrong_town_file_is_refused_in_a_sentence(
    xiaoge: Terminal, command: tuple[str, ...], file: str, said: str
) -> None:
    assert xiaoge(*command, file) == 2
    assert said in xiaoge.err
    assert "Traceback" not in xiaoge.err


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("file", "said"), [*UNREADABLE, ("syntax.toml", "第2行"), ("empty.toml", "empty.toml")]
)
def test_a_wrong_method_file_is_refused_in_a_sentence(
    xiaoge: Terminal, file: str, said: str
) -> None:
    assert xiaoge("method", "check", file) == 2
    assert said in xiaoge.err


def test_a_wrong_setting_is_told_in_a_sentence(xiaoge: Terminal) -> None:
    xiaoge.monkeypatch.setenv("XIAOGE_PORT", "eighty")
    for command in (("serve",), ("chat",), ("town", "export"), ("clock", "advance", "1h")):
        assert xiaoge(*command) == 2
        assert xiaoge.err == ("XIAOGE_PORT: must be a number from 1 to 65535. See .env.example\n")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TOWN_FILE": "none.toml"}, "XIAOGE_TOWN_FILE: none.toml: No such file"),
        ({"TOWN_FILE": "bad.toml"}, "XIAOGE_TOWN_FILE: bad.toml\n第 1 行"),
        ({"TOWN_FILE": str(TOWN), "MEDIA_DIR": "bad.toml"}, "XIAOGE_MEDIA_DIR: bad.toml: "),
    ],
)
def test_what_only_the_start_can_see_stops_it_in_a_sentence(
    tmp_path: Path, settings: dict[str, str], said: str
) -> None:
    (tmp_path / "bad.toml").write_text("town =")
    clean = {name: text for name, text in os.environ.items() if not name.startswith("XIAOGE_")}
    done = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; main()", "serve"],
        cwd=tmp_path,
        env=clean | {f"XIAOGE_{name}": text for name, text in settings.items()},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("arguments", "said", "sentence"),
    [
        (("read",), "nonsense\n", "line 1"),
        (("read",), '{"id": 1}\n', "line 1"),
        (("read", "--town", "syntax.toml"), '{"id": 1, "text": "路灯坏了"}\n', "第 2 行"),
        (("clock", "advance", "1h"), "", "XIAOGE_PORT"),
    ],
)
def test_a_wrong_wish_is_refused_in_a_sentence(
    xiaoge: Terminal, arguments: tuple[str, ...], said: str, sentence: str
) -> None:
    xiaoge.monkeypatch.setenv("XIAOGE_PORT", "1")
    assert xiaoge(*arguments, said=said) == 2
    assert sentence in xiaoge.err


@pytest.mark.parametrize(
    "url",
    ["sqlite:////proc/nowhere/xiaoge.db", "postgresql://xiaoge:a-password@127.0.0.1:1/xiaoge"],
)
def test_a_database_that_cannot_be_opened_is_told_in_a_sentence(xiaoge: Terminal, url: str) -> None:
    xiaoge.monkeypatch.setenv("XIAOGE_DATABASE_URL", url)
    assert xiaoge("town", "export") == 2
    assert "XIAOGE_DATABASE_URL" in xiaoge.err
    assert "a-password" not in xiaoge.err


# --- the town ----------------------------------------------------------------------------------------


def test_a_good_town_file(xiaoge: Terminal) -> None:
    assert xiaoge("town", "check", str(TOWN)) == 0
    assert xiaoge.out.startswith("没有问题：")


def test_no_town_yet(xiaoge: Terminal) -> None:
    assert xiaoge("town", "export") == 2
    assert "xiaoge town load FILE.toml" in xiaoge.err


def test_a_town_is_shown_loaded_and_written_out(xiaoge: Terminal, tmp_path: Path) -> None:
    assert xiaoge("town", "load", str(TOWN), said="n\n") == 0
    assert "李守田" in xiaoge.out
    assert xiaoge("town", "export") == 2

    assert xiaoge("town", "load", str(TOWN), said="y\n") == 0
    assert xiaoge("town", "export") == 0
    exported = tmp_path / "exported.toml"
    exported.write_text(xiaoge.out, "utf-8")
    assert town.check(xiaoge.out) == town.check(TOWN.read_text("utf-8"))
    assert tomllib.loads(xiaoge.out)["town"]["name"] == "青石镇"

    assert xiaoge("town", "load", "--yes", str(exported)) == 0
    assert xiaoge.out == "没有变化。\n"


def test_what_was_changed_in_chat_is_not_undone_in_silence(
    xiaoge: Terminal, tmp_path: Path
) -> None:
    assert xiaoge("town", "load", "--yes", str(TOWN)) == 0
    changed = {"name": "李守田", "userid": "li", "phone": "13800009999", "posts": ["shiqiang-g3"]}
    store = database()
    store.write(
        "test",
        lambda session, begun: put(
            session, "staff", "li", changed, source="chat", by="zhao", now=begun.now
        ),
    ).result()
    store.close()
    assert xiaoge("town", "load", "--yes", str(TOWN)) == 1
    assert xiaoge("town", "export") == 0
    assert "13800009999" in xiaoge.out
    assert xiaoge("town", "load", "--yes", "--overwrite", str(TOWN)) == 0
    assert xiaoge("town", "export") == 0
    assert "13800009999" not in xiaoge.out


# --- methods, texts ---------------------------------------------------------------------------------


def test_methods_are_listed_shown_and_checked(xiaoge: Terminal) -> None:
    assert xiaoge("method", "list") == 0
    listed = [line.split("\t")[:2] for line in xiaoge.out.splitlines()]
    assert ["zhongjiang", "台账工作法"] in listed
    assert xiaoge("method", "show", "zhongjiang") == 0
    assert "办结（网格）：5天" in xiaoge.out
    assert 'due = "5d" # L29' in xiaoge.out
    assert xiaoge("method", "check") == 0
    assert "zhongjiang：没有问题" in xiaoge.out
    assert xiaoge("method", "check", str(ROOT / "casework/methods/zhongjiang.toml")) == 0
    assert xiaoge("method", "show", "zhongjing") == 2
    assert "有：" in xiaoge.err
    assert "zhongjiang" in xiaoge.err


def test_a_method_is_tried_on_what_has_happened(xiaoge: Terminal) -> None:
    assert xiaoge("method", "trial", "beijing") == 2
    assert "No town is loaded yet" in xiaoge.err
    assert xiaoge("town", "load", str(TOWN), "--yes") == 0
    assert xiaoge("method", "trial", "beijing") == 0
    assert "拿最近90天的0件事项，照“接诉即办”" in xiaoge.out
    assert xiaoge("method", "trial", "nowhere") == 2


def test_a_method_of_a_towns_own_is_held_against_others(xiaoge: Terminal, tmp_path: Path) -> None:
    text = (ROOT / "casework/methods/zhongjiang.toml").read_text("utf-8")
    own = tmp_path / "own.toml"
    own.write_text(text.replace('due = "18d"', 'due = "16d"'), "utf-8")
    assert xiaoge("method", "diff", "zhongjiang", str(own)) == 0
    assert xiaoge.out == "一般诉求（县） 办结：18天 → 16天\n"
    assert xiaoge("method", "diff", "zhongjiang", "zhongjiang") == 0
    assert xiaoge.out == "没有不同\n"
    own.write_text(text.replace("urgency", "urgncy"), "utf-8")
    assert xiaoge("method", "check", str(own)) == 2
    assert "没有这一项。是不是“urgency”？" in xiaoge.err
    own.write_text(text.replace('kind = "consultation"', 'topic = "路登"'), "utf-8")
    assert xiaoge("method", "check", str(own)) == 2
    assert "没有主题“路登”。是不是“路灯”？" in xiaoge.err
    assert xiaoge("method", "diff", "zhongjiang", "nowhere") == 2
    assert "没有工作法“nowhere”" in xiaoge.err


def test_the_text_of_a_version_stays(xiaoge: Terminal) -> None:
    """What a case was opened under can be read after the town has gone another way."""
    assert xiaoge("town", "load", "-y", str(TOWN)) == 0
    old = shipped()["zhongjiang"]
    own = load(old.text.replace('due = "18d"', 'due = "16d"'), "own.toml")
    database = Database("sqlite:///data/xiaoge.db")
    for method, by_town in ((own, True), (old, False)):
        database.write(
            "test",
            lambda session, begun, method=method, by_town=by_town: keep(  # type: ignore[misc]
                session, method, own=by_town, by="staff:zhao", now=begun.now
            ),
        ).result()
    database.close()
    assert xiaoge("method", "show", own.version) == 0
    assert 'due = "16d"' in xiaoge.out
    assert xiaoge("method", "diff", old.version, own.version) == 0
    assert xiaoge.out == "一般诉求（县） 办结：18天 → 16天\n"
    assert xiaoge("method", "show", "zhongjiang@00000000") == 2


def lines(*texts: str) -> str:
    asked = ({"id": f"t{number}", "text": text} for number, text in enumerate(texts))
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in asked)


READ_KEYS = {
    "id", "kind", "subkind", "field", "topic", "urgency", "ledger", "confidence",
    "places", "parts", "matched",
}  # fmt: skip


def test_texts_are_read_one_a_line(xiaoge: Terminal) -> None:
    said = lines("石墙村三组路灯坏了", "低保要什么材料", "") + "\n"
    assert xiaoge("read", "--town", str(TOWN), said=said) == 0
    found = [json.loads(line) for line in xiaoge.out.splitlines()]
    assert [each["id"] for each in found] == ["t0", "t1", "t2"]
    assert all(set(each) >= READ_KEYS for each in found)
    assert found[0]["topic"] == "路灯"
    assert found[0]["places"][0]["unit"] == "shiqiang-3"
    assert found[1]["kind"] == "consultation"


def test_texts_are_read_without_a_town_and_among_fields(xiaoge: Terminal) -> None:
    assert xiaoge("read", "--among", "交通运输,城乡建设", said=lines("学校门口堵车")) == 0
    found = json.loads(xiaoge.out)
    assert found["field"] in ("交通运输", "城乡建设")
    assert found["places"] == []


def test_texts_about_the_same_matter_are_found(xiaoge: Terminal) -> None:
    said = lines(
        "和盛新城旁边的搅拌站半夜还在开工，噪音大，灰尘多",
        "低保要什么材料",
        "投诉和盛新城边上的水泥搅拌站，灰尘噪音让人没法睡觉",
    )
    assert xiaoge("duplicates", said=said + "\n\n") == 0
    found = [json.loads(line) for line in xiaoge.out.splitlines()]
    assert found == [
        {"id": "t0", "group": "t0"},
        {"id": "t1", "group": "t1"},
        {"id": "t2", "group": "t0"},
    ]
    assert xiaoge("duplicates", said="not JSON") == 2
    assert "line 1" in xiaoge.err


# --- the demo ----------------------------------------------------------------------------------------


def test_a_whole_case_in_the_terminal(xiaoge: Terminal) -> None:
    xiaoge.monkeypatch.setenv("XIAOGE_DEMO", "1")
    talk = [
        "石墙村三组路灯坏了",
        "/as staff:li",
        "接单 1001",
        "办结 1001 已换新灯",
        "/as zhang",
        "满意",
        "/clock 26h",
        "/clock soon",
        "",
        "/quit",
    ]
    assert xiaoge("chat", said="\n".join(talk) + "\n") == 0
    for said in ("编号 1001", "已接单", "已换新灯", "现在是"):
        assert said in xiaoge.out
    assert xiaoge("chat", "--as", "zhang", said="查1001\n") == 0
    assert "路灯" in xiaoge.out


def test_a_file_in_the_terminal(xiaoge: Terminal, tmp_path: Path) -> None:
    xiaoge.monkeypatch.setenv("XIAOGE_DEMO", "1")
    table = tmp_path / "list.csv"
    table.write_text("姓名,事项\n王大爷,石墙村三组路灯坏了\n", "gb18030")
    talk = [f"/file {table}", "确认", f"/file {tmp_path}/none.csv"]
    assert xiaoge("chat", "--as", "staff:wang", said="\n".join(talk) + "\n") == 0
    for said in ("表格收到", "读成1件", "已登记1件：1001", "none.csv"):
        assert said in xiaoge.out


def test_the_clock_of_a_running_demo_moves(xiaoge: Terminal, live_app: str) -> None:
    port = urlsplit(live_app).port
    xiaoge.monkeypatch.setenv("XIAOGE_PORT", str(port))
    before = town_time(live_app)
    assert xiaoge("clock", "advance", "26h") == 0
    assert "now" in json.loads(xiaoge.out)
    assert town_time(live_app) - before > 25 * 3600
    assert xiaoge("clock", "advance", "next") == 0
    assert xiaoge("clock", "advance", "backwards") == 1


def town_time(live_app: str) -> int:
    answer = httpx.get(f"{live_app}/simulator/people", trust_env=False)
    return int(answer.json()["offset_seconds"])
