"""The fake Tencent, as the service's caller: it signs, encrypts, posts, and reads the answers.

`Wechat` and `Wecom` stand for one public account and one corp. `delivery` builds a request
without sending it, so that a load generator can prepare thousands.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
import os
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import httpx
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bot.platform.cards import Card

TIMEOUT = 5.0  # seconds, then Tencent hangs up
TRIES = 3


class Nested(str):
    """A field's value that is XML already."""


class Crypto:
    """加解密 as the platforms' documents describe it."""

    def __init__(self, token: str, aes_key: str, receive_id: str) -> None:
        self.token = token
        self.receive_id = receive_id.encode()
        key = base64.b64decode(aes_key + "=")
        self.cipher = Cipher(algorithms.AES256(key), modes.CBC(key[:16]))

    def signature(self, *parts: str) -> str:
        joined = "".join(sorted([self.token, *parts]))
        return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()

    def encrypt(self, message: bytes) -> str:
        plain = os.urandom(16) + struct.pack(">I", len(message)) + message + self.receive_id
        fill = 32 - len(plain) % 32
        encryptor = self.cipher.encryptor()
        sealed = encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def decrypt(self, sealed: str) -> bytes:
        decryptor = self.cipher.decryptor()
        plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
        plain = plain[: -plain[-1]]
        (length,) = struct.unpack(">I", plain[16:20])
        assert plain[20 + length :] == self.receive_id, "sealed for somebody else"
        return plain[20 : 20 + length]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it goes over the wire."""

    params: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the raw text, and the reply's fields if there is one."""

    status: int
    text: str
    content_type: str
    fields: Mapping[str, str] | None

    @property
    def reply(self) -> str | None:
        return self.fields["Content"] if self.fields else None


