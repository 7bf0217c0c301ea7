"""Settings: what may be said, and what stops the start with a sentence that helps."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot import settings
from bot.settings import Settings, WrongSettings
from tests.conftest import AES_KEY

EXAMPLE = Path(__file__).parents[2] / ".env.example"
EXPLAINED = re.compile(r"^#?(XIAOGE_\w+)=(.*)$", re.MULTILINE)
SECRET = "a-secret-of-42-letters"
WECHAT = {
    "WECHAT_TOKEN": "qingshi",
    "WECHAT_APP_ID": "wx0123456789abcdef",
    "WECHAT_APP_SECRET": SECRET,
    "WECHAT_AES_KEY": AES_KEY,
}
WECOM = {
    "WECOM_TOKEN": "qingshi",
    "WECOM_CORP_ID": "ww0123456789abcdef",
    "WECOM_AGENT_ID": "1000002",
    "WECOM_SECRET": SECRET,
    "WECOM_AES_KEY": AES_KEY,
}
STAND_IN = {"WECHAT_API_BASE": "http://127.0.0.1:9000", "WECOM_API_BASE": "http://127.0.0.1:9000"}


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and no setting in the environment."""
    for name in [name for name in os.environ if name.startswith("XIAOGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def load(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, text in given.items():
        monkeypatch.setenv(f"XIAOGE_{name}", text)
    return settings.load()


def without(channel: dict[str, str], name: str) -> dict[str, str]:
    return {key: text for key, text in channel.items() if key != name}


def test_nothing_has_to_be_set() -> None:
    found = settings.load()
    assert not found.wechat
    assert not found.wecom
    assert not found.demo
    assert found.host == "127.0.0.1"


@pytest.mark.parametrize(
    "given",
    [
        WECHAT,
        WECOM,
        {**WECHAT, **WECOM},
        {"HOST": "0.0.0.0", "PORT": "80"},  # noqa: S104
        {"DEMO": "1"},
        {"DEMO": "1", "HOST": "::1"},
        {"DEMO": "1", "HOST": "localhost", **WECHAT, **WECOM, **STAND_IN},
        {"DATABASE_URL": "postgresql://xiaoge:word@db:5432/xiaoge"},
        {"PORT": "", "TOWN_FILE": "", "HOST": "", "LOG_LEVEL": ""},
    ],
)
def test_what_may_be_set(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    load(monkeypatch, **given)


def test_blanks_around_a_setting_are_nobodys_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    padded = {name: f" {text}\n" for name, text in WECHAT.items()}
    found = load(monkeypatch, **padded, WECHAT_API_BASE="https://api.weixin.qq.com ")
    assert found.wechat_token.get_secret_value() == "qingshi"
    assert found.wechat_aes_key.get_secret_value() == AES_KEY
    assert found.wechat_app_id == "wx0123456789abcdef"


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"PORT": "eighty"}, "XIAOGE_PORT", "a number from 1 to 65535"),
    ({"PORT": "0"}, "XIAOGE_PORT", "a number from 1 to 65535"),
    ({"PORT": "65536"}, "XIAOGE_PORT", "a number from 1 to 65535"),
    ({"DEMO": "perhaps"}, "XIAOGE_DEMO", "1 or 0"),
    ({"LOG_LEVEL": "LOUD"}, "XIAOGE_LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR"),
    ({"DATABASE_URL": f"mysql://xiaoge:{SECRET}@db/xiaoge"}, "XIAOGE_DATABASE_URL", "sqlite:///"),
    ({"DATABASE_URL": "data/xiaoge.db"}, "XIAOGE_DATABASE_URL", "sqlite:///"),
    ({"DATABASE_URL": "sqlite:///:memory:"}, "XIAOGE_DATABASE_URL", "must name a file"),
    ({"DATABASE_URL": "sqlite:///"}, "XIAOGE_DATABASE_URL", "must name a file"),
    (
        {"DATABASE_URL": f"postgresql://xiaoge:{SECRET}@db:port/xiaoge"},
        "XIAOGE_DATABASE_URL",
        "a number as its port",
    ),
    ({"WECHAT_API_BASE": "api.weixin.qq.com"}, "XIAOGE_WECHAT_API_BASE", "scheme, host"),
    ({"WECOM_API_BASE": "https://127.0.0.1/cgi-bin"}, "XIAOGE_WECOM_API_BASE", "scheme, host"),
    ({"WECOM_API_BASE": "ftp://127.0.0.1"}, "XIAOGE_WECOM_API_BASE", "scheme, host"),
    (without(WECHAT, "WECHAT_APP_ID"), "XIAOGE_WECHAT_APP_ID", "XIAOGE_WECHAT_TOKEN is set"),
    (without(WECHAT, "WECHAT_APP_SECRET"), "XIAOGE_WECHAT_APP_SECRET", "XIAOGE_WECHAT_TOKEN"),
    (without(WECHAT, "WECHAT_AES_KEY"), "XIAOGE_WECHAT_AES_KEY", "XIAOGE_WECHAT_TOKEN is set"),
    ({**WECHAT, "WECHAT_AES_KEY": SECRET}, "XIAOGE_WECHAT_AES_KEY", "43 letters and digits"),
    ({**WECHAT, "WECHAT_AES_KEY": AES_KEY[:42] + "!"}, "XIAOGE_WECHAT_AES_KEY", "copy it again"),
    (without(WECOM, "WECOM_CORP_ID"), "XIAOGE_WECOM_CORP_ID", "XIAOGE_WECOM_TOKEN is set"),
    (without(WECOM, "WECOM_AGENT_ID"), "XIAOGE_WECOM_AGENT_ID", "XIAOGE_WECOM_TOKEN is set"),
    (without(WECOM, "WECOM_SECRET"), "XIAOGE_WECOM_SECRET", "XIAOGE_WECOM_TOKEN is set"),
    (without(WECOM, "WECOM_AES_KEY"), "XIAOGE_WECOM_AES_KEY", "XIAOGE_WECOM_TOKEN is set"),
    ({**WECOM, "WECOM_AGENT_ID": "xiaoge"}, "XIAOGE_WECOM_AGENT_ID", "AgentId"),
    ({"DEMO": "1", "HOST": "0.0.0.0"}, "XIAOGE_DEMO", "XIAOGE_HOST=127.0.0.1"),  # noqa: S104
    ({"DEMO": "1", "HOST": "xiaoge.example.cn"}, "XIAOGE_DEMO", "XIAOGE_DEMO=0"),
    ({"DEMO": "1", **WECHAT}, "XIAOGE_DEMO", "XIAOGE_WECHAT_API_BASE"),
    ({"DEMO": "1", **WECOM}, "XIAOGE_DEMO", "XIAOGE_WECOM_API_BASE"),
    (
        {"DEMO": "1", **WECHAT, "WECHAT_API_BASE": "https://SH.api.weixin.qq.com.:443"},
        "XIAOGE_DEMO",
        "XIAOGE_WECHAT_API_BASE",
    ),
]


