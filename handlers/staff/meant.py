"""Plain words for which there is a command: 1023 修好了, 这个不归我管, 告诉他下午来. What would be done to a case is
shown first, and a 是 does it: the words go to the villager, or to whoever stands above."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from handlers.commands import NAMED, Command, Said
from handlers.staff.registering import TOLD_BY
from handlers.wording import plain

_NUMBER: Final = re.compile(
    r"^(?:把|将)?(?:编号|单号)?\s*#?(\d{3,10})(?!\d)\s*(?:号|件|这个|那个)?(?:[\s:：,，、]|和(?=\s*\d{3}))*"
)
_TO_WHOM: Final = re.compile(
    r"^(?:麻烦|请|帮我|你)*(?:告诉|通知|转告|回他|回她|回一下|(?:跟|和|给|对)(?=.{1,4}[说讲回]))"
    r"(?:他们|她们|他|她|群众|老乡|本人|村民|大爷|大娘|那家|人家)?(?:一声|一下)?(?:说|讲|回)?[\s:：,，]*"
)
_GIVE: Final = r"^(?:麻烦|请|帮我|你)*(?:交给|转给|转到|派给|给|转)"
_ASK: Final = r"^(?:帮我|我)?问(?:一下|下|问)?[\s:：,，]*"
# 李守田手上有几件, 石墙村还有哪些事
_HOW_MANY: Final = r"^(\S{2,8}?)(?:手上|手里|名下|那边|那里|这周|本周|现在|今天|的)*(?:还有|还剩|有)?(?:几件|多少件|哪些)(?:事情?|没办)?[?？]?$"
_DONE: Final = (
    r"(?:修|换|弄|搞|办|处理|清理|清|疏通|装|补|接|扫|拉|搬|填|焊|挖|砍|收|铲|扶|抽|埋|挪|拆|调解|解决|协调|恢复|收拾)"
    r"(?:(?:好|完|通|走|妥|掉|干净|到位|定)?|(?:好|完|通|走|掉)\S{1,3})了|搞定|通水|通电|来水了|来电了|亮了|(?:已经?|刚|都)(?:换|修|清|装|补|处理)"
)
_WANTS: Final = tuple(  # the first that fits counts; behind a colon what is said with the command
    (re.compile(pattern), name)
    for pattern, name in (
        (r"^$|谁(?:报|反映|说)的|什么情况|怎么样了|(?:怎么样|怎样|咋样)了?$|到哪一?步|到哪里?了|(?:他|她|本人|群众|老乡)的?(?:电话|号码|手机)|^(?:多久|什么时候|哪天)到期|^还[有剩]几天|^(?:评价|满意)了?(?:没有?|不|吗)", "查"),
        (r"^(?:我|手上)+(?:今天|现在)*(?:还有|有)?(?:哪些|几件|几个|什么|啥子?|多少)(?:事|件|没办|要办|活)?|(?:哪[个些]|什么).{0,2}(?:快|要)(?:到期|超期)|到期的$", "待办"),
        (rf"{_ASK}(?=他|她|老乡|群众|村民|本人|大爷|大娘|是哪)", "问"),
        (r"(?:谁|哪[些个]).{0,4}(?:超期|逾期|过期)|^(?:超期|逾期)(?:的|了)?(?:有)?(?:哪些|几件|谁)?[?？]?$", "待办:超期"),
        (r"(?:谁|哪[些个]).{0,3}没(?:有)?接", "待办:待接单"),
        (r"^(?:镇里|全镇|今天|现在|这周|本周|上周|这个月|上个月|至今|一共|总共)*(?:还有|有|来了|收到|受理)?(?:了|过)?(?:哪些|多少|几)件?(?:事|没办|要办|活)?[?？]?$|统计|哪个?村(?:最|的?多)|谁.{0,3}没(?:有)?(?:办|回|答)", "统计 待办"),
        (_HOW_MANY, r"待办:\1"),
        (r"[吗么？?]$|(?:没|没有|了没|不)$", ""),  # asked
        (TOLD_BY, "登记"),
        (r"不请假|(?:我|已经?)回来(?:上班)?了", "销假"),
        (r"^(?!.*(?:不|没|他|她|老乡|群众|本人)).*请[^，,]{0,4}假", "请假"),
        (r"^(?:(?:这|那)个?\S{0,6}|都|我|全部|已经?|就)*接了?(?:单|下)?了[。.!！]*$", "接单"),
        (r"(?:请|叫|喊|让|需要|要)(\S{1,5}(?:站|所|办|局|中心|院|队))(?:的人|的同志|派人)*(?:一起|来|过来|去|配合|帮忙|支援|到场)", r"吹哨:\1"),
        (r"重新(?:办|处理|修|弄|做)|返工", "重开"),
        (r"^(?!.*(?:我|已经?|了)).*(?:催一?[下催]|抓紧|必须|赶紧)|^(?:让|叫|请|要)\S{2,4}(?:今天|明天|今晚|马上|尽快)", "督办"),
        (rf"{_GIVE}(?=\S{{2}})", "派 转"),
        (r"^延(?:期|长)?(?=\s*[\d一二两三四五六七八九十半]+\s*个?(?:小时|工作日|天|日|周))", "延期"),
        (r"(?:群众|他|她|本人|老乡|大爷|大娘).{0,3}(?:说)?(?:不用|不要|算)了", "办结"),
        (r"不归(?:我|咱|本)|不是(?:我|咱)们?(?:的|管|这|村|组|网格)|不属于|不在(?:我|咱)们?(?:的?网格|村|组|管)", "退单"),
        (r"(?:解决|办|处理|弄|搞|修|协调|管)不了|搞不定|(?:需要?|要|得|请|等)(?:镇里|镇上|村里|上级|领导)|超出", "上报"),
        (r"还没|没有?(?:修|换|弄|办|搞|做)|[办弄修]不[好结完]|先不", ""),  # not done
        (r"一半|今晚|明早|明天|后天|下周|答应|再来", "回复"),  # not yet
        (r"(?:到|在|赶到)(?:了|达)?现场|(?:拦|围|封|救|控制)(?:起来|上来|上|住|好|出来)*了|(?:疏散|转移|撤离)|送(?:到|去|往)?(?:医院|卫生院)|(?:断|拉)了?(?:电|闸)|(?:关|拉)了?(?:闸|阀)", "回复"),
        (_DONE, "办结"),
        (r"(?:去|来|到|看)(?:看|现场|家里|过)*[过了].*(?:没事|没问题|没什么事|正常|不要紧|好好的|好着|误会|没这回事)", "办结"),
        (r"^(?:好的?[\s,，]*)?(?:马上|这就|立刻)[。!！]*$", "接单"),
        (r"^(?:好的?|行|嗯|收到|知道了|明白)?[\s,，。]*(?:我?(?:马上|这就|现在就|立刻|就)(?:去|来|过去)|在路上了?|出发了|我来|我去)[^了过]{0,6}$", "接单"),
        (r"^(?:好的?|行|嗯|收到|知道了|明白)[\s,，。]*我?.{0,5}[去来][^了过]{0,6}$", "接单"),
        (r"(?:明天|后天|今天|今晚|上午|下午|晚上|周[一二三四五六日天]|等会|一会|过两天|[0-9一二两三四五六七八九十]+[点天号]).*(?:去|来|到|修|换|看|处理|解决|上门|弄)", "回复"),
        (r"(?:已|正在|在)(?:联系|通知|叫|安排|派|协调|处理|抢修|赶)", "回复"),
    )
)  # fmt: skip

LOOKS: Final = frozenset({"查", "待办", "统计", "帮助"})  # changes nothing, and needs no 是
DONE: Final = re.compile(rf"{_DONE}|(?:已经?|当场|顺手|随手).+了")
_WORDLESS: Final = LOOKS | {"接单", "销假"}
_GIVEN: Final = re.compile(
    rf"{_GIVE}|^延(?:期|长)?|{_ASK}(?:他|她|老乡|群众|村民|本人)?[\s:：,，]*"
)
_HOW: Final = re.compile(
    r"^(?:怎么|咋|如何)(\S{2,4}?)[呢啊呀?？]*$|^(\S{2,4}?)(?:怎么|咋)(?:用|说|写|弄|搞)[呢啊呀?？]*$"
)


def meant(text: str, known: Sequence[Command]) -> Said | None:
    """The command that these words probably are, with the words as what is said; None if nothing
    tells."""
    line = plain(text)
    if (how := _HOW.match(line)) is not None:  # 怎么请假
        return _explained(how[1] or how[2], known)
    numbers, words = _numbers(line)
    if NAMED.search(words):
        return None  # 回夏 1001 明天修: a command that is not written right
    if (told := _TO_WHOM.match(words)) and words[told.end() :].strip():
        wanted, words = "回复", words[told.end() :]
    else:
        fits = ((pattern.search(words), wanted) for pattern, wanted in _WANTS)
        wanted = next((found.expand(wanted) for found, wanted in fits if found), "")
    options = (each.partition(":") for each in wanted.split())
    of_theirs = ((each, given) for name, _, given in options for each in known if each.name == name)
    command, given = next(of_theirs, (None, ""))
    if command is None:
        return None
    said = given if given or command.name in _WORDLESS else _GIVEN.sub("", words.strip())
    return Said(command, f"{numbers} {said}".strip(), slash=True)


def _numbers(line: str) -> tuple[str, str]:
    """1001 1002 都修好了: the numbers with which it begins, and the rest."""
    found: list[str] = []
    while (number := _NUMBER.match(line)) is not None:
        found.append(number[1])
        line = line[number.end() :]
    return " ".join(found), line


def _explained(name: str, known: Sequence[Command]) -> Said | None:
    """The help about a command, if it is one."""
    help_ = next((each for each in known if each.name == "帮助"), None)
    if help_ is None or all(name not in each.words for each in known):
        return None
    return Said(help_, name, slash=True)
