"""The stand-in for Tencent with the accounts of this service's own settings."""

from __future__ import annotations

import secrets
from importlib.resources import files
from urllib.parse import urlsplit

from bot.loopback import is_loopback
from bot.platform.fake import Rehearsal
from bot.platform.tencent import Wechat, Wecom
from bot.settings import Settings


class WrongRehearsal(Exception):
    """These settings are not for a rehearsal; the message says why."""


def rehearsal(settings: Settings, port: int) -> Rehearsal:
    """Raises WrongRehearsal: with the keys of a real account nothing is played."""
    bases = []
    if settings.wechat:
        bases.append(("XIAOGE_WECHAT_API_BASE", settings.wechat_api_base))
    if settings.wecom:
        bases.append(("XIAOGE_WECOM_API_BASE", settings.wecom_api_base))
    if not bases:
        raise WrongRehearsal(
            "没有公众号也没有企业微信的设置。在一个空目录里先运行：xiaoge platform settings > .env"
        )
    for name, base in bases:
        if not is_loopback(urlsplit(base).hostname):
            raise WrongRehearsal(
                f"{name} 指向真的平台（{base}），不能用真账号的密钥演练。演练请改成 http://127.0.0.1:{port}"
            )
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    service = f"http://{host}:{settings.port}"
    return Rehearsal(_wechat(settings, service), _wecom(settings, service))


def base_of(settings: Settings) -> str:
    """Where the stand-in is, by the settings; "" if they are for the real platforms."""
    for base in (settings.wechat_api_base, settings.wecom_api_base):
        if is_loopback(urlsplit(base).hostname):
            return base
    return ""


def env(port: int, service: int) -> str:
    """Settings of two made-up accounts."""
    base = f"http://127.0.0.1:{port}"
    given = {
        "PORT": str(service),
        "PUBLIC_URL": f"http://127.0.0.1:{service}",
        "SECRET_KEY": secrets.token_hex(32),
        "TOWN_FILE": str(files("deploy") / "town.example.toml"),
        "WECHAT_TOKEN": secrets.token_hex(12),
        "WECHAT_AES_KEY": _aes_key(),
        "WECHAT_APP_ID": f"wx{secrets.token_hex(8)}",
        "WECHAT_APP_SECRET": secrets.token_hex(16),
        "WECHAT_API_BASE": base,
        "WECHAT_TEMPLATE": "TPL-1",
        "WECHAT_SUBSCRIPTION": "SUB-1",
        "WECOM_TOKEN": secrets.token_hex(12),
        "WECOM_AES_KEY": _aes_key(),
        "WECOM_CORP_ID": f"ww{secrets.token_hex(8)}",
        "WECOM_AGENT_ID": str(Wecom.agent_id),
        "WECOM_SECRET": secrets.token_hex(16),
        "WECOM_API_BASE": base,
    }
    return "".join(f"XIAOGE_{name}={value}\n" for name, value in given.items())


def _aes_key() -> str:
    """43 letters and digits, of which the last carries 4 bits."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(secrets.choice(letters) for _ in range(42)) + secrets.choice("AEIMQUYcgkosw048")


def _wechat(settings: Settings, service: str) -> Wechat | None:
    if not settings.wechat:
        return None
    token, key = settings.wechat_token, settings.wechat_aes_key
    return Wechat(service, token.get_secret_value(), key.get_secret_value(), settings.wechat_app_id)


def _wecom(settings: Settings, service: str) -> Wecom | None:
    if not settings.wecom:
        return None
    token, key = settings.wecom_token, settings.wecom_aes_key
    return Wecom(service, token.get_secret_value(), key.get_secret_value(), settings.wecom_corp_id)
