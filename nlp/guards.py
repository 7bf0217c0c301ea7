"""Is it so? A word of danger counts only where it tells a fact: not 没有打架, 去年着火,
要是着火怎么办, and less where it is feared (怕着火)."""

from __future__ import annotations

import re
from typing import Literal

Standing = Literal["fact", "feared", "denied"]

_STOPS = re.compile(r"[。！？!?\n]")
_CLAUSES = re.compile(r"[，。！？；、,!?;\s]")
_DENIED = re.compile(
    r"(?:没有?|没得|莫得|冇得?|不是|并非|并未|未曾|未|从不|从来不|别|不要|不准|不许|不能|不会|禁止"
    r"|严禁|杜绝|防止?|预防|避免|以免|免得|反对|远离|劝)"
    r"(?:人|发生|出现|再|又|有|在|去|真的?|过|听说|看[见到]|谁|随便|任何|互相|相互|乱|继续){0,2}$"
)
_DENIED_AFTER = re.compile(
    r"^[^，。！？]{0,4}?(?:是假的|是谣言|演练|演习|培训|宣传|知识|讲座|应急预案|案例|保险|事故调查"
    r"|电影|电视剧|新闻|警示|标语|标志|告示|提示|宣传|的?赔偿标准)"
)
_MATTER = re.compile(
    r"^(?:以后|之后|后[^面果]|的(?:事|案|责任|处理|后续|人[能可是]))"
)  # 打架的事: it is long over
_OVER_AFTER = re.compile(
    r"^[^。！？]{0,8}?(?:已经?|早就?)?(?:扑灭|灭掉|灭了火|救[出上]来了?|没事了|平息)"
)
_ELSEWHERE = re.compile(
    r"(?:电视|新闻|网上|抖音|视频|手机上|演练|演习|培训|宣传|预案)[^。！？]{0,10}$"
)
_PAST = re.compile(
    r"(?:去年|前年|大前年|上次|上回|以前|从前|曾经|那年|那次|前几年|早几年|上个?月|小时候|早年|当年"
    r"|几年前|[一二两三四五六七八九十0-9]年前|往年|历年|之前)(?P<since>[^。！？]{0,14})$"
)
_NOW = re.compile(r"现在|刚刚|刚才|今天|今晚|昨晚|正在|又|还在|眼下|马上|这[下会]|一直|到现在")
_IF = re.compile(
    r"(?:要是|如果|假如|假设|倘若|若是|万一|要遇到|遇到|一旦|碰到|假使)[^。！？]{0,12}$"
)
_FEARED = re.compile(
    r"(?:怕(?!他|她|老公|丈夫|男人|儿子)|担心|可能|会不会|容易|恐怕|万一|以后|迟早|早晚|要是哪天|随时会?|说不定|差点|险些"
    r"|会|谨防|小心|注意|存在)[^，。！？；]{0,4}$"
)
_CRY = re.compile(r"救命|快来|快点来|赶紧来|赶快来|马上来|快救|救救|快派|赶紧派|快点人|出人命")


def standing(text: str, start: int, end: int) -> Standing:
    """How the word at text[start:end] is meant. A cry for help beats past and hypothesis."""
    clause = _CLAUSES.split(text[max(0, start - 16) : start])[-1]
    after = text[end : end + 14]
    rest = _CLAUSES.split(after)[0]
    if _DENIED.search(clause) or _DENIED_AFTER.search(after) or _MATTER.match(after):
        return "denied"
    if _CRY.search(text):
        return "fact"
    before = _STOPS.split(text[max(0, start - 24) : start])[-1]
    past = _PAST.search(before)
    if past and not _NOW.search(past["since"]) and not _NOW.search(rest):
        return "denied"
    if _IF.search(before) or _ELSEWHERE.search(before):
        return "denied"
    if _OVER_AFTER.search(after) or _FEARED.search(clause):
        return "feared"
    return "fact"
