"""Figures for Prometheus: what stands in tables is counted when somebody asks."""

from __future__ import annotations

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.responses import Response

from casework.rights import THE_SERVICE, Viewer
from storage import cases
from storage.book import open_book
from storage.database import Database, Moment
from storage.message import MessageRow
from storage.outbox import OutboxRow
from storage.session import ReadSession


async def show(database: Database) -> Response:
    registry = CollectorRegistry()
    by_state = Gauge("xiaoge_cases", "Cases by state (ordinary ones)", ["state"], registry=registry)
    letters = Gauge("xiaoge_outbox", "Letters of the outbox by state", ["state"], registry=registry)
    messages = Gauge("xiaoge_messages", "Incoming messages by state", ["state"], registry=registry)
    found = await database.aread(_count)
    for gauge, counts in zip((by_state, letters, messages), found, strict=True):
        for state, number in counts.items():
            gauge.labels(state).set(number)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _count(session: ReadSession, begun: Moment) -> tuple[dict[str, int], ...]:
    town = open_book(session, begun.revision).town
    return (
        cases.count(Viewer(THE_SERVICE, town), session),
        _by_state(session, OutboxRow),
        _by_state(session, MessageRow),
    )


def _by_state(session: ReadSession, table: type[OutboxRow | MessageRow]) -> dict[str, int]:
    statement = sa.select(table.state, sa.func.count()).group_by(table.state)  # type: ignore[call-overload]
    return {state: number for state, number in session.connection.execute(statement)}
