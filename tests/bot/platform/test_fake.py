"""`xiaoge platform fake`: the rehearsal, over real HTTP, with the real service between."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from pydantic import ValidationError

from bot.app import create
from bot.cli_platform import app
from bot.doctor import examine
from bot.platform.account import AUTHORIZE, SUBSCRIPTION_SEND, TEMPLATE_SEND
from bot.platform.api import HANG, Http, Slow
from bot.platform.fake import Rehearsal
from bot.platform.phone import KINDS, RESULTS
from bot.platform.samples import VIDEO
from bot.platform.scripting import INTERFACES, path_of, steps_of, written
from bot.platform.serving import serve
from bot.platform.tencent import Wechat, Wecom
from bot.rehearsal import WrongRehearsal, env, rehearsal
from bot.setting_up import set_up
from bot.settings import Settings
from storage.database import Database
from tests.daylight import until_ten
from tests.village import copy, open_database

WITHIN = 20.0  # seconds, on a busy machine
NORTH = "+30.65"  # where the film says that it was taken
LAMP = "石墙村三组村口路灯坏了，晚上走路害怕"


def settings_of(text: str, **more: Any) -> Settings:
    """The settings that an `.env` with this text gives."""
    pairs = (line.partition("=") for line in text.splitlines())
    given = {name.removeprefix("XIAOGE_").lower(): value for name, _, value in pairs}
    return Settings(_env_file=None, **{**given, "town_file": None, **more})


@dataclass
class Stage:
    fake: Rehearsal
    base: str
    settings: Settings
    database: Database

    def does(self, what: str, **given: Any) -> dict[str, Any]:
        with httpx.Client(base_url=self.base, trust_env=False, timeout=WITHIN) as client:
            answer = client.post(f"/fake/{what}", json=given)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def state(self) -> dict[str, Any]:
        with httpx.Client(base_url=self.base, trust_env=False) as client:
            return dict(client.get("/fake/state.json").json())

    def received(self, person: str, words: str) -> dict[str, Any]:
        """What comes to somebody's phone, as soon as it is there."""
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            for each in self.state()["received"]:
                if each["to"] == person and words in each["text"]:
                    return dict(each)
        raise AssertionError(f"{person} got nothing with {words}: {self.state()['received']}")

    def has_said(self, person: str, kind: str, text: str) -> None:
        """The platform has told of itself what somebody's phone did."""
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            for each in self.state()["said"]:
                if (each["person"], each["kind"], each["text"]) == (person, kind, text):
                    assert each["status"] == 200
                    return
        raise AssertionError(f"{person} has not {kind} {text}: {self.state()['said']}")

    def kept(self, *endings: str) -> list[Path]:
        """Media, as soon as there is one of each."""
        until = time.monotonic() + WITHIN
        while time.monotonic() < until:
            found = list(self.settings.media_dir.rglob("*"))
            if {*endings} <= {path.suffix for path in found}:
                return [path for path in found if path.suffix in endings]
            self.state()
        raise AssertionError(f"not all of {endings} are kept: {found}")


