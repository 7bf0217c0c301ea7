"""The envelope opens what Tencent seals, and nothing else; held against wechatpy both ways."""

from __future__ import annotations

import base64
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.work.crypto import WeChatCrypto as WorkCrypto

from bot.channels.envelope import BODY_LIMIT, Envelope, Refused
from bot.platform.tencent import Delivery, Wechat, Wecom
from tests.bot.channels.conftest import AES_KEY, APP_ID, TOKEN

NOW = 1_780_000_000
XML = "<xml><Content><![CDATA[路灯坏了]]></Content></xml>"


def envelope(receive_id: str = APP_ID) -> Envelope:
    return Envelope(TOKEN, AES_KEY, receive_id, clock=lambda: NOW)


def account(token: str = TOKEN, receive_id: str = APP_ID, at: int = NOW) -> Wechat:
    return Wechat("", token, AES_KEY, receive_id, clock=lambda: at)


def fields(body: bytes | str) -> dict[str, Any]:
    return {child.tag: child.text for child in ElementTree.fromstring(body)}  # noqa: S314


def opened(delivery: Delivery) -> bytes:
    return envelope().open(delivery.params, delivery.body)


@given(st.text())
def test_opens_what_tencent_seals(text: str) -> None:
    assert opened(account().delivery(text)) == text.encode()


@given(st.text())
def test_tencent_opens_what_it_seals(text: str) -> None:
    outer = fields(envelope().seal(text))
    assert account().crypto.decrypt(outer["Encrypt"]) == text.encode()


@pytest.mark.parametrize("crypto", [WeChatCrypto, WorkCrypto])
@given(text=st.text())
def test_opens_what_wechatpy_seals(crypto: Any, text: str) -> None:
    body = crypto(TOKEN, AES_KEY, APP_ID).encrypt_message(text, "nonce", str(NOW))
    query = {
        "msg_signature": fields(body)["MsgSignature"],
        "timestamp": str(NOW),
        "nonce": "nonce",
    }
    assert envelope().open(query, body.encode()) == text.encode()


@pytest.mark.parametrize("crypto", [WeChatCrypto, WorkCrypto])
@given(text=st.text())
def test_wechatpy_opens_what_it_seals(crypto: Any, text: str) -> None:
    body = envelope().seal(text, "nonce", str(NOW))
    signature = fields(body)["MsgSignature"]
    opener = crypto(TOKEN, AES_KEY, APP_ID)
    assert opener.decrypt_message(body, signature, str(NOW), "nonce") == text


def test_no_two_answers_look_the_same() -> None:
    first, second = (fields(envelope().seal(XML)) for _ in range(2))
    assert first["Nonce"] != second["Nonce"]
    assert first["Encrypt"] != second["Encrypt"]


@pytest.mark.parametrize("away", [-301, 301, -86_400])
def test_refuses_a_stale_or_future_timestamp(away: int) -> None:
    with pytest.raises(Refused, match="403 stale timestamp"):
        opened(account(at=NOW + away).delivery(XML))


@pytest.mark.parametrize("away", [-300, 300])
def test_takes_five_minutes_of_a_wrong_clock(away: int) -> None:
    assert opened(account(at=NOW + away).delivery(XML)) == XML.encode()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"msg_signature": ""}, 403),
        ({"msg_signature": "0" * 40}, 403),
        ({"msg_signature": "路灯"}, 403),
        ({"nonce": "other"}, 403),
        ({"timestamp": ""}, 403),
        ({"timestamp": "now"}, 403),
        ({"timestamp": "１７８００００００００"}, 403),
        ({"timestamp": str(NOW + 1)}, 403),
    ],
)
def test_refuses_a_changed_query(changed: dict[str, str], status: int) -> None:
    with pytest.raises(Refused) as refusal:
        opened(account().delivery(XML, **changed))
    assert refusal.value.status == status


