"""Figures for Prometheus: what stands in tables is counted when somebody asks."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from starlette.responses import Response

from bot.service import Service
from casework.rights import THE_SERVICE, Viewer
from storage import cases
from storage.database import Moment
from storage.message import MessageRow
from storage.outbox import OutboxRow
from storage.session import ReadSession


async def show(service: Service) -> Response:
    registry = CollectorRegistry()
    by_state = Gauge("xiaoge_cases", "Cases by state (ordinary ones)", ["state"], registry=registry)
    letters = Gauge("xiaoge_outbox", "Letters of the outbox by state", ["state"], registry=registry)
    messages = Gauge("xiaoge_messages", "Incoming messages by state", ["state"], registry=registry)
    found = await service.database.aread(partial(_count, service))
    for gauge, counts in zip((by_state, letters, messages), found, strict=True):
        for state, number in counts.items():
            gauge.labels(state).set(number)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _count(service: Service, session: ReadSession, begun: Moment) -> tuple[dict[str, int], ...]:
    town = service.book(session, begun).town
    return (
        cases.count(Viewer(THE_SERVICE, town), session),
        _by_state(session, OutboxRow),
        _by_state(session, MessageRow),
    )


def _by_state(session: ReadSession, table: type[OutboxRow | MessageRow]) -> dict[str, int]:
    statement = sa.select(table.state, sa.func.count()).group_by(table.state)  # type: ignore[call-overload]
    return dict(session.connection.execute(statement).all())
