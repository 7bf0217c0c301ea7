"""The town file and the database: what stands behind `xiaoge town check|load|export`."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files

from casework import townfile
from casework.methods import shipped as shipped_methods
from casework.townfile import Entries, Plan, Source
from nlp.lexicon import FIELDS
from nlp.lexicon import shipped as shipped_lexicon
from storage import audit
from storage.book import NoTown
from storage.database import Database, Moment
from storage.methods import keep_shipped
from storage.session import ReadSession, WriteSession
from storage.town import put, touch, versions


def check(text: str) -> Entries:
    """The entries of a town file that can be loaded. Raises `TownFileError` with all problems."""
    topics = {*shipped_lexicon().topics, *FIELDS}
    return townfile.parse(text, topics, shipped_methods())


def preview(database: Database, text: str, overwrite: bool = False) -> Plan:
    """What `load` would do, without doing it. Raises `TownFileError`."""
    wanted = check(text)
    with database.reading() as (session, _):
        return _plan(session, wanted, overwrite)[0]


def load(database: Database, text: str, *, overwrite: bool = False, by: str) -> Plan:
    """Bring the town to what the file says; what was before stays as history.

    Nothing is written if the plan has blocked rows: changed in chat since, and not to be undone
    in silence. Raises `TownFileError`.
    """
    wanted = check(text)

    def work(session: WriteSession, begun: Moment) -> Plan:
        touch(session)  # first: nobody changes the town between the plan and its writing
        plan, whole = _plan(session, wanted, overwrite)
        if not plan.blocked:
            _write(session, plan, whole, by, begun.now)
        return plan

    return database.write("town", work).result()


def export(database: Database) -> str:
    """The town as it is now, chat changes included, as a town file; secrets masked. Raises
    `NoTown`."""
    with database.reading() as (session, _):
        current, _sources = _stored(session)
    if not current["town"]:
        raise NoTown("no town is loaded")
    return townfile.render(townfile.masked(current))


def as_it_is(database: Database) -> Entries:
    """The town's entries, chat changes included; of no town none."""
    with database.reading() as (session, _):
        return _stored(session)[0]


def example() -> str:
    """The file of the demo town 青石镇."""
    return files("deploy").joinpath("town.example.toml").read_text(encoding="utf-8")


def _stored(session: ReadSession) -> tuple[Entries, dict[tuple[str, str], Source]]:
    """What counts now, and for every entry, those taken back too, what wrote it last."""
    current: Entries = {kind: {} for kind in townfile.KINDS}
    sources: dict[tuple[str, str], Source] = {}
    for (kind, identity), entry in versions(session).items():
        if kind in current:
            sources[kind, identity] = "chat" if entry.source == "chat" else "file"
            if entry.value is not None:
                current[kind][identity] = entry.value
    return current, sources


def _plan(session: ReadSession, wanted: Entries, overwrite: bool) -> tuple[Plan, Entries]:
    """What is to be done, and what is wanted with its secrets."""
    current, sources = _stored(session)
    whole = townfile.unmasked(wanted, current)
    return townfile.plan(current, sources, whole, overwrite), whole


def _write(session: WriteSession, plan: Plan, wanted: Entries, by: str, now: datetime) -> None:
    for change in plan.changes:
        put(session, change.kind, change.id, change.new, source="file", by=by, now=now)
    for kind, identity in plan.adopted:
        value = wanted[kind].get(identity)
        put(session, kind, identity, value, source="file", by=by, now=now)
    town = next(iter(wanted["town"]))
    keep_shipped(session, wanted["town"][town]["method"], by=by, now=now)
    if plan.changes:
        detail = townfile.describe(plan)
        audit.write(session, actor=by, act="载入乡镇文件", target=town, detail=detail, now=now)
