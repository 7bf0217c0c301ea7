"""Every address of the service, and who gets what there: by caller, case and state. An address that is
not in the table fails; so does a state.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot import partners
from bot.app import Front, create
from bot.pages.signing import Signer
from bot.platform.api import TencentApi
from bot.platform.serving import serve
from casework.case import CLOSED, OPEN
from casework.partner import Partner
from tests.bot.pages.conftest import SECRET, Site, settings_for
from tests.village import copy, open_database

AES_KEY = "q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h6j7k8l9z0x1c"
ZHANG, LIU, STRANGER = "oZhang", "oLiu", "oStranger"

# address → what opens it, and what somebody gets who has nothing of the kind
ADDRESSES = {
    "/healthz": ("nothing", 200),
    "/readyz": ("nothing", 200),
    "/metrics": ("this machine", 403),
    "/wechat": ("signature", 403),
    "/wecom": ("signature", 403),
    "/my": ("login", 302),
    "/my/in": ("state", 403),
    "/my/picture/{number}": ("login", 404),
    "/my/{number}": ("login", 302),
    "/poster/{unit}": ("signed address", 403),
    "/subscribe": ("nothing", 200),
    "/MP_verify_{code}.txt": ("nothing", 404),
    "/WW_verify_{code}.txt": ("nothing", 404),
    "/open311/v2/discovery.json": ("nothing", 200),
    "/open311/v2/services.json": ("nothing", 200),
    "/open311/v2/services/{code}.json": ("nothing", 404),
    "/open311/v2/requests.json": ("token", 401),
    "/open311/v2/requests/{number}.json": ("token", 401),
    "/open311/v2/tokens/{number:path}.json": ("token", 401),
    "/open311/v2/servicerequestupdates.json": ("token", 401),
}
STATES = (
    "assigned", "handling", "waiting", "answered", "settled", "archived", "merged", "withdrawn",
)  # fmt: skip
UNFINISHED = {"assigned", "handling", "waiting", "answered"}
# what a partner may do about a case that it has sent, in which states
UPDATES = {
    "supplement": UNFINISHED,
    "urge": UNFINISHED,
    "withdraw": UNFINISHED,
    "rate": {"answered"},
}


@dataclass
class Town:
    """One case of each sort: a villager's, another's, a report; a partner's, and its report."""

    site: Site
    app: Front
    numbers: dict[str, int]
    clients: dict[str, httpx.Client]  # of partners, of villagers, of nobody

    def put(self, number: int, state: str) -> None:
        statement = "UPDATE cases SET state = :state, rating = NULL WHERE number = :number"
        values = {"state": state, "number": number}
        self.site.database.write(
            "test", lambda session, _: session.execute(sa.text(statement).bindparams(**values))
        ).result()