@pytest.fixture
def stage(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The stand-in and the service, each with the address of the other. What is said gets its answer
    at once, however slow the machine."""
    for seconds in ("service.ANSWER_WITHIN", "service.COMMIT_WITHIN", "platform.tencent.TIMEOUT"):
        monkeypatch.setattr(f"bot.{seconds}", 60)
    file = copy(founded, tmp_path)
    given = {"database_url": f"sqlite:///{file}", "media_dir": tmp_path / "media"}
    fake = rehearsal(settings_of(env(8090, 8000)), 8090)
    with serve(fake.app) as base:
        bases = {"wechat_api_base": base, "wecom_api_base": base}
        settings = settings_of(env(8090, 8000), **given, **bases)
        database = open_database(file)
        database.write("test", lambda session, _: until_ten(session)).result()
        with serve(create(settings, database)) as service:
            settings = settings.model_copy(update={"public_url": service})
            wechat, wecom = rehearsal(settings, 8090).wechat, rehearsal(settings, 8090).wecom
            assert wechat is not None
            assert wecom is not None
            wechat.url, wecom.url = f"{service}/wechat", f"{service}/wecom"
            fake.wechat, fake.wecom = wechat, wecom
            yield Stage(fake, base, settings, database)


def test_a_case_is_played_from_the_villager_to_the_member_and_back(stage: Stage) -> None:
    assert "编号 1001" in stage.does("say", person="oZhang", text=LAMP)["reply"]
    stage.received("li", "编号 1001")
    (card,) = [each for each in stage.state()["cards"] if each["to"] == "li"]
    stage.does("press", person="li", button=card["buttons"][0])
    stage.does("say", person="li", side="staff", text="回复 1001 明天上午修")
    told = stage.received("oZhang", "明天上午修")
    assert told["path"].endswith("/custom/send")


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("image", "", "照片收到了"),
        ("voice", LAMP, "编号"),
        ("voice", "", "语音收到了"),
        ("video", "", "视频收到了"),
        ("shortvideo", "", "视频收到了"),
        ("file", "申请.docx", "编号"),
        ("location", "石墙村三组", "位置收到了"),
        ("link", "石墙村三组停水了", "编号"),
        ("card", "石墙村三组停水了", "编号"),
        ("sticker", "", "这种消息这里还看不了"),
        ("subscribe", "shiqiang-g3", "三组"),
        ("click", "帮助", "查进度"),
        ("scan", "shiqiang-g3", "三组"),
        ("subscription", "accept", "订阅好了"),
    ],
)
def test_whatever_a_phone_can_do_can_be_played(
    stage: Stage, kind: str, text: str, words: str
) -> None:
    assert words in stage.does("say", person="oZhang", kind=kind, text=text)["reply"]


def test_what_asks_for_no_answer_gets_none(stage: Stage) -> None:
    for kind, text in (
        ("view", "https://example.cn/"), ("position", ""), ("subscription", "reject"),
        ("subscription-off", ""), ("unsubscribe", ""),
    ):  # fmt: skip
        done = stage.does("say", person="oZhang", kind=kind, text=text)
        assert done == {"status": 200, "reply": None}, kind


def test_members_can_do_what_their_phones_can(stage: Stage) -> None:
    for kind in ("image", "voice", "video"):
        done = stage.does("say", person="li", side="staff", kind=kind, text="听不出来")
        assert "是哪一件的" in done["reply"], kind
    for kind in ("file", "link", "location", "enter", "click", "view", "position"):
        assert stage.does("say", person="li", side="staff", kind=kind)["status"] == 200, kind


def test_every_kind_is_played_on_each_side_that_has_it(stage: Stage) -> None:
    played = {
        (side, kind)
        for kind, each in KINDS.items()
        for side in each.sides
        if not kind.endswith("-result")
        and stage.does("say", person="oAll" if side == "villager" else "li", side=side, kind=kind)
    }
    assert {kind for _, kind in played} == KINDS.keys() - {*RESULTS.values()}


def test_media_are_real_and_kept(stage: Stage) -> None:
    """Each is fetched, looked at, and given on; a film's place is not."""
    stage.does("say", person="oZhang", kind="voice")
    for kind in ("video", "image"):
        stage.does("say", person="oZhang", kind=kind)
    stage.does("say", person="li", side="staff", kind="file")
    kept = {path.suffix: path.read_bytes() for path in stage.kept(".amr", ".mp4", ".jpg", ".pdf")}
    assert kept[".amr"].startswith(b"#!AMR")
    assert NORTH.encode() in VIDEO.content
    assert NORTH.encode() not in kept[".mp4"]
    for kind in ("[voice]", "[video]", "[image]"):
        stage.received("zhao", kind)


def test_a_choice_in_a_message_is_tapped(stage: Stage) -> None:
    stage.does("say", person="oZhang", text=LAMP)
    stage.does("say", person="li", side="staff", text="办结 1001 已换新灯")
    stage.received("oZhang", "满意")
    (shown,) = stage.state()["choices"]
    assert shown["to"] == "oZhang"
    assert "满意" in shown["choices"]
    assert "谢谢" in stage.does("press", person="oZhang", button="满意")["reply"]
    assert "已结账" in stage.does("say", person="oZhang", text="查1001")["reply"]


def test_beyond_the_window_notices_go_out_and_their_ends_come_back(stage: Stage) -> None:
    set_up(stage.settings, stage.database, lambda: True, lambda _: None)
    stage.does("say", person="oZhang", text=LAMP)
    stage.does("say", person="oZhang", kind="subscription", text="accept")
    stage.does("script", interface="wechat-send", steps=["45015"], always=True)
    stage.does("say", person="li", side="staff", text="办结 1001 已换新灯")
    notice = stage.received("oZhang", "1001")
    assert notice["path"] == SUBSCRIPTION_SEND
    stage.has_said("oZhang", "subscription-result", "success")
    refused = {"person": "oZhang", "kind": "subscription-result", "text": "failed:user refuse"}
    assert stage.does("say", **refused) == {"status": 200, "reply": None}
    stage.does("say", person="oZhang", kind="subscription-off")
    assert "已换新灯" in stage.does("say", person="oZhang", text="查进度")["reply"]


def test_a_template_message_that_was_blocked_waits_for_the_next_word(stage: Stage) -> None:
    set_up(stage.settings, stage.database, lambda: True, lambda _: None)
    stage.does("say", person="oZhang", text=LAMP)
    stage.does("script", interface="wechat-send", steps=["45015"], always=True)
    stage.does("say", person="li", side="staff", text="办结 1001 已换新灯")
    assert stage.received("oZhang", "1001")["path"] == TEMPLATE_SEND
    stage.has_said("oZhang", "template-result", "success")
    blocked = {"person": "oZhang", "kind": "template-result", "text": "failed:user block"}
    assert stage.does("say", **blocked) == {"status": 200, "reply": None}
    assert "已换新灯" in stage.does("say", person="oZhang", text="帮助")["reply"]


def test_a_script_of_errors_is_played_and_shown(stage: Stage) -> None:
    done = stage.does("script", interface="wechat-send", steps=["42001", "ok"])
    assert done == {"path": "/cgi-bin/message/custom/send", "steps": ["42001", "ok"]}
    assert stage.state()["scripts"] == {done["path"]: ["42001", "ok"]}
    stage.does("say", person="oZhang", text=LAMP)
    stage.does("say", person="li", side="staff", text="回复 1001 明天上午修")
    stage.received("oZhang", "明天上午修")
    assert stage.state()["calls"][done["path"]] == 2
    assert stage.state()["scripts"] == {}


def test_for_ever_until_it_is_well_again(stage: Stage) -> None:
    stage.does("script", interface="menu", steps="40001", always=True)
    assert list(stage.state()["scripts"].values()) == [["40001 …"]]
    stage.does("script", interface="menu")
    assert stage.state()["scripts"] == {}


def test_set_up_and_looked_at_there_is_no_question_left(stage: Stage) -> None:
    """The rehearsal of going live, as the README has it."""
    said: list[str] = []
    set_up(stage.settings, stage.database, lambda: True, said.append)
    assert stage.state()["menu"]
    assert "shiqiang-g3" in stage.state()["qrcodes"]
    said.clear()
    bad = examine(stage.settings, stage.database, said.append)
    open_questions = [line for line in said if line.startswith("✗")]
    assert (bad, open_questions) == (0, [])
    assert "可以上线了。" in said
    for side in ("villager", "staff"):
        assert stage.does("verify", side=side)["verified"]


def test_the_page_plays_and_shows_without_a_script(stage: Stage) -> None:
    with httpx.Client(base_url=stage.base, trust_env=False, timeout=WITHIN) as browser:
        form = {"side": "villager", "person": "oZhang", "kind": "text", "text": LAMP}
        back = browser.post("/fake/say", data=form)
        assert (back.status_code, back.headers["location"]) == (303, "/")
        page = browser.get("/").text
        assert "编号 1001" in page
        assert "<script" not in page
        wrong = browser.post("/fake/script", data={"interface": "wechat-send", "steps": "oops"})
        assert "oops" in browser.get(wrong.headers["location"]).text
        assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("what", "given", "words"),
    [
        ("say", {"text": "x"}, "person is missing"),
        ("say", {"person": "o", "side": "moon"}, "no platform"),
        ("say", {"person": "o", "kind": "dance"}, "nobody can do dance"),
        ("say", {"person": "li", "side": "staff", "kind": "scan"}, "nobody can do scan"),
        ("say", {"person": "o", "kind": "template-result"}, "none was sent"),
        ("press", {"person": "li", "button": "接单 1"}, "has the choice 接单 1"),
        ("script", {"interface": "moon"}, "no interface"),
        ("script", {"interface": "menu", "steps": ["oops"]}, "no step"),
    ],
)
def test_what_cannot_be_played_is_said(
    stage: Stage, what: str, given: dict[str, Any], words: str
) -> None:
    with httpx.Client(base_url=stage.base, trust_env=False) as client:
        answer = client.post(f"/fake/{what}", json=given)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_every_interface_has_a_name_for_scripts(stage: Stage) -> None:
    served = {route.path for route in stage.fake.api.app.routes}
    assert {*INTERFACES.values()} == served - {AUTHORIZE, "/video/{media_id}"}


