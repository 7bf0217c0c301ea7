"""`xiaoge intake`: partners are let in, changed, given other secrets, sent away."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import partners
from bot.doctor.partners import findings
from bot.partners import WrongPartner
from bot.settings import Settings
from casework.partner import Partner
from storage.database import Database
from tests.village import copy, open_database

URL = "https://12345.example.gov.cn/notify"


@pytest.fixture
def database(founded: Path, tmp_path: Path) -> Iterator[Database]:
    database = open_database(copy(founded, tmp_path))
    yield database
    database.close()


def settings(secret: str = "k" * 40) -> Settings:
    return Settings(_env_file=None, secret_key=secret)


def hotline(**more: Any) -> Partner:
    return Partner("hotline", "12345热线", "", **more)


def said(lines: Iterator[str]) -> str:
    return "\n".join(lines)


def kept(database: Database) -> str:
    with database.reading() as (session, _):
        rows = session.connection.execute(
            sa.text("SELECT value FROM town_entry WHERE kind = 'partner'")
        )
        return "\n".join(str(row[0]) for row in rows)


def token_of(text: str) -> str:
    found = re.search(r"xg_[\w-]{40,}", text)
    assert found is not None
    return found[0]


def test_a_token_is_shown_once_and_kept_as_its_digest(database: Database) -> None:
    text = said(partners.add(database, settings(), hotline(webhook=URL)))
    token = token_of(text)
    assert "推送签名密钥：" in text
    assert token not in kept(database)
    assert hashlib.sha256(token.encode()).hexdigest() in kept(database)
    assert text.rpartition("：")[2] not in kept(database)
    listed = said(partners.listed(database))
    assert token not in listed
    assert f"hotline\t12345热线\t平台\t送来0件\t每分钟120次\t{URL}" == listed


def test_other_secrets_end_the_old_ones(database: Database) -> None:
    first = said(partners.add(database, settings(), hotline(webhook=URL)))
    second = said(partners.renew(database, settings(), "hotline"))
    assert token_of(first) != token_of(second)
    assert first.rpartition("：")[2] != second.rpartition("：")[2]


def test_what_is_given_is_changed_and_the_rest_stays(database: Database) -> None:
    said(partners.add(database, settings(), hotline()))
    text = said(partners.set_(database, settings(), "hotline", webhook=URL))
    assert "推送签名密钥" in text
    assert "令牌" not in text
    assert "推送签名密钥" not in said(partners.set_(database, settings(), "hotline", rate=10))
    assert "每分钟10次" in said(partners.listed(database))
    assert URL in said(partners.listed(database))


def test_who_is_removed_is_not_there(database: Database) -> None:
    said(partners.add(database, settings(), hotline()))
    said(partners.remove(database, "hotline"))
    assert "还没有对接单位" in said(partners.listed(database))
    with pytest.raises(WrongPartner, match="没有 hotline"):
        said(partners.renew(database, settings(), "hotline"))


@pytest.mark.parametrize(
    ("partner", "secret", "words"),
    [
        (Partner("热线", "12345", ""), "k" * 40, "小写字母"),
        (hotline(rate=0), "k" * 40, "1 到 6000"),
        (hotline(webhook="ftp://x"), "k" * 40, "推送地址"),
        (hotline(webhook="https://user:pass@x"), "k" * 40, "推送地址"),
        (hotline(webhook=URL), "", "XIAOGE_SECRET_KEY"),
        (Partner("hotline", "字" * 21, ""), "k" * 40, "20 个字"),
    ],
)
def test_what_cannot_be_is_said(
    database: Database, partner: Partner, secret: str, words: str
) -> None:
    with pytest.raises(WrongPartner, match=words):
        said(partners.add(database, settings(secret), partner))
    assert "还没有对接单位" in said(partners.listed(database))


def test_nobody_is_added_twice(database: Database) -> None:
    said(partners.add(database, settings(), hotline()))
    with pytest.raises(WrongPartner, match="已经有 hotline"):
        said(partners.add(database, settings(), hotline()))


@pytest.mark.anyio
async def test_the_doctor_looks_at_each(database: Database) -> None:
    (none,) = await findings(settings(), database)
    assert (none.how, none.what) == ("hint", "none")
    said(partners.add(database, settings(), hotline(webhook=URL)))
    (good,) = await findings(settings(), database)
    assert good.how == "good"
    (unsigned,) = await findings(settings(""), database)
    assert (unsigned.how, unsigned.what) == ("bad", "unsigned")
    said(partners.set_(database, settings(), "hotline", webhook="http://10.1.2.3/notify"))
    (plain,) = await findings(settings(), database)
    assert (plain.how, plain.what) == ("hint", "plain")
