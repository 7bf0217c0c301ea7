"""The obvious design: FastAPI, wechatpy, SQLModel's AsyncSession on aiosqlite.

As one would write it from the documentation of these libraries, with the same durability as the
floor (WAL, `synchronous=FULL`) and the same duty: one row, deduplicated by a unique key, committed
before the encrypted reply. Where there was a choice, the cheaper one was taken: no refresh after
the commit, no separate look-up before the insert.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from sqlalchemy import UniqueConstraint, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.replies import create_reply

from bench.envelope import AES_KEY, APP_ID, TOKEN

crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
engine = create_async_engine(f"sqlite+aiosqlite:///{sys.argv[2]}")
sessions = async_sessionmaker(engine, class_=AsyncSession, expire_on_commit=False)


class Message(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("account", "sender", "msg_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str
    sender: str
    msg_id: str
    text: str
    received_at: datetime = Field(default_factory=lambda: datetime.now(UTC))


@event.listens_for(engine.sync_engine, "connect")
def durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.close()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    yield
    await engine.dispose()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


app = FastAPI(lifespan=lifespan)


@app.get("/readyz")
async def ready() -> dict[str, str]:
    return {"status": "ok"}


@app.post("/wechat")
async def receive(
    request: Request,
    session: Annotated[AsyncSession, Depends(get_session)],
    msg_signature: str,
    timestamp: str,
    nonce: str,
) -> Response:
    try:
        xml = crypto.decrypt_message(await request.body(), msg_signature, timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException) as problem:
        raise HTTPException(status_code=403) from problem
    message = parse_message(xml)
    session.add(
        Message(
            account=message.target,
            sender=message.source,
            msg_id=str(message.id),
            text=message.content,
        )
    )
    try:
        await session.commit()
    except IntegrityError:
        await session.rollback()
    reply = create_reply("已收到，我们会尽快处理。", message)
    sealed = crypto.encrypt_message(reply.render(), nonce, timestamp)
    return Response(sealed, media_type="application/xml")


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
