"""A card for the pocket: what a grid member says to 小格, on one side of A5, made from the table."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from handlers.commands import Command
from handlers.copy import say

STYLE = """
@page { size: A5 portrait; margin: 8mm }
body { font: 9pt/1.2 "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", sans-serif; margin: 0 }
h1 { font-size: 14pt; margin: 0 0 1mm } p { margin: 1.2mm 0 }
dl { columns: 2; column-gap: 4mm; margin: 0 } dl div { break-inside: avoid; padding: .5mm 0;
border-bottom: .3pt solid #999 } dt { font-weight: bold } dd { margin: 0; font-size: 8pt }
.danger { border: 1pt solid #000; padding: 1.2mm }
"""


def card(town: str, commands: Sequence[Command]) -> str:
    """The page: print it, or save it as PDF from the browser."""
    rows = "\n".join(
        f"<div><dt>{escape(each.example.partition('｜')[0])}</dt><dd>{escape(_short(each.help))}</dd></div>"
        for each in commands
        if each.who == "staff" and not each.joint
    )
    title = escape(say("paper.title", town=town))
    return (
        f'<!doctype html>\n<html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>\n'
        f"<style>{STYLE}</style>\n<h1>{title}</h1>\n<p>{escape(say('paper.how'))}</p>\n"
        f"<dl>\n{rows}\n</dl>\n<p>{escape(say('paper.photo'))}</p>\n"
        f'<p class="danger">{escape(say("paper.danger"))}</p>\n</html>\n'
    )


def _short(text: str) -> str:
    return text.partition("；")[0].partition("。")[0]
