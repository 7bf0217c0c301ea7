"""What stands behind `xiaoge method`: a method in words, by its version, held against the lexicon."""

from __future__ import annotations

from difflib import get_close_matches

from casework.methods import ANY, Method
from casework.methods.compare import TITLES, cases_of
from nlp.lexicon import shipped as lexicon
from storage import methods
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