def test_the_plain_signature_does_not_vouch_for_a_body() -> None:
    delivery = account().delivery(XML)
    query = {name: delivery.params[name] for name in ("signature", "timestamp", "nonce")}
    with pytest.raises(Refused, match="403 not encrypted"):
        envelope().open(query, XML.encode())


def test_refuses_another_accounts_key_or_id() -> None:
    with pytest.raises(Refused, match="403 wrong signature"):
        opened(account(token="another").delivery(XML))
    with pytest.raises(Refused, match="403 for somebody else"):
        opened(account(receive_id="wxffffffffffffffff").delivery(XML))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<xml></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"\xff\xfe<\x00x\x00m\x00l\x00>\x00",
        b"<xml><Encrypt>a b c</Encrypt></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><Encrypt>QUJD</Encrypt></xml>',
    ],
)
def test_refuses_what_is_no_envelope(body: bytes) -> None:
    with pytest.raises(Refused, match="400 no envelope"):
        envelope().open(account().delivery(XML).params, body)


@pytest.mark.parametrize("sealed", ["A", "QUJD", "AAAA====", "A" * 44, "QUJD" * 16])
def test_refuses_well_signed_rubbish(sealed: str) -> None:
    tencent = account()
    query = {
        "msg_signature": tencent.crypto.signature(str(NOW), "n", sealed),
        "timestamp": str(NOW),
        "nonce": "n",
    }
    with pytest.raises(Refused) as refusal:
        envelope().open(query, tencent.body(sealed).encode())
    assert refusal.value.status == 400


@given(st.binary(min_size=32, max_size=96))
def test_only_refuses_whatever_the_cipher_text_holds(plain: bytes) -> None:
    tencent = account()
    encryptor = tencent.crypto.cipher.encryptor()
    sealed = base64.b64encode(encryptor.update(plain[: len(plain) // 16 * 16])).decode()
    query = {
        "msg_signature": tencent.crypto.signature(str(NOW), "n", sealed),
        "timestamp": str(NOW),
        "nonce": "n",
    }
    with pytest.raises(Refused):
        envelope().open(query, tencent.body(sealed).encode())


def test_refuses_more_than_64_kib() -> None:
    delivery = account().delivery(XML)
    with pytest.raises(Refused, match="413"):
        envelope().open(delivery.params, b" " * (BODY_LIMIT + 1))


def test_a_refusal_quotes_nobody() -> None:
    with pytest.raises(Refused) as refusal:
        opened(account(token="another").delivery("<xml>村主任</xml>"))
    assert str(refusal.value) == "403 wrong signature"


def test_echoes() -> None:
    tencent = Wecom("", TOKEN, AES_KEY, APP_ID, clock=lambda: NOW)
    sealed = tencent.crypto.encrypt(b"5837123")
    query = {"timestamp": str(NOW), "nonce": "n", "echostr": sealed}
    signature = tencent.crypto.signature(str(NOW), "n", sealed)
    assert envelope().sealed_echo({**query, "msg_signature": signature}) == "5837123"
    plain = tencent.crypto.signature(str(NOW), "n")
    assert envelope().plain_echo({**query, "echostr": "58", "signature": plain}) == "58"
    with pytest.raises(Refused, match="403"):
        envelope().sealed_echo({**query, "msg_signature": plain})
    with pytest.raises(Refused, match="403"):
        envelope().plain_echo(query)


@pytest.mark.parametrize(
    ("token", "aes_key", "receive_id"),
    [
        ("", AES_KEY, APP_ID),
        (TOKEN, AES_KEY, ""),
        (TOKEN, "", APP_ID),
        (TOKEN, AES_KEY[:-1], APP_ID),
        (TOKEN, AES_KEY + "=", APP_ID),
        (TOKEN, "路" * 43, APP_ID),
        (TOKEN, AES_KEY[:-1] + "!", APP_ID),
    ],
)
def test_a_wrong_setting_is_seen_at_the_start(token: str, aes_key: str, receive_id: str) -> None:
    with pytest.raises(ValueError):
        Envelope(token, aes_key, receive_id)
