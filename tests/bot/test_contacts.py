"""`xiaoge wecom contacts` against the fake Tencent: a draft, and what it would change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot import town
from bot.cli import app
from bot.contacts import Draft, draft
from bot.platform.account import DEPARTMENT_LIST, USER_LIST
from bot.platform.api import GET_TOKEN, Http, Step, TencentApi
from bot.settings import Settings, WrongSettings
from casework import townfile
from casework.townfile import Entries
from storage import schema
from storage.database import Database
from tests.conftest import AES_KEY
from tests.village import copy

DEPARTMENTS = [
    {"id": 1, "name": "青石镇", "parentid": 0, "order": 1},
    {"id": 2, "name": "镇直站所", "parentid": 1, "order": 1},
    {"id": 3, "name": "水务站", "parentid": 2, "order": 1},
    {"id": 4, "name": "农机站", "parentid": 2, "order": 1},
    {"id": 10, "name": "石墙村", "parentid": 1, "order": 1},
    {"id": 11, "name": "三组网格", "parentid": 10, "order": 1},
    {"id": 20, "name": "新桥村", "parentid": 1, "order": 1},
]


def member(userid: str, name: str, *departments: int, lead: bool = False, **more: Any) -> Any:
    return {
        "userid": userid, "name": name, "department": list(departments),
        "is_leader_in_dept": [int(lead)] * len(departments), **more,
    }  # fmt: skip


MEMBERS = [
    member("li", "李守田", 11, mobile="13900000008"),
    member("Wang", "王建国", 10, lead=True),
    member("nongji", "周小农", 4),
    member("qiao.zhang", "张桥", 20, lead=True),
    member("qiao@li", "李桥", 20),
]


@pytest.fixture
def tencent() -> TencentApi:
    found = TencentApi()
    found.account.departments, found.account.members = list(DEPARTMENTS), list(MEMBERS)
    return found


@pytest.fixture
def settings(tencent_url: str) -> Settings:
    return Settings(
        _env_file=None,
        wecom_corp_id="ww1",
        wecom_agent_id="1000002",
        wecom_secret="corp-secret",
        wecom_token="token",
        wecom_aes_key=AES_KEY,
        wecom_api_base=tencent_url,
    )


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    schema.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def qingshi(founded: Path, tmp_path: Path) -> Iterator[Database]:
    """The demo town."""
    database = Database(f"sqlite:///{copy(founded, tmp_path)}")
    yield database
    database.close()


def entries(found: Draft) -> Entries:
    return town.check(found.text)


def test_who_is_new_changed_or_gone_is_said(settings: Settings, qingshi: Database) -> None:
    found = draft(settings, qingshi)
    changes = found.changes.splitlines()
    assert "~ [[staff]] li 李守田 · phone：13800000008 → 13900000008" in changes
    assert "+ [[department]] wx-4 农机站" in changes
    assert "+ [[post]] wx-4-department 负责人" in changes
    assert "+ [[staff]] nongji 周小农" in changes
    assert not [line for line in changes if line.startswith("-")]
    assert "赵国平（zhao）" in found.gone
    assert not [name for name in found.gone if "li）" in name or "wang）" in name]


def test_the_draft_can_be_loaded_and_keeps_what_the_town_has_decided(
    settings: Settings, qingshi: Database
) -> None:
    before, wanted = town.as_it_is(qingshi), entries(draft(settings, qingshi))
    assert wanted["town"] == before["town"]
    assert wanted["answer"] == before["answer"]
    assert wanted["staff"]["li"]["posts"] == before["staff"]["li"]["posts"]
    assert wanted["staff"]["wang"]["userid"] == "wang"  # the platform tells no 大小写 apart
    assert wanted["staff"]["zhao"] == before["staff"]["zhao"]
    assert "水务站" not in str({**wanted["department"], "shuiwu": None})


def test_a_village_that_is_new_comes_with_its_posts(settings: Settings, qingshi: Database) -> None:
    wanted = entries(draft(settings, qingshi))
    assert wanted["unit"]["wx-20"] == {"name": "新桥村", "level": "village", "parent": "qingshi"}
    assert wanted["post"]["wx-20-lead"]["title"] == "书记"
    assert wanted["staff"]["qiao.zhang"]["posts"] == ["wx-20-lead"]
    assert wanted["staff"]["qiao-li"] == {
        "name": "李桥",
        "userid": "qiao@li",
        "posts": ["wx-20-member"],
    }


def test_what_was_loaded_once_is_no_change_again(
    settings: Settings, qingshi: Database, tencent: TencentApi
) -> None:
    town.load(qingshi, draft(settings, qingshi).text, by="cli")
    assert draft(settings, qingshi).changes == "没有变化。"
    tencent.account.departments[3] = {"id": 4, "name": "农业服务站", "parentid": 2}
    assert draft(settings, qingshi).changes == (
        "~ [[department]] wx-4 农业服务站 · name：农机站 → 农业服务站"
    )


def test_without_a_town_the_draft_says_what_is_to_be_filled_in(
    settings: Settings, empty: Database
) -> None:
    found = draft(settings, empty)
    with pytest.raises(townfile.TownFileError) as wrong:
        entries(found)
    assert {problem.id for problem in wrong.value.problems} == {"shouli", "jijian", "zhiban"}
    assert 'name = "青石镇"' in found.text
    assert found.gone == ()


def test_what_new_apps_do_not_get_is_left_to_a_person(
    settings: Settings, empty: Database, tencent: TencentApi
) -> None:
    """No phone since June 2022; some get ids for names."""
    tencent.account.departments = [{"id": 1, "parentid": 0}, {"id": 4, "name": "4", "parentid": 1}]
    tencent.account.members = [{"userid": "nongji", "department": [4]}]
    found = draft(settings, empty)
    assert "# 通讯录没有给手机号" in found.text
    assert "# 有的人没有给姓名" in found.text
    assert 'name = "nongji"' in found.text
    assert not [line for line in found.text.splitlines() if line.startswith("phone")]


@pytest.mark.parametrize(
    ("path", "answer", "mend"),
    [
        (DEPARTMENT_LIST, 60011, "可见范围"),
        (USER_LIST, 60011, "可见范围"),
        (DEPARTMENT_LIST, {"errcode": 60020, "errmsg": "not allow to access from your ip: 1.2.3.4"}, "1.2.3.4"),
        (DEPARTMENT_LIST, 48009, "通讯录同步"),
        (GET_TOKEN, 40001, "Secret"),
        (DEPARTMENT_LIST, 45009, "过一会儿再试"),
        (DEPARTMENT_LIST, Http(502), "连不上"),
        (DEPARTMENT_LIST, {"errcode": 0, "department": []}, "加上部门"),
        (DEPARTMENT_LIST, 99999, "99999"),
    ],
)  # fmt: skip
def test_a_no_of_the_platform_is_explained(
    settings: Settings, empty: Database, tencent: TencentApi, path: str, answer: Step, mend: str
) -> None:
    tencent.always(path, answer)
    with pytest.raises(WrongSettings, match=mend) as wrong:
        draft(settings, empty)
    assert "corp-secret" not in str(wrong.value)
    assert "TOKEN" not in str(wrong.value)


def test_a_file_that_is_there_is_not_overwritten(
    tencent_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty: Database
) -> None:
    for name, text in {
        "DATABASE_URL": f"sqlite:///{tmp_path}/empty.db", "WECOM_CORP_ID": "ww1",
        "WECOM_AGENT_ID": "1000002", "WECOM_SECRET": "corp-secret", "WECOM_TOKEN": "token",
        "WECOM_AES_KEY": AES_KEY, "WECOM_API_BASE": tencent_url,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"XIAOGE_{name}", text)
    file = tmp_path / "draft.toml"
    run = CliRunner().invoke(app, ["wecom", "contacts", "--into", str(file)])
    assert run.exit_code == 0, run.output
    assert "青石镇" in file.read_text("utf-8")
    assert "通讯录里5人" in run.stderr
    before = file.read_text("utf-8")
    assert "XIAOGE_WECOM_ACCOUNTS" not in run.stderr
    again = CliRunner().invoke(app, ["wecom", "contacts", "--into", str(file)])
    assert again.exit_code != 0
    assert file.read_text("utf-8") == before
    monkeypatch.setenv("XIAOGE_WECOM_ACCOUNTS", "4")
    shown = CliRunner().invoke(app, ["wecom", "contacts"])
    assert shown.stdout == before
    assert "XIAOGE_WECOM_ACCOUNTS 填的是4，少于通讯录里的人数" in shown.stderr