def test_help_names_all_that_can_be_played() -> None:
    group = typer.main.get_command(app)
    help_of = {
        (name, each.name): getattr(each, "help", "")
        for name in ("say", "script")
        for each in group.commands[name].params  # type: ignore[attr-defined]
    }
    words = re.findall(r"[a-z-]+", help_of["say", "kind"])
    assert KINDS.keys() <= {*words}
    assert INTERFACES.keys() <= {*re.findall(r"[a-z-]+", help_of["script", "interface"])}


def test_how_steps_are_written() -> None:
    words = ["ok", "42001", "-1", "502", "hang", "slow6", "slow"]
    steps = [0, 42001, -1, Http(502), HANG, Slow(6.0), Slow(8.0)]
    assert steps_of(words) == steps
    assert [written(step) for step in steps] == [
        "ok",
        "42001",
        "-1",
        "502",
        "hang",
        "slow6",
        "slow8",
    ]
    assert path_of("/cgi-bin/any") == "/cgi-bin/any"


def test_with_a_real_accounts_keys_nothing_is_played() -> None:
    real = {"wechat_api_base": "https://api.weixin.qq.com"}
    with pytest.raises(WrongRehearsal, match="真账号"):
        rehearsal(settings_of(env(8090, 8000), **real), 8090)
    with pytest.raises(WrongRehearsal, match="platform settings"):
        rehearsal(Settings(_env_file=None), 8090)


def test_made_up_settings_are_right_and_never_the_same() -> None:
    one, other = settings_of(env(8090, 8000)), settings_of(env(8090, 8000))
    assert all((one.wechat, one.wecom, one.pages))
    assert one.wechat_aes_key != other.wechat_aes_key
    with pytest.raises(ValidationError):
        settings_of(env(8090, 8000), wechat_aes_key="short")
    assert Wechat.path == "/wechat"
    assert Wecom.path == "/wecom"
