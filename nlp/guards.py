"""Is it so? A word of danger counts only where it tells a fact: not 没有打架, 去年着火,
要是着火怎么办, and less where it is feared (怕着火)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

Standing = Literal["fact", "feared", "denied"]

_STOPS = re.compile(r"[。！？!?\n]")
_CLAUSES = re.compile(r"[，。！？；、,!?;\s]")

# What turns a fact into none, by how it begins (before the word) or as it stands (behind it).
_NOT = (
    "没有|没得|没|莫得|冇得|冇|不是|并非|并未|未曾|未|从不|从来不|别|不要|不准|不许|不能|不会|禁止|严禁"
    "|杜绝|反对|远离|劝"
)
_PREVENTED = "防止|防|预防|避免|以免|免得|如何识别|怎么识别|怎样识别|谁家|什么叫|啥叫|什么是"
_LONG_AGO = (
    "去年|前年|大前年|上次|上回|以前|从前|曾经|那年|那次|前几年|早几年|上个月|上月|小时候|早年|当年|往年"
    "|历年|之前"
)
_SUPPOSED = "要是|如果|假如|假设|倘若|若是|万一|要遇到|遇到|一旦|碰到|假使"
_SEEN = "电视|新闻|网上(?!贷|借|买|购)|抖音|视频|手机上|诈骗电话|骗子|电影|片子|小说|剧团|演的|戏里|游戏里|做梦|梦到|梦见|演练|演习|培训|宣传|预案"
_EXPECTED = (
    "担心|恐怕|生怕|以为|听说|据说|传说|迟早|早晚|非要|难道|是不是要|要等|等到|等着|经常|时常|常有|常常|每年"
    "|多次|屡次|不断|频频"
)
_POSSIBLE = (
    "可能|会不会|容易|万一|以后|要是哪天|随时会|随时|说不定|差点|险些|会|谨防|小心|注意|存在"
)
_UNREAL = (
    "是假的|是谣言|演练|演习|培训|宣传|知识|讲座|应急预案|案例|保险|事故调查|电影|电视剧|新闻|警示|标语"
    "|标志|告示|提示|的赔偿标准|赔偿标准"
)
_MENDED = (
    "扑灭|踩灭|泼灭|浇灭|灭掉|灭了火|救出来|救上来|没事|没大碍|没问题|没伤|虚惊|醒过来|平息|自己爬起来|自己上来|和好|抓走了|抓起来了|找到了|找着了|找回来|有惊无险"
    "|救起来|拉上来了|拉起来了|拉出来了|捞上来了|捞起来了|抱出来了|抱上来了|自己出来了|自己好了|关了火|关火了|打[过了]破伤风|包扎[好过]|缝[好过了]针|别来人|不用来人"
)


_DENIED = re.compile(
    rf"(?:(?:{_NOT})"
    r"(?:人|发生|出现|再|又|有|在|去|真的?|过|听说|看[见到]|谁|随便|任何|互相|相互|乱|继续|要|想|打算){0,2}"
    rf"|(?:{_PREVENTED})[^。！？]{{0,6}})$"
)
_DENIED_AFTER = re.compile(rf"[^，。！？]{{0,4}}?(?:{_UNREAL})")
_RUMOUR = re.compile(
    r"[吗么]|[^。！？]{0,12}?(?:是不是真的|是真的[吗么不]|真的假的|是真是假|真的吗)"
)
_MATTER = re.compile(
    r"(?:以后|之后|后[^面果]|过(?![来去路河敏多桥年不])|的?那[家户次年晚天回]|的(?:事|案|责任|原因|处理|后续|人[能可是]|那[棵间年次个]))"
)  # 打架的事: it is long over
_OVER_AFTER = re.compile(rf"[^。！？]{{0,8}}?(?:已经?|早就?)?(?:{_MENDED})")
_ELSEWHERE = re.compile(rf"(?:{_SEEN})[^。！？]{{0,10}}$")
_PAST = re.compile(
    rf"(?:{_LONG_AGO}|[几一二两三四五六七八九十0-9]年前)(?P<since>[^。！？]{{0,14}})$"
)
_NOW = re.compile(r"现在|刚刚|刚才|今天|今晚|昨晚|正在|又|还在|眼下|马上|这[下会]|一直|到现在")
_IF = re.compile(rf"(?:{_SUPPOSED})[^。！？]{{0,12}}$")
_FEARED = re.compile(
    r"(?:(?:(?<![好很真])怕(?!他|她|老公|丈夫|男人|儿子)|(?<![平正日非])常"
    rf"|{_EXPECTED})[^。！？；]{{0,10}}|(?:{_POSSIBLE})[^，。！？；]{{0,4}})$"
)
_MENDED_ANYWHERE = re.compile(_MENDED)
_AT_FIRST = re.compile(rf"(?:{_SUPPOSED}|没人|{_NOT}|{_PREVENTED}|{_LONG_AGO})")
_CRY = re.compile(r"救命|快来|快点来|赶紧来|赶快来|马上来|快救|救救|快派|赶紧派|快点人")

# Mostly nothing of all this is there, and one look for plain words finds that out.
_TURNED_BEFORE = re.compile(
    "|".join((_NOT, _PREVENTED, _LONG_AGO, "年前", _SUPPOSED, _SEEN, "怕|常", _EXPECTED, _POSSIBLE))
)
_TURNED_AFTER = re.compile("|".join((_UNREAL, _MENDED, "真的|真是")))
_FOLLOWS = frozenset("吗么以之后过的那")  # how _RUMOUR and _MATTER may begin


def is_supposed(text: str) -> bool:
    """True for a text that begins by denying or supposing what it is about (没有人落水, 要是着火),
    or tells that it is over (车掉沟里了，人没事)."""
    if _AT_FIRST.match(text):
        return True
    return _MENDED_ANYWHERE.search(text) is not None and not _CRY.search(text)


def standing(text: str, start: int, end: int) -> Standing:
    """How the word at text[start:end] is meant. A cry for help beats past and hypothesis."""
    if _is_plain(text, start, end):
        return "fact"
    if _is_denied(text, start, end):
        return "denied"
    if _CRY.search(text):
        return "fact"
    after = text[end : end + 14]
    before = _STOPS.split(text[max(0, start - 24) : start])[-1]
    if _is_past(before, after):
        return "denied"
    if _IF.search(before) or _ELSEWHERE.search(before):
        return "denied"
    if _OVER_AFTER.match(after) or _FEARED.search(_clause(text, start)):
        return "feared"
    return "fact"


def is_denied(text: str, start: int, end: int) -> bool:
    """True where it is said not to be so, or merely spoken about."""
    return not _is_plain(text, start, end) and _is_denied(text, start, end)


def _is_plain(text: str, start: int, end: int) -> bool:
    if text[end : end + 1] in _FOLLOWS or _TURNED_AFTER.search(text, end, end + 18):
        return False
    return not _TURNED_BEFORE.search(text, start - 24 if start > 24 else 0, start)


def _is_denied(text: str, start: int, end: int) -> bool:
    after = text[end : end + 18]
    return bool(
        _DENIED.search(_clause(text, start))
        or _DENIED_AFTER.match(after[:14])
        or _MATTER.match(after)
        or _RUMOUR.match(after)
    )


def _clause(text: str, start: int) -> str:
    return _CLAUSES.split(text[max(0, start - 16) : start])[-1]


def _is_past(before: str, after: str) -> bool:
    past = _PAST.search(before)
    return bool(past and not _NOW.search(past["since"]) and not _NOW.match(after[:3]))


def stands(text: str, spans: Sequence[tuple[int, int]]) -> Standing:
    """The same of a pattern: a denial may stand before all of it (没有娃掉水里) or before any of
    its words (娃没有掉水里)."""
    meant: Standing = "fact"
    for start, end in dict.fromkeys(spans):
        each = standing(text, start, end)
        if each == "denied":
            return each
        if each == "feared":
            meant = each
    return meant
