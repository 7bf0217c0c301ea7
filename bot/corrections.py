"""`xiaoge corrections`: cases that staff have put right, as labelled texts to learn from."""

from __future__ import annotations

import csv
from typing import TextIO

from casework.rights import THE_SERVICE, Viewer
from storage.book import Shelf
from storage.cases import corrected
from storage.database import Database


def write(database: Database, out: TextIO) -> None:
    """One line a case: its field, and what the villager wrote. Sealed reports are not among them."""
    with database.reading() as (session, begun):
        town = Shelf().book(session, begun.revision).town
        found = corrected(Viewer(THE_SERVICE, town), session)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["label", "title", "text"])
    writer.writerows([case.field, case.text, ""] for case in found if case.field)
