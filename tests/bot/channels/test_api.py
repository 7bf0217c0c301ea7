"""One token for all, one repetition at most, and no secret where it can be read."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback

import pytest

from bot.channels.api import Api, BadStatus, NotSent, TokenRefused, TokenRequest, Unanswered
from bot.platform.api import (
    CUSTOM_SEND,
    GET_TOKEN,
    HANG,
    STABLE_TOKEN,
    Http,
    TencentApi,
)

pytestmark = pytest.mark.anyio

SECRET = "app-secret-of-qingshi"
ASK = TokenRequest("GET", GET_TOKEN, {"corpid": "ww1", "corpsecret": SECRET})
WORDS = {"touser": "li", "msgtype": "text", "text": {"content": "新事项 1023"}}


@pytest.fixture
def api(tencent_url: str) -> Api:
    return Api(tencent_url, ASK)


@pytest.fixture
def hasty(tencent_url: str) -> Api:
    return Api(tencent_url, ASK, total=0.5)


async def test_one_token_serves_many_calls(api: Api, tencent: TencentApi) -> None:
    for _ in range(3):
        assert (await api.post(CUSTOM_SEND, WORDS)).code == 0
    assert tencent.token_calls == 1
    assert [sent.text for sent in tencent.received] == ["新事项 1023"] * 3


async def test_twenty_callers_with_no_token_ask_for_one(api: Api, tencent: TencentApi) -> None:
    await asyncio.gather(*(api.post(CUSTOM_SEND, WORDS) for _ in range(20)))
    assert tencent.token_calls == 1
    assert len(tencent.received) == 20


async def test_a_token_near_its_end_is_renewed(api: Api, tencent: TencentApi) -> None:
    tencent.expires_in = 0
    await api.post(CUSTOM_SEND, WORDS)
    await api.post(CUSTOM_SEND, WORDS)
    assert tencent.token_calls == 2


async def test_a_revoked_token_costs_one_fetch(api: Api, tencent: TencentApi) -> None:
    await api.post(CUSTOM_SEND, WORDS)
    tencent.revoke()
    assert (await api.post(CUSTOM_SEND, WORDS)).code == 0
    assert tencent.token_calls == 2
    assert tencent.counts[CUSTOM_SEND] == 3


async def test_many_who_fail_with_one_token_fetch_one(api: Api, tencent: TencentApi) -> None:
    await api.post(CUSTOM_SEND, WORDS)
    tencent.revoke()
    answers = await asyncio.gather(*(api.post(CUSTOM_SEND, WORDS) for _ in range(10)))
    assert {answer.code for answer in answers} == {0}
    assert tencent.token_calls == 2


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_repeats_once_and_never_more(api: Api, tencent: TencentApi, code: int) -> None:
    tencent.always(CUSTOM_SEND, code)
    assert (await api.post(CUSTOM_SEND, WORDS)).code == code
    assert tencent.counts[CUSTOM_SEND] == 2
    assert tencent.token_calls == 2


async def test_other_codes_are_not_repeated(api: Api, tencent: TencentApi) -> None:
    tencent.answers(CUSTOM_SEND, 45015)
    assert (await api.post(CUSTOM_SEND, WORDS)).code == 45015
    assert tencent.counts[CUSTOM_SEND] == 1


async def test_no_connection_means_not_sent() -> None:
    with pytest.raises(NotSent):
        await Api("http://127.0.0.1:1", ASK).post(CUSTOM_SEND, WORDS)


async def test_no_answer_means_nobody_knows(hasty: Api, tencent: TencentApi) -> None:
    tencent.answers(CUSTOM_SEND, HANG)
    began = time.monotonic()
    with pytest.raises(Unanswered):
        await hasty.post(CUSTOM_SEND, WORDS)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("step", [HANG, Http(502)])
async def test_without_a_token_nothing_was_sent(
    hasty: Api, tencent: TencentApi, step: Http
) -> None:
    tencent.answers(GET_TOKEN, step)
    with pytest.raises(NotSent):
        await hasty.post(CUSTOM_SEND, WORDS)
    assert tencent.counts[CUSTOM_SEND] == 0
    assert (await hasty.post(CUSTOM_SEND, WORDS)).code == 0  # and the next one is not held up


async def test_a_refused_token_says_why(api: Api, tencent: TencentApi) -> None:
    tencent.answers(GET_TOKEN, 40125)
    with pytest.raises(TokenRefused) as refusal:
        await api.post(CUSTOM_SEND, WORDS)
    assert refusal.value.code == 40125


@pytest.mark.parametrize("token", [None, "", 7])
async def test_a_token_that_is_none(api: Api, tencent: TencentApi, token: object) -> None:
    tencent.answers(GET_TOKEN, {"access_token": token, "expires_in": 7200})
    with pytest.raises(TokenRefused):
        await api.post(CUSTOM_SEND, WORDS)


async def test_http_200_is_not_trusted(api: Api, tencent: TencentApi) -> None:
    tencent.answers(CUSTOM_SEND, Http(200))  # a proxy's page
    with pytest.raises(Unanswered):
        await api.post(CUSTOM_SEND, WORDS)
    tencent.answers(CUSTOM_SEND, Http(502))
    with pytest.raises(BadStatus, match="502"):
        await api.post(CUSTOM_SEND, WORDS)


@pytest.mark.parametrize("step", [HANG, Http(502), 40125])
@pytest.mark.parametrize("path", [GET_TOKEN, CUSTOM_SEND])
async def test_no_secret_in_exceptions_or_logs(
    hasty: Api, tencent: TencentApi, caplog: pytest.LogCaptureFixture, path: str, step: Http
) -> None:
    caplog.set_level(logging.DEBUG)
    tencent.answers(path, step)
    seen = ""
    try:
        await hasty.post(CUSTOM_SEND, WORDS)
    except (NotSent, Unanswered, BadStatus, TokenRefused) as error:
        seen = repr(error) + "".join(traceback.format_exception(error))
    # The stand-in's own access log is no part of the service.
    ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    seen += "".join(record.getMessage() for record in ours) + repr(ASK)
    assert SECRET not in seen
    assert tencent.token not in seen


async def test_words_go_out_as_they_are(tencent: TencentApi, tencent_url: str) -> None:
    ask = TokenRequest("POST", STABLE_TOKEN, body={"secret": SECRET})
    api = Api(tencent_url + "/", ask)
    await api.post(CUSTOM_SEND, WORDS)
    await api.aclose()
    assert tencent.calls[0].payload == {"secret": SECRET}
    assert tencent.received[0].text == "新事项 1023"