class Platform:
    """What both platforms do; `Wechat` and `Wecom` say how their requests differ."""

    path: str

    def __init__(
        self,
        base_url: str,
        token: str,
        aes_key: str,
        receive_id: str,
        *,
        account: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = base_url + self.path
        self.crypto = Crypto(token, aes_key, receive_id)
        self.account = account or receive_id
        self.clock = clock
        self._ids = itertools.count(25_000_000_000_000_000)
        self._nonces = itertools.count(100_000_000)

    def xml(self, sender: str, msg_type: str, **fields: object) -> str:
        """The plain message; a field that is None is an empty element."""
        all_fields = {
            "ToUserName": self.account,
            "FromUserName": sender,
            "CreateTime": int(self.clock()),
            "MsgType": msg_type,
            **fields,
        }
        return "<xml>" + "".join(map(_element, all_fields, all_fields.values())) + "</xml>"

    def delivery(self, xml: str, **changed: str) -> Delivery:
        """`changed` replaces query parameters after the signature was made."""
        stamp, nonce = str(int(self.clock())), self.nonce()
        sealed = self.crypto.encrypt(xml.encode())
        params = {
            "msg_signature": self.crypto.signature(stamp, nonce, sealed),
            "timestamp": stamp,
            "nonce": nonce,
            **self.more_params(stamp, nonce),
            **changed,
        }
        return Delivery(params, self.body(sealed).encode())

    def nonce(self) -> str:
        return str(next(self._nonces))

    def message_id(self) -> int:
        return next(self._ids)

    def more_params(self, stamp: str, nonce: str) -> dict[str, str]:
        return {}

    def body(self, sealed: str) -> str:
        return (
            f"<xml><ToUserName><![CDATA[{self.account}]]></ToUserName>"
            f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        )

    def text(self, sender: str, words: str | None, msg_id: int | None = None) -> Delivery:
        number = self.message_id() if msg_id is None else msg_id
        return self.delivery(self.xml(sender, "text", Content=words, MsgId=number))

    def says(self, sender: str, words: str | None, msg_id: int | None = None) -> Answer:
        return self.post(self.text(sender, words, msg_id))

    def event(self, sender: str, event: str, **fields: object) -> Answer:
        return self.post(self.delivery(self.xml(sender, "event", Event=event, **fields)))

    def post(self, delivery: Delivery) -> Answer:
        with httpx.Client(trust_env=False, timeout=TIMEOUT) as client:
            response = client.post(self.url, params=dict(delivery.params), content=delivery.body)
        return self.answer(response)

    async def apost(self, client: httpx.AsyncClient, delivery: Delivery) -> Answer:
        response = await client.post(
            self.url, params=dict(delivery.params), content=delivery.body, timeout=TIMEOUT
        )
        return self.answer(response)

    async def insist(self, client: httpx.AsyncClient, delivery: Delivery) -> Answer | None:
        """As Tencent delivers: again without a 200 in time, three times in all, then never."""
        for _ in range(TRIES):
            try:
                answer = await self.apost(client, delivery)
            except httpx.HTTPError:
                continue
            if answer.status == 200:
                return answer
        return None

    def answer(self, response: httpx.Response) -> Answer:
        content_type = response.headers.get("content-type", "")
        fields = self.open(response.content) if response.content.startswith(b"<") else None
        return Answer(response.status_code, response.text, content_type, fields)

    def open(self, body: bytes) -> dict[str, str]:
        """The fields of an encrypted reply, whose signature must be right."""
        outer = _fields(body)
        expected = self.crypto.signature(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
        assert outer["MsgSignature"] == expected, "the reply's signature is wrong"
        return _fields(self.crypto.decrypt(outer["Encrypt"]))

    def check(self, echostr: str) -> dict[str, str]:
        """The query with which the platform checks the address of a callback."""
        raise NotImplementedError

    def verify(self, echostr: str = "5837123", **changed: str) -> httpx.Response:
        return self.get(**{**self.check(echostr), **changed})

    def get(self, **params: str) -> httpx.Response:
        return httpx.get(self.url, params=params, trust_env=False, timeout=TIMEOUT)


class Wechat(Platform):
    """公众号 in 安全模式."""

    path = "/wechat"

    def __init__(self, *args: Any, account: str = "gh_qingshi", **options: Any) -> None:
        super().__init__(*args, account=account, **options)

    def more_params(self, stamp: str, nonce: str) -> dict[str, str]:
        return {"signature": self.crypto.signature(stamp, nonce), "encrypt_type": "aes"}

    def check(self, echostr: str) -> dict[str, str]:
        stamp, nonce = str(int(self.clock())), self.nonce()
        signature = self.crypto.signature(stamp, nonce)
        return {"signature": signature, "timestamp": stamp, "nonce": nonce, "echostr": echostr}


class Wecom(Platform):
    """企业微信: no encrypt_type, an agent id, and an encrypted echostr."""

    path = "/wecom"
    agent_id = 1000002

    def body(self, sealed: str) -> str:
        return super().body(sealed).replace("</xml>", f"<AgentID>{self.agent_id}</AgentID></xml>")

    def xml(self, sender: str, msg_type: str, **fields: object) -> str:
        return super().xml(sender, msg_type, **fields, AgentID=self.agent_id)

    def presses(self, card: Card, key: str, code: str) -> Answer:
        """A member presses a button of a card; `code` is good for one change of it."""
        return self.event(
            card.userid,
            "template_card_event",
            EventKey=key,
            TaskId=card.task_id,
            CardType=card.shown["card_type"],
            ResponseCode=code,
        )

    def check(self, echostr: str) -> dict[str, str]:
        stamp, nonce = str(int(self.clock())), self.nonce()
        sealed = self.crypto.encrypt(echostr.encode())
        signature = self.crypto.signature(stamp, nonce, sealed)
        return {"msg_signature": signature, "timestamp": stamp, "nonce": nonce, "echostr": sealed}


def _element(name: str, value: object) -> str:
    if isinstance(value, int | Nested):
        return f"<{name}>{value}</{name}>"
    words = "" if value is None else str(value).replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{words}]]></{name}>"


def _fields(xml: bytes) -> dict[str, str]:
    return {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}  # noqa: S314
