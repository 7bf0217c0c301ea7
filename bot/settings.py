"""Settings: from the environment (prefix XIAOGE_) and `.env`; a wrong one stops the start."""

from __future__ import annotations

import base64
import difflib
import logging
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.loopback import is_loopback

log = logging.getLogger("xiaoge.settings")

PREFIX = "XIAOGE_"
TENCENT = ".qq.com"
BASE = "must be scheme, host and perhaps port without anything after it, e.g. https://example.cn"
_NAME = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=", re.MULTILINE)
Base = Annotated[str, Field(pattern=r"^https?://[^/?#@\s]+$", description=BASE)]


class Settings(BaseSettings):
    """Every setting stands, explained, in `.env.example`. A description says how it must be."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        str_strip_whitespace=True,
    )

    database_url: str = "sqlite:///data/xiaoge.db"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="must be a number from 1 to 65535")] = (
        8000
    )
    town_file: Path | None = None
    media_dir: Path = Path("data/media")
    verify_dir: Path = Path("data/verify")
    demo: Annotated[bool, Field(description="must be 1 or 0")] = False
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(description="must be DEBUG, INFO, WARNING or ERROR"),
    ] = "INFO"
    metrics_token: SecretStr = SecretStr("")
    public_url: Annotated[str, Field(pattern=r"^(https?://[^/?#@\s]+)?$", description=BASE)] = ""
    secret_key: Annotated[
        SecretStr, Field(description="must have at least 32 characters, made up at random")
    ] = SecretStr("")
    proxy: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+)?$",
            description="must be an address like http://10.0.0.1:3128",
        ),
    ] = ""
    media_limit: Annotated[
        int, Field(ge=1, description="must be a number of megabytes, at least 1")
    ] = 20_000
    media_days: Annotated[
        int, Field(ge=30, description="must be a number of days, at least 30")
    ] = 1095

    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_api_base: Base = "https://api.weixin.qq.com"
    wechat_subscription: str = ""
    wechat_template: str = ""

    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_secret: SecretStr = SecretStr("")
    wecom_token: SecretStr = SecretStr("")
    wecom_aes_key: SecretStr = SecretStr("")
    wecom_api_base: Base = "https://qyapi.weixin.qq.com"
    wecom_accounts: Annotated[
        int, Field(ge=1, description="must be a number of accounts, at least 1")
    ] = 200

    @property
    def wechat(self) -> bool:
        """公众号 is on when its token is set."""
        return bool(self.wechat_token.get_secret_value())

    @property
    def wecom(self) -> bool:
        """企业微信 is on when its token is set."""
        return bool(self.wecom_token.get_secret_value())

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(
            ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
        ):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if value.startswith("sqlite:") and (":memory:" in value or value == "sqlite:///"):
            raise ValueError("must name a file: a database in memory loses everything")
        try:
            urlsplit(value).port  # noqa: B018
        except ValueError:
            raise ValueError("must have a number as its port") from None
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < 32:
            raise ValueError("too short")
        return value

    @field_validator("wecom_agent_id")
    @classmethod
    def _number(cls, value: str) -> str:
        if value and not (value.isascii() and value.isdigit()):
            raise ValueError("must be the number that the app's page shows as AgentId")
        return value

    @model_validator(mode="after")
    def _whole_channels(self) -> Settings:
        """A channel that is on has all its keys, and they can be right."""
        if self.wechat:
            self._need("wechat", "app_id", "app_secret", "aes_key")
        if self.wecom:
            self._need("wecom", "corp_id", "agent_id", "secret", "aes_key")
        return self

    @model_validator(mode="after")
    def _demo_is_at_home(self) -> Settings:
        """Demo mode lets anybody be anybody: on this machine only, and never towards Tencent."""
        if not self.demo:
            return self
        if not is_loopback(self.host):
            raise ValueError(
                "XIAOGE_DEMO: only on 127.0.0.1; set XIAOGE_HOST=127.0.0.1 or XIAOGE_DEMO=0"
            )
        for channel, base in (("wechat", self.wechat_api_base), ("wecom", self.wecom_api_base)):
            if getattr(self, channel) and _tencents(base):
                raise ValueError(
                    "XIAOGE_DEMO: not together with the real platform; set "
                    f"XIAOGE_{channel.upper()}_API_BASE to a stand-in or XIAOGE_DEMO=0"
                )
        return self

    @property
    def pages(self) -> bool:
        """Pages for villagers are on when links to them can be made and sessions be signed."""
        return bool(self.public_url and self.secret_key.get_secret_value())

    def _need(self, channel: str, *names: str) -> None:
        for name in names:
            value = getattr(self, f"{channel}_{name}")
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            setting = f"{PREFIX}{channel}_{name}".upper()
            if not text:
                raise ValueError(
                    f"{setting} is missing: {PREFIX}{channel.upper()}_TOKEN is set, so all keys of "
                    "this channel are needed. See .env.example"
                )
            if name == "aes_key" and not _is_aes_key(text):
                raise ValueError(
                    f"{setting} must be the 43 letters and digits of EncodingAESKey; copy it again "
                    "from the platform's console"
                )


class WrongSettings(Exception):
    """A setting is wrong; the message says which and how to mend it."""


def load() -> Settings:
    """The settings of this process. Raises WrongSettings. A name that is none is warned of."""
    for name in unknown():
        close = difflib.get_close_matches(name, _names(), n=1)
        hint = f"; did you mean {close[0]}?" if close else ". See .env.example"
        log.warning("%s is not a setting%s", name, hint)
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSettings("\n".join(_sentence(each) for each in error.errors())) from None


def unknown() -> list[str]:
    """Names in the environment and in `.env` that look like settings and are none."""
    file = Path(".env")
    written = _NAME.findall(file.read_text("utf-8")) if file.is_file() else []
    given = {name for name in (*os.environ, *written) if name.startswith(PREFIX)}
    return sorted(given.difference(_names()))


def _names() -> list[str]:
    return [f"{PREFIX}{name}".upper() for name in Settings.model_fields]


def _sentence(error: ErrorDetails) -> str:
    """One error of pydantic as a sentence; never with the value, which may be a secret."""
    message = error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return message
    name = str(error["loc"][0])
    needed = Settings.model_fields[name].description or message
    return f"{PREFIX}{name.upper()}: {needed}. See .env.example"


def _tencents(base: str) -> bool:
    host = urlsplit(base).hostname or ""
    return f".{host.rstrip('.')}".endswith(TENCENT)


def _is_aes_key(text: str) -> bool:
    try:
        return len(text) == 43 and len(base64.b64decode(text + "=")) == 32
    except ValueError:
        return False
