"""`xiaoge corrections`: what staff have put right, for `xiaoge learn`."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from bot.corrections import write
from bot.learning import learn_lines
from nlp.lexicon import shipped
from tests.village import Village


def corrections(village: Village) -> list[list[str]]:
    out = io.StringIO()
    write(village.database, out)
    return list(csv.reader(out.getvalue().splitlines()))


def test_what_was_put_right_is_written_as_it_was_said(village: Village, tmp_path: Path) -> None:
    village.says("zhang", "石墙村三组村口路灯坏了")
    village.says("chen", "石墙村三组自来水停了")  # read rightly: no label
    village.says("luo", "举报石墙村书记王德厚贪污低保款")
    assert corrections(village) == [["label", "title", "text"]]
    assert "已更正" in village.says("li", "更正 1001 户口")
    rows = corrections(village)
    assert rows == [
        ["label", "title", "text"],
        [shipped().topics["户口"].field, "石墙村三组村口路灯坏了", ""],
    ]
    lines = [",".join(row) + "\n" for row in rows]
    said = "\n".join(learn_lines([lines], tmp_path, 1, 100))
    assert "moved from the weights that are there" in said


def test_what_was_put_right_twice_counts_as_it_was_last(village: Village) -> None:
    village.says("zhang", "石墙村三组村口路灯坏了")
    village.says("li", "更正 1001 户口")
    village.says("li", "更正 1001 自来水")
    assert corrections(village)[1:] == [
        [shipped().topics["自来水"].field, "石墙村三组村口路灯坏了", ""]
    ]