@pytest.fixture(scope="module")
def town(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("doors")
    copy(founded, folder)
    tencent = TencentApi()
    with serve(tencent.app) as platform:
        settings = settings_for(
            folder, platform, wecom_corp_id="ww1", wecom_agent_id="1", wecom_secret="s",
            wecom_token="token", wecom_aes_key=AES_KEY, wecom_api_base=platform,
        )  # fmt: skip
        database = open_database(folder / "village.db")
        tokens = {}
        for name in ("hotline", "zongzhi"):
            told = "\n".join(partners.add(database, settings, Partner(name, name, "", rate=6000)))
            tokens[name] = told.partition("Bearer 令牌）：")[2].partition("\n")[0]
        app = create(settings, database)
        with database.reading() as (session, begun):
            app.state.service.book(session, begun)  # before anybody waits for an answer
        with serve(app) as base:
            site = Site(base, settings, database, tencent, app)
            clients = {
                name: httpx.Client(
                    base_url=f"{base}/open311/v2",
                    trust_env=False,
                    headers={"Authorization": f"Bearer {token}"},
                    timeout=60,
                )
                for name, token in tokens.items()
            }
            clients |= {person: site.browser(person) for person in (ZHANG, LIU, STRANGER, "")}
            found = Town(site, app, {}, clients)
            found.numbers = opened(found)
            yield found
            for client in clients.values():
                client.close()


def opened(town: Town) -> dict[str, int]:
    site, numbers = town.site, {"unknown": 4711}
    site.says(ZHANG, "石墙村三组路灯坏了")
    site.says(LIU, "柳河村一组自来水停了")
    site.says(ZHANG, "举报石墙村村主任贪污低保款")
    numbers |= {"own": 1001, "foreign": 1002}
    client = town.clients["hotline"]
    for name, words in (
        ("sent", "石墙村一组水渠堵了"),
        ("sent-report", "举报柳河村村主任贪污低保款"),
    ):
        answer = client.post("/requests.json", data={"external_id": name, "description": words})
        assert answer.status_code == 201, answer.text
        numbers[name] = int(answer.json()[0]["service_request_id"])
    with site.database.reading() as (session, _):
        rows = session.connection.execute(sa.text("SELECT number FROM cases WHERE protected"))
        reports = {row[0] for row in rows}
    numbers["report"] = (reports - {numbers["sent-report"]}).pop()
    return numbers


def test_no_address_is_unknown(town: Town) -> None:
    routes: list[Any] = [route for route in town.app.app.routes if hasattr(route, "path")]
    assert {route.path for route in routes} | set(town.app.callbacks) == set(ADDRESSES)
    assert set(STATES) == OPEN | CLOSED


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_has_nothing_to_show_gets_nothing(town: Town, address: str) -> None:
    """No cookie, no signature, no token; asked through a proxy, from elsewhere."""
    path = address.replace("{number:path}", "1001")
    path = path.replace("{number}", "1001").replace("{unit}", "shiqiang-g3").replace("{code}", "x")
    writes = address.endswith("servicerequestupdates.json")
    client = town.clients[""]
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    answer = client.request("POST" if writes else "GET", path, headers=proxied)
    assert answer.status_code == ADDRESSES[address][1]
    assert "路灯坏了" not in answer.text


@pytest.mark.parametrize("state", STATES)
def test_a_villager_sees_her_own_cases_and_no_others_in_every_state(town: Town, state: str) -> None:
    for scope in ("own", "foreign"):
        town.put(town.numbers[scope], state)
    sees = {ZHANG: "own", LIU: "foreign", STRANGER: ""}
    for person, own in sees.items():
        browser = town.clients[person]
        pages = {scope: browser.get(f"/my/{n}") for scope, n in town.numbers.items()}
        listed = browser.get("/my").text
        hidden = pages["unknown"].text
        for scope, page in pages.items():
            assert page.status_code == (200 if scope == own else 404), (person, scope)
            assert scope == own or page.text == hidden, (person, scope)
            assert (str(town.numbers[scope]) in listed) == (scope == own), (person, scope)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", ["hotline", "zongzhi"])
def test_a_partner_sees_what_it_has_sent_in_every_state(town: Town, name: str, state: str) -> None:
    town.put(town.numbers["sent"], state)
    client = town.clients[name]
    for scope, number in town.numbers.items():
        own = name == "hotline" and scope.startswith("sent")
        assert client.get(f"/requests/{number}.json").status_code == (200 if own else 404)
    listed = client.get("/requests.json").text
    for scope, number in town.numbers.items():
        own = name == "hotline" and scope.startswith("sent")
        assert (f'"{number}"' in listed) == own, scope


@pytest.mark.parametrize("does", UPDATES)
@pytest.mark.parametrize("state", STATES)
def test_a_partner_does_what_the_table_says(town: Town, does: str, state: str) -> None:
    for name in ("hotline", "zongzhi"):
        for scope, number in town.numbers.items():
            if scope == "sent-report":
                continue
            if scope == "sent":
                town.put(number, state)
            own = name == "hotline" and scope == "sent"
            fields = {"service_request_id": number, "update_id": f"{does}-{state}-{name}-{scope}"}
            if does != "supplement":
                fields["action"] = does
            if does == "rate":
                fields["rating"] = "4"
            fields["description"] = "又坏了一盏"
            client = town.clients[name]
            answer = client.post("/servicerequestupdates.json", data=fields)
            wanted = (200 if state in UPDATES[does] else 409) if own else 404
            assert answer.status_code == wanted, (name, scope, answer.text)


def test_a_poster_is_opened_by_its_own_address(town: Town) -> None:
    sign = Signer(SECRET).sign
    client = town.clients[""]
    for key, status in (
        (sign("poster", "shiqiang-g3", 60), 404),  # no code has been made yet
        (sign("poster", "shiqiang-g1", 60), 403),
        (sign("session", "shiqiang-g3", 60), 403),
        ("", 403),
    ):
        answer = client.get("/poster/shiqiang-g3", params={"key": key})
        assert answer.status_code == status
