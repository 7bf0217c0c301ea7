"""What stands behind `xiaoge method`: a method in words, by its version, held against the lexicon, or
against what has happened."""

from __future__ import annotations

from difflib import get_close_matches

from casework.methods import ANY, Method
from casework.methods.compare import TITLES, cases_of
from casework.rights import THE_SERVICE, Viewer
from handlers.admin.replay import told, try_out
from nlp.lexicon import shipped as lexicon
from storage import methods
from storage.book import open_book
from storage.database import Database


def describe(method: Method) -> str:
    """Head, ladder, times, and the text itself: it is the most exact description."""
    ladder = " → ".join(level.title for level in method.levels)
    times = "\n".join(
        f"{TITLES[rule.name]}（{cases_of(rule, method)}）：{rule.due}" for rule in method.clocks
    )
    head = f"{method.name}（{method.origin}）{method.version}\n{method.source}"
    return f"{head}\n层级：{ladder}\n\n{times}\n\n{method.text.rstrip()}"


def of_version(database: Database, version: str) -> Method | None:
    """The method under which a case was opened: shipped, the town's own, or of an older release."""
    with database.reading() as (session, _):
        return methods.methods(session).known.get(version)


def trial(database: Database, method: Method, most: int) -> str:
    """What the last 90 days would have been under this method, reports counted; of more than `most`
    cases, each second, third …"""
    with database.reading() as (session, begun):
        book = open_book(session, begun.revision)
        everybody = Viewer(THE_SERVICE, book.town)
        return told(book, try_out(everybody, session, book, begun.now, method, most))


def unknown_topics(method: Method) -> list[str]:
    """A sentence for each topic that the lexicon does not have: such a rule would never hold."""
    known = lexicon().topics
    named = {rule.topic for rule in method.clocks} - {ANY}
    for cases in (
        *(each.cases for each in method.requirements),
        *(each.cases for each in method.starts),
    ):
        named |= set(cases.topic)
    found = []
    for topic in sorted(named - set(known)):
        close = get_close_matches(topic, known, 1, cutoff=0.5)
        meant = f"是不是“{close[0]}”？" if close else ""
        found.append(f"{method.id} · topic：没有主题“{topic}”。{meant}")
    return found
