"""公众号 安全模式: AES-256-CBC, PKCS#7 to 32 bytes, signed by SHA-1 over the sorted parts.

The least that is correct, for the floor and for the load client; it shares no code with the
service, so that the two hold each other to the same wire format.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

TOKEN = "qingshi-bench-token"
AES_KEY = "Qm9sZEdyaWRNZWFzdXJlMDEyMzQ1Njc4OWFiY2RlZmg"
APP_ID = "wx5e6b7c8d9a0b1c2d"
ACCOUNT = "gh_5e6b7c8d9a0b"

BLOCK = 32
PREFIX = 16  # random bytes before the length
PADDING = tuple(bytes([n]) * n for n in range(BLOCK + 1))

_key = base64.b64decode(AES_KEY + "=")
_cipher = Cipher(algorithms.AES(_key), modes.CBC(_key[:16]))
_receiver = APP_ID.encode()
_token = TOKEN.encode()


def signature(timestamp: bytes, nonce: bytes, *sealed: bytes) -> bytes:
    """The hexadecimal signature over token, timestamp, nonce and (for a body) what is sealed."""
    parts = sorted((_token, timestamp, nonce, *sealed))
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).hexdigest().encode()


def signed(given: bytes, timestamp: bytes, nonce: bytes, sealed: bytes) -> bool:
    """Whether `given` is the signature, compared in constant time."""
    return hmac.compare_digest(given, signature(timestamp, nonce, sealed))


def encrypt(text: bytes) -> bytes:
    """Seal `text` for the account; base64."""
    plain = os.urandom(PREFIX) + struct.pack(">I", len(text)) + text + _receiver
    encryptor = _cipher.encryptor()
    padded = plain + PADDING[BLOCK - len(plain) % BLOCK]
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize())


def decrypt(sealed: bytes) -> bytes:
    """Open what `encrypt` made. Raises ValueError if it is damaged or meant for somebody else."""
    decryptor = _cipher.decryptor()
    plain = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
    pad = plain[-1]
    (length,) = struct.unpack_from(">I", plain, PREFIX)
    end = PREFIX + 4 + length
    if not 1 <= pad <= BLOCK or plain[-pad:] != PADDING[pad] or plain[end:-pad] != _receiver:
        raise ValueError("not sealed for this account")
    return plain[PREFIX + 4 : end]
