"""Settings: from the environment (prefix XIAOGE_) and `.env`; a wrong one stops the start."""

from __future__ import annotations

import base64
import ipaddress
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TENCENT = ("api.weixin.qq.com", "qyapi.weixin.qq.com")
Base = Annotated[str, Field(pattern=r"^https?://[^/]+$")]


class Settings(BaseSettings):
    """Every setting stands, explained, in `.env.example`."""

    model_config = SettingsConfigDict(env_prefix="XIAOGE_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///data/xiaoge.db"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    public_url: str = ""
    town_file: Path | None = None
    media_dir: Path = Path("data/media")
    secret_key: SecretStr = SecretStr("")
    demo: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_token: SecretStr = SecretStr("")

    wechat_app_id: str = ""
    wechat_app_secret: SecretStr = SecretStr("")
    wechat_token: SecretStr = SecretStr("")
    wechat_aes_key: SecretStr = SecretStr("")
    wechat_api_base: Base = "https://api.weixin.qq.com"

    wecom_corp_id: str = ""
    wecom_agent_id: str = ""
    wecom_secret: SecretStr = SecretStr("")
    wecom_token: SecretStr = SecretStr("")
    wecom_aes_key: SecretStr = SecretStr("")
    wecom_api_base: Base = "https://qyapi.weixin.qq.com"

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
        if ":memory:" in value or value == "sqlite:///":
            raise ValueError("must name a file: a database in memory loses everything")
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
        if not _loopback(self.host):
            raise ValueError(
                "XIAOGE_DEMO: only on 127.0.0.1; set XIAOGE_HOST=127.0.0.1 or XIAOGE_DEMO=0"
            )
        for channel, base in (("wechat", self.wechat_api_base), ("wecom", self.wecom_api_base)):
            if getattr(self, channel) and urlsplit(base).hostname in TENCENT:
                raise ValueError(
                    f"XIAOGE_DEMO: not together with the real platform; set XIAOGE_{channel.upper()}_API_BASE "
                    "to a stand-in or XIAOGE_DEMO=0"
                )
        return self

    def _need(self, channel: str, *names: str) -> None:
        for name in names:
            value = getattr(self, f"{channel}_{name}")
            text = value.get_secret_value() if isinstance(value, SecretStr) else value
            if not text:
                raise ValueError(
                    f"XIAOGE_{channel.upper()}_{name.upper()} is missing: XIAOGE_{channel.upper()}_TOKEN is set, "
                    "so all keys of this channel are needed"
                )
            if name == "aes_key" and not _is_aes_key(text):
                raise ValueError(
                    f"XIAOGE_{channel.upper()}_AES_KEY must be the 43 letters and digits of EncodingAESKey; "
                    "copy it again from the platform's console"
                )


class WrongSettings(Exception):
    """A setting is wrong; the message says which and how to mend it."""


def load() -> Settings:
    """The settings of this process. Raises WrongSettings."""
    try:
        return Settings()
    except ValidationError as error:
        raise WrongSettings("\n".join(_sentence(each) for each in error.errors())) from None


def _sentence(error: object) -> str:
    """One error of pydantic as a sentence; never with the value, which may be a secret."""
    where = error["loc"]  # type: ignore[index]
    message = str(error["msg"]).removeprefix("Value error, ")  # type: ignore[index]
    if not where:
        return message
    return f"XIAOGE_{str(where[0]).upper()}: {message}. See .env.example"


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_aes_key(text: str) -> bool:
    try:
        return len(text) == 43 and len(base64.b64decode(text + "=")) == 32
    except ValueError:
        return False
