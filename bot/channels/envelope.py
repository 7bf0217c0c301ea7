"""The encrypted envelope (安全模式) that 公众号 and 企业微信 share.

Around each message: AES-256-CBC with the EncodingAESKey (its first 16 bytes are the IV), PKCS#7
to 32 bytes, and inside 16 random bytes, the length, the XML, the id of the receiver. The
signature is SHA-1 over the sorted token, timestamp, nonce and cipher text.
Only `msg_signature` covers the body: a message without it could be anybody's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BODY_LIMIT = 64 * 1024  # bytes
TIME_WINDOW = 300  # seconds that a signature's timestamp may be away from now

_BLOCK = 32
_CIPHER_TEXT = re.compile(rb"<Encrypt>\s*(?:<!\[CDATA\[)?([A-Za-z0-9+/=]+)(?:\]\]>)?\s*</Encrypt>")
_PROLOG = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?<xml[\s>]")


class Refused(Exception):
    """A request that is not taken: HTTP status and a reason without anybody's words in it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


class Envelope:
    """Opens what the platform sends, seals what it is answered.

    `receive_id` is the app id on 公众号, the corp id on 企业微信. Raises ValueError for an
    EncodingAESKey that is none, or an empty token or id.
    """

    def __init__(
        self,
        token: str,
        aes_key: str,
        receive_id: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if not token or not receive_id:
            raise ValueError("token and receive_id must not be empty")
        key = _decode_key(aes_key)
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._token = token.encode()
        self._receive_id = receive_id.encode()
        self._clock = clock

    def open(self, query: Mapping[str, str], body: bytes) -> bytes:
        """The XML inside a delivery. Raises `Refused`."""
        if len(body) > BODY_LIMIT:
            raise Refused(413, "body too large")
        if not query.get("msg_signature"):
            raise Refused(403, "not encrypted")
        if not is_plain_xml(body) or (found := _CIPHER_TEXT.search(body)) is None:
            raise Refused(400, "no envelope")
        cipher_text = found.group(1)
        self._authenticate(query, "msg_signature", cipher_text)
        return self._decrypt(cipher_text)

    def plain_echo(self, query: Mapping[str, str]) -> str:
        """公众号's check of the address: the echostr itself. Raises `Refused`."""
        self._authenticate(query, "signature")
        return query.get("echostr", "")

    def sealed_echo(self, query: Mapping[str, str]) -> str:
        """企业微信's check of the address: the decrypted echostr. Raises `Refused`."""
        cipher_text = query.get("echostr", "").encode()
        self._authenticate(query, "msg_signature", cipher_text)
        return self._decrypt(cipher_text).decode(errors="replace")

    def seal(self, xml: str, nonce: str = "", timestamp: str = "") -> bytes:
        """The answer's body. Nonce and timestamp are made here unless given."""
        nonce = nonce or secrets.token_hex(8)
        timestamp = timestamp or str(int(self._clock()))
        cipher_text = self._encrypt(xml.encode())
        signature = self._sign(timestamp.encode(), nonce.encode(), cipher_text)
        return (
            f"<xml><Encrypt><![CDATA[{cipher_text.decode()}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def _authenticate(self, query: Mapping[str, str], name: str, *parts: bytes) -> None:
        timestamp = query.get("timestamp", "")
        # Exactly ten digits: otherwise digits could wander between nonce and timestamp, whose
        # concatenation is all that the signature covers.
        if not (len(timestamp) == 10 and timestamp.isascii() and timestamp.isdigit()):
            raise Refused(403, "no timestamp")
        if abs(int(timestamp) - self._clock()) > TIME_WINDOW:
            raise Refused(403, "stale timestamp")
        expected = self._sign(timestamp.encode(), query.get("nonce", "").encode(), *parts)
        given = query.get(name, "")
        if not hmac.compare_digest(expected.encode(), given.encode(errors="replace")):
            raise Refused(403, "wrong signature")

    def _sign(self, *parts: bytes) -> str:
        return hashlib.sha1(
            b"".join(sorted((self._token, *parts))), usedforsecurity=False
        ).hexdigest()

    def _decrypt(self, cipher_text: bytes) -> bytes:
        try:
            sealed = binascii.a2b_base64(cipher_text, strict_mode=True)
        except binascii.Error:
            raise Refused(400, "not base64") from None
        if not sealed or len(sealed) % 16:
            raise Refused(400, "not whole blocks")
        plain = self._cipher.decryptor().update(sealed)
        padding = plain[-1]
        if not 1 <= padding <= _BLOCK or not plain.endswith(plain[-1:] * padding):
            raise Refused(400, "wrong padding")
        end = 20 + int.from_bytes(plain[16:20], "big")
        if end > len(plain) - padding:
            raise Refused(400, "wrong length")
        if plain[end : len(plain) - padding] != self._receive_id:
            raise Refused(403, "for somebody else")
        return plain[20:end]

    def _encrypt(self, xml: bytes) -> bytes:
        plain = b"".join(
            (secrets.token_bytes(16), len(xml).to_bytes(4, "big"), xml, self._receive_id)
        )
        padding = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes((padding,)) * padding))


def is_plain_xml(body: bytes) -> bool:
    """True if the root comes first: then there is no DTD, hence no entity to expand."""
    return _PROLOG.match(body) is not None


def _decode_key(aes_key: str) -> bytes:
    if len(aes_key) != 43:
        raise ValueError("an EncodingAESKey has 43 characters")
    try:
        return base64.b64decode(aes_key + "=", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("an EncodingAESKey has letters and digits only") from None
