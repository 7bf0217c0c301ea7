"""A card for the pocket: what a grid member says to 小格, on one side of A5, made from the table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from handlers.commands import Command
from handlers.copy import say

STYLE = """
@page { size: A5 portrait; margin: 9mm }
body { font: 10.5pt/1.35 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; margin: 0 }
h1 { font-size: 15pt; margin: 0 0 2mm } p { margin: 1.5mm 0 }
table { border-collapse: collapse; width: 100% } td { border-bottom: .3pt solid #999; padding: .8mm 1mm }
td:first-child { font-weight: bold; width: 46% } .danger { border: 1pt solid #000; padding: 1.5mm }
"""


def card(town: str, commands: Sequence[Command]) -> str:
    """The page: print it, or save it as PDF from the browser."""
    rows = "\n".join(
        f"<tr><td>{escape(each.example.partition('｜')[0])}</td><td>{escape(_short(each.help))}</td></tr>"
        for each in commands
        if each.who == "staff" and not each.joint
    )
    title = escape(say("paper.title", town=town))
    return (
        f'<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{STYLE}</style>\n<h1>{title}</h1>\n<p>{escape(say('paper.how'))}</p>\n"
        f"<table>\n{rows}\n</table>\n<p>{escape(say('paper.photo'))}</p>\n"
        f'<p class="danger">{escape(say("paper.danger"))}</p>\n</html>\n'
    )


def _short(text: str) -> str:
    return text.partition("；")[0].partition("。")[0]
