"""A villager says something: which of the things a villager can want is it?

The words are tried from the top of `WANTS`; what none of them is becomes a matter (`filing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from handlers import wording
from handlers.acting import NotThat
from handlers.copy import say
from handlers.message import Reply
from handlers.turn import Turn
from handlers.villager import (
    again,
    answering,
    belonging,
    errands,
    events,
    filing,
    following,
    followup,
    rating,
)

Handler = Callable[[Turn, re.Match[str]], Reply]

NUMBER = r"(?:编号|单号|件号|事项)?\s*[#:：]?\s*(\d{3,10})"
END = r"\s*[。.!！?？~～]*$"

_SAID: Final[tuple[tuple[str, Handler], ...]] = (
    (rf"^(?:帮助|使用说明|怎么用|菜单|help|\?|？|/帮助|/help){END}", events.help_),
    (r"^/\s*\S{1,4}$", events.help_),
    (
        rf"^(?:请问)?(?:(?:你们?|这个?|你们?这个?)的?(?:公众号|号|平台|小格|机器人|微信)?(?:是|能|可以|都|都能)*|能|可以|都能)"
        rf"(?:干|做|管|办|帮|用来干|用来做)(?:我们?|些)?(?:什么|啥子?|么子|哪些)(?:的|事|忙|用|呢|呀|啊)*{END}|"
        rf"^你(?:们)?是(?:机器人|真人|人工|人|谁|哪个|干(?:什么|啥)的?)(?:还是(?:机器人?|真人|人))?(?:吗|么|呀|啊)?{END}",
        events.help_,
    ),
    (rf"^(?:查|查询|查看|查一下|看看|进度)\s*{NUMBER}\s*(\S+)?{END}", following.look),
    (  # before a number with its query word: what is tapped reads “1001 满意”
        rf"^(?:评价)?\s*(?:{NUMBER})?\s*(很不满意|非常不满意|不满意|不太满意|基本满意|一般|很满意|非常满意|满意)\s*(?:{NUMBER})?[\s,，。:：!！]*(.*)$",
        rating.rate,
    ),
    (
        rf"^{NUMBER}\s*(?:那个|这个|那件|这件)?[,，:：]?\s*(\D*[\u4e00-\u9fff].*)$",
        followup.of_number,
    ),
    (rf"^{NUMBER}(?:\s+(\S+))?{END}", following.number_alone),
    (
        rf"^(?:查进度|查询进度|进度|查|查询|我的事项|我?(?:上次|上回|之前|以前|前几天|昨天|那天)我?(?:反映|说|报|讲|提|投诉)的?"
        rf"(?:那个|那件|这个)?(?:事情?|问题|情况)?(?:呢)?|"
        rf"(?:帮我)?(?:查|看|问)(?:一下|下|看)?我的?(?:事情?|单子|进度|诉求|问题|编号)){END}",
        following.overview,
    ),
    (rf"^(?:催|催办|催一下|催一催|催促)\s*(?:{NUMBER})?{END}", following.urge),
    (
        rf"^(?:帮我)?(?:催|催办|催一下|催一催)(?:一下)?\s*([\u4e00-\u9fff\d]{{2,10}}?)(?:的?[那这][个件条]事?|的事情?)?{END}",
        following.urge_described,
    ),
    (
        rf"^(?:撤回|撤销|取消)(?:一下)?\s*(第[一二三四五1-5](?=[个件条])|[\u4e00-\u9fff]{{2,10}}?)(?:的?那|这|的)?[个件条]事?{END}",
        following.withdraw_described,
    ),
    (rf"^(?:补充|追加)\s*(?:{NUMBER})?\s*[:：,，]?\s*(.*)$", following.supplement),
    (
        rf"^(?:我要|我想|帮我|请)?(?:撤回|撤销|取消|不用办了|删掉|删除|作废)\s*(?:{NUMBER})?"
        rf"(?:一下|吧|掉|了)?(?:我?刚才?(?:说|发|报)的(?:那个|事)?|上一条|这条|这个|那个|那件)?{END}",
        following.withdraw,
    ),
    (
        r"^(?:(?:我们?|我家|我们?[组村]|我们?这里?|这里)的?)?(?:网格员|绑定)(?:的)?"
        rf"(?:是谁|是哪个|叫什么|叫啥|(?:联系)?(?:电话|号码|方式)(?:是?多少|是什么)?)?{END}|"
        rf"^(?:谁是|联系|找)(?:我们?的?)?网格员{END}",
        belonging.my_member,
    ),
    (
        rf"^(?:请问)?(?:谁|哪个|哪位)(?:是|负责|管)(\S{{2,12}}?)(?:的)?(?:网格员|网格)?(?:的)?{END}|"
        rf"^(?:请问)?(\S{{2,12}}?)的?(?:(?:网格员|网格|支?书记?|主任|村长|组长)(?:是|叫|的)?(?:谁|哪个|什么名字|电话)(?:是?多少)?|(?:归|是|由)?(?:谁|哪个)(?:管|负责)(?:的)?){END}",
        belonging.member_of,
    ),
    (rf"^(?:认领|绑定)\s*{NUMBER}\s+(\S+?){END}", belonging.claim),
    (
        r"^(?:绑定|我是|我住|我家在|我在)\s*[:：]?\s*(\S{2,20}?)(?:的|的人|的村民)?[。.!！]*$",
        belonging.bind,
    ),
    (
        r"^(?:(?:你|您)们?好|打扰(?:一下|了)?|请问(?:一下)?|麻烦(?:一下|您)?|在吗|领导)?[，,。\s]*我?(?:想|要|来)?"
        r"(?:反映|投诉|举报|问|请教|咨询|打听|说)(?:一下|下|个|一个|点|点儿|一件|件)?(?:问题|事情|事儿?|情况)?"
        rf"(?:可以|行|可不可以|行不行)?[吗么嘛]?{END}",
        events.speak_up,
    ),
    (
        rf"^我?(?:这里)?有(?:个|件|点|一个|一件|几个|些)?(?:事情?|问题|情况|话)(?:想|要|不知道该不该|不晓得该不该)?(?:说|讲|问|反映|请教|咨询)?(?:一下)?{END}",
        events.speak_up,
    ),
    (
        rf"^(?:请|你|你们)?(?:(?:再|重新)(?:说|讲|发|念)(?:一遍|一次|一下|遍)?|(?:刚才)?(?:没|没有)(?:看|听)(?:清|懂|明白)楚?|(?:刚才)?(?:说|讲)的?(?:啥|什么|么子))(?:了|呀|啊|哦)?{END}",
        events.say_again,
    ),
    (rf"^(?:办事指南|能问什么){END}", events.guide),
    *((pattern, errands.asked_for(word)) for word, pattern in errands.WORDS.items()),
    (
        r"^(?:我要|我想|请|能不能|可不可以|可以)?匿名(?:反映|举报|投诉|处理|登记)?(?:吗|不|一下|个?(?:事|问题|情况)情?)?[。.!！?？~～]*$|"
        r"^(?:请|麻烦)?(?:千万)?(?:不要|别|莫|不能)(?:告诉|让|跟|和|对)?(?:别人|人家|他们?|村里|村上|任何人|谁|人)?"
        r"(?:说|讲|知道|晓得)?(?:是)?我(?:说|讲|反映|报|举报)的[。.!！~～]*$",
        belonging.anonymous,
    ),
    (rf"^(?:合并|并入|合在一起|一起办|同意合并)\s*(?:{NUMBER})?{END}", again.join),
    (rf"^(?:另一件|另外一件|不是同一件|不是一件事|这是另一件事?){END}", filing.another),
    (
        rf"^(?:材料|材料清单|清单|(?:那|那么|请问|还)?(?:要|需要|得|要准备|要交|用)?(?:带|些)?(?:什么|啥|哪些|啥子|些?么子)"
        rf"(?:材料|手续|证件|资料|东西)?(?:呢|啊|呀|嘛)?){END}",
        answering.papers,
    ),
    (
        rf"^(?:那|那么|那我|请问)?(?:(?:去|到|在|上)?(?:哪里|哪儿|哪|啥地方|什么地方)(?:去|能|可以)?(?:办|申请|交|领|弄|报|登记|搞)理?|"
        rf"(?:去|到|在)(?:哪里|哪儿|哪|啥地方|什么地方)|找(?:谁|哪个|哪位)(?:办|申请)?理?|(?:怎么|咋|啷个|如何|怎样)(?:去)?(?:办|申请|弄|交|领)理?|"
        rf"(?:要|得)?(?:多久|好久|几天|多长时间)(?:能|可以|才能|才)?(?:办好|办完|办下来|下来|到账|拿到|办)?)(?:呢|啊|呀|嘛)?{END}",
        answering.asked_more,
    ),
    (rf"^(?:详细|详情|详细说明|说详细点|依据|时限){END}", answering.details),
    (
        r"^(?:还是)?(?:没解决|没有解决|没答到点子上|没答到|答非所问|不是我(?:要)?问的|没说清楚?)"
        r"[，,。:：!！\s]*(.*)$",
        filing.not_solved,
    ),
    (
        rf"^(?:我要|我想|帮我|请)?(?:(?:转|找|接|要)?(?:人工|真人|工作人员)(?:客服|服务)?|找人(?:工|说|问)?){END}",
        filing.to_a_person,
    ),
    (
        rf"^(?:我?(?:要|想)?(?:找|联系)([\u4e00-\u9fff]{{2,4}}?)|([\u4e00-\u9fff]{{2,4}}?)的?(?:电话|手机号?|号码|联系方式)(?:是?多少)?){END}",
        belonging.phone_of,
    ),
    (
        rf"^(?:(?:你们?|镇里|村里|我们?)?的?(?:村|组|副?镇)?(?:支?书记?|主任|村?长|队长|干部|领导)?的?(?:联系)?电话(?:号码)?(?:是?多少)?|"
        rf"(?:我们?村?|你们?|村里?|镇里?)?的?(?:支?书记?|村?主任|村长|组长|领导)(?:是谁|是哪个|叫什么|叫啥|在哪里?(?:办公)?)(?:名字)?|"
        rf"我?(?:要|想)?(?:找|见|联系)(?:一下|你们?|你们?的|村里?的?|镇里?的?)?(?:副?镇长|支?书记?|领导|主任|村长)|打(?:哪个|什么|啥)电话){END}",
        belonging.phone,
    ),
    (
        r"^(?:现在|已经|自己|都)*(?:没事了|没事儿了|不用来了|不用修了|不用管了|[修弄搞整]?好了)"
        r"(?:[，,。.!！\s].*)?$",
        following.all_well,
    ),
)
WANTS: Final[tuple[tuple[re.Pattern[str], Handler], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), handler) for pattern, handler in _SAID
)


# most of what is said is none of these, which one look tells
_ANY: Final = re.compile("|".join(f"(?:{each.pattern})" for each, _ in WANTS), re.DOTALL)


def converse(turn: Turn) -> Reply:
    """Answer a villager's word, whatever its form."""
    kind = turn.incoming.kind
    if kind == "event":
        return events.happened(turn)
    if kind == "unknown":
        return Reply(say("villager.unknown_type"))
    if kind == "location":
        return filing.located(turn)
    if kind != "text" and not turn.text:
        return filing.without_words(turn)
    return words(turn)


def words(turn: Turn) -> Reply:
    text = wording.plain(turn.text)
    if not text:
        return events.help_(turn)
    for pattern, handler in WANTS if _ANY.match(text) else ():
        found = pattern.match(text)
        if found is not None:
            try:
                return handler(turn, found)
            except NotThat:
                continue
    return filing.speak(turn)