@pytest.mark.parametrize(("given", "named", "mend"), WRONG)
def test_a_wrong_setting_is_named_with_its_mend_and_without_its_value(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str, mend: str
) -> None:
    with pytest.raises(WrongSettings) as wrong:
        load(monkeypatch, **given)
    said = str(wrong.value)
    assert said.startswith(named)
    assert mend in said
    for secret in (SECRET, AES_KEY, AES_KEY[:20]):
        assert secret not in said
    assert wrong.value.__cause__ is None
    assert wrong.value.__suppress_context__


def test_several_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSettings) as wrong:
        load(monkeypatch, PORT="eighty", LOG_LEVEL="LOUD")
    assert [line.partition(":")[0] for line in str(wrong.value).splitlines()] == [
        "XIAOGE_PORT",
        "XIAOGE_LOG_LEVEL",
    ]


def test_no_secret_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    found = load(monkeypatch, **WECHAT, **WECOM, METRICS_TOKEN=SECRET)
    for shown in (repr(found), str(found), str(found.model_dump())):
        assert SECRET not in shown
        assert AES_KEY not in shown


def test_the_environment_counts_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("XIAOGE_PORT=8100\nXIAOGE_LOG_LEVEL=ERROR\n")
    found = load(monkeypatch, PORT="8200")
    assert (found.port, found.log_level) == (8200, "ERROR")


def test_a_name_that_is_no_setting_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text(f"XIAOGE_WECHAT_APPSECRET={SECRET}\nPATH_OF_OTHERS=1\n")
    load(monkeypatch, WECHAT_TOKNE=SECRET)
    assert [record.getMessage() for record in caplog.records] == [
        "XIAOGE_WECHAT_APPSECRET is not a setting; did you mean XIAOGE_WECHAT_APP_SECRET?",
        "XIAOGE_WECHAT_TOKNE is not a setting; did you mean XIAOGE_WECHAT_TOKEN?",
    ]


# --- .env.example -----------------------------------------------------------------------------------


def explained() -> dict[str, str]:
    return dict(EXPLAINED.findall(EXAMPLE.read_text("utf-8")))


def test_the_example_names_every_setting_and_nothing_else() -> None:
    assert set(explained()) == {f"XIAOGE_{name.upper()}" for name in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    shown = {name: text for name, text in explained().items() if text}
    defaults = {
        f"XIAOGE_{name.upper()}": as_written(field.default)
        for name, field in Settings.model_fields.items()
    }
    assert shown == {name: text for name, text in defaults.items() if text}


def test_the_example_as_it_is_can_be_used(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(EXAMPLE.read_text("utf-8"))
    assert settings.load() == Settings()
    (tmp_path / ".env").write_text(re.sub(r"(?m)^#(?=XIAOGE_)", "", EXAMPLE.read_text("utf-8")))
    assert settings.load().model_dump() == Settings.model_construct().model_dump()


def as_written(default: Any) -> str:
    if isinstance(default, SecretStr):
        return default.get_secret_value()
    if isinstance(default, bool):
        return str(int(default))
    return "" if default is None else str(default)
