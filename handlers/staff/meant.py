"""Plain words for which there is a command: 1023 修好了, 这个不归我管, 告诉他下午来. What would be done to a case is
shown first, and a 是 does it: the words go to the villager, or to whoever stands above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers.commands import Command, Said
from handlers.wording import plain

_NUMBER: Final = re.compile(
    r"^(?:把|将)?(?:编号|单号)?\s*#?(\d{3,10})(?!\d)\s*(?:号|件|这个|那个)?[\s:：,，]*"
)
_NUMBER_BEHIND: Final = re.compile(r"(?<!\d)\d{4,10}(?!\d)")
_TO_WHOM: Final = re.compile(
    r"^(?:麻烦|请|帮我|你)*(?:告诉|通知|转告|回他|回她|回一下|(?:跟|和|给|对)(?=.{1,4}[说讲回]))"
    r"(?:他们|她们|他|她|群众|老乡|本人|村民|大爷|大娘|那家|人家)?(?:一声|一下)?(?:说|讲|回)?[\s:：,，]*"
)
_GIVE: Final = r"^(?:麻烦|请|帮我|你)*(?:交给|转给|派给|给)"
_DONE: Final = (
    r"(?:修|换|弄|搞|办|处理|清理|清|疏通|装|补|接|扫|拉|搬|填|焊|调解|解决|协调|恢复|收拾)"
    r"(?:好|完|通|走|妥|掉|干净|到位|定)?了|搞定|通水|通电|来水了|来电了|亮了|(?:已经?|刚|都)(?:换|修|清|装|补|处理)"
)
_WANTS: Final = tuple(  # the first that fits counts
    (re.compile(pattern), name)
    for pattern, name in (
        (r"^$|谁(?:报|反映|说)的|什么情况|怎么样了|(?:怎么样|怎样|咋样)了?$|到哪一?步|到哪里?了|(?:他|她|本人|群众|老乡)的?(?:电话|号码|手机)", "查"),
        (r"^(?:我|手上)+(?:今天|现在)*(?:还有|有)?(?:哪些|几件|什么|多少)(?:事|件|没办|要办|活)?", "待办"),
        (r"^(?:今天|现在)*(?:还有|有)(?:哪些|几件|什么|多少)(?:事|件|没办|要办|活)?|谁.{0,3}(?:没(?:有)?(?:办|回|接|答)|超期|逾期)", "统计 待办"),
        (r"(?:多少|几)件|统计|哪个?村(?:最|的?多)", "统计"),
        (rf"{_GIVE}(?=\S{{2}})", "派 转"),
        (r"不归(?:我|咱|本)|不是(?:我|咱)们?(?:的|管|这|村|组|网格)|不属于|不在(?:我|咱)们?(?:的?网格|村|组|管)", "退单"),
        (r"(?:解决|办|处理|弄|搞|修|协调|管)不了|搞不定|(?:需要?|要|得|请|等)(?:镇里|镇上|上级|领导)|超出", "上报"),
        (r"还没|没有?(?:修|换|弄|办)|[吗么？?]$", ""),  # not done, or asked
        (_DONE, "办结"),
        (r"(?:去|来|到|看)(?:看|现场|家里|过)*[过了].*(?:没事|没问题|没什么事|正常|不要紧|好好的|好着|误会|没这回事)", "办结"),
        (r"^(?:好的?|行|嗯|收到|知道了|明白)?[\s,，。]*(?:我?(?:马上|这就|现在就|立刻|就)(?:去|来|过去)|在路上|出发了|我来|我去)[^了过]{0,6}$", "接单"),
        (r"^(?:好的?|行|嗯|收到|知道了|明白)[\s,，。]*我?.{0,5}[去来][^了过]{0,6}$", "接单"),
        (r"(?:明天|后天|今天|今晚|上午|下午|晚上|周[一二三四五六日天]|等会|一会|过两天|[0-9一二两三四五六七八九十]+[点天号]).*(?:去|来|到|修|换|看|处理|解决|上门|弄)", "回复"),
        (r"(?:已|正在|在)(?:联系|通知|叫|安排|派|协调|处理|抢修|赶)", "回复"),
    )
)  # fmt: skip

_WORDLESS: Final = frozenset({"查", "待办", "统计", "接单"})
_GIVEN: Final = re.compile(_GIVE)
_HOW: Final = re.compile(
    r"^(?:怎么|咋|如何)(\S{2,4}?)[呢啊呀?？]*$|^(\S{2,4}?)(?:怎么|咋)(?:用|说|写|弄|搞)[呢啊呀?？]*$"
)


def meant(text: str, known: Sequence[Command]) -> Said | None:
    """The command that these words probably are, with the words as what is said; None if nothing
    tells."""
    line = plain(text)
    if (how := _HOW.match(line)) is not None:  # 怎么请假
        return _explained(how[1] or how[2], known)
    number = _NUMBER.match(line)
    words = line[number.end() :] if number is not None else line
    if _NUMBER_BEHIND.search(words):
        return None  # 回夏 1001 明天修: a command that is not written right
    if (told := _TO_WHOM.match(words)) and words[told.end() :].strip():
        name, words = "回复", words[told.end() :]
    else:
        name = next((name for pattern, name in _WANTS if pattern.search(words)), "")
    command = next((each for own in name.split() for each in known if each.name == own), None)
    if command is None:
        return None
    said = _GIVEN.sub("", words.strip()) if command.name not in _WORDLESS else ""
    return Said(command, f"{number[1] if number else ''} {said}".strip(), slash=True)


def _explained(name: str, known: Sequence[Command]) -> Said | None:
    """The help about a command, if it is one."""
    help_ = next((each for each in known if each.name == "帮助"), None)
    if help_ is None or all(name not in each.words for each in known):
        return None
    return Said(help_, name, slash=True)
