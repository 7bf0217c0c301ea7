"""The commands of joint handling 联办: how it begins stands in `calling`, what follows in `parts`."""

from __future__ import annotations

from dataclasses import replace

from handlers.commands import GIVEN_NUMBER, NUMBER, OPTIONAL_TEXT, TEXT, Command
from handlers.staff import parts
from handlers.staff.calling import caller
from handlers.staff.errands import runner

# word, what it does, an example, other words for it
_WORDS = (
    ("吹哨", "叫几个部门来一起办，到了要报到", "吹哨 1023 水务站 派出所 现场有人堵路", ()),
    ("会诊", "约一天一起研究一件难事，会后有纪要、措施", "会诊 1023 水务站 农业农村办 日子=3月5日下午3点 议题=水渠怎么修", ()),
    ("联席会议", "镇里定的联席会议：日子、议题，会后有纪要、措施", "联席会议 1023 水务站 派出所 日子=3月5日下午3点 议题=水渠归谁修", ("联席",)),
    ("包案", "三包四定五个一：领导、班子、责任人、问题、方案、措施、时限", "包案 1023 领导=赵国平 班子=水务站、司法所 责任人=王德厚 问题=水渠十年没修 方案=一渠一策 措施=先清淤后改线 时限=3个月", ()),
    ("五方", "纠纷请五方到场：民警、民调员、法官、律师、威望人士", "五方 1023 民警=派出所 民调员=王德厚 法官=陈法官 律师=李律师 威望人士=周老师 当事人=张家、李家 双方=同意 日子=3月5日上午9点", ("五方联动",)),
    ("调解", "双方同意后请人调解，有记录、有协议", "调解 1023 司法所 当事人=张家、李家 双方=同意", ("人民调解",)),
    ("诉调", "移交法院诉调对接，等回执和结果", "诉调 1023 县法院诉调中心 材料=调解记录、借条", ("诉调对接",)),
    ("公调", "移交公安公调对接，等回执和结果", "公调 1023 派出所 材料=调解记录", ("公调对接",)),
    ("检调", "移交检察院检调对接，等回执和结果", "检调 1023 县检察院 材料=调解记录", ("检调对接",)),
    ("工作组", "群体性的事：组长、成员，几件放在一起办", "工作组 1023 组长=赵国平 成员=水务站、派出所 事项=1024 1027 任务=十天内逐户说清楚", ("专班",)),
    ("共性", "同一个问题的几件放在一起，一次答复", "共性 1023 1024 1027", ("共性问题",)),
)  # fmt: skip

# light matters: without a number the case is opened in the same line
_ERRANDS = (
    ("代办", "替群众跑腿：谁的事、交了什么材料；办完用“交回”写回执、签收", "代办 王大爷 换医保卡 材料=身份证、户口簿", ("帮办",)),
    ("代购", "替群众买东西", "代购 王大爷 降压药两盒 垫付=86元", ("代买",)),
    ("预约", "替群众约人见面", "预约 王大爷 想谈低保 找谁=民政办 日子=3月5日上午9点", ("约见",)),
    ("点单", "群众点的服务，请能人、志愿者认领；没人领就由您统筹", "点单 石墙村三组 想请人修水泵", ("点题",)),
)  # fmt: skip

_COMMANDS = (
    *(
        Command(word, "staff", (NUMBER, OPTIONAL_TEXT), caller(word, example), help_, example, aliases, actions=("summon",))
        for word, help_, example, aliases in _WORDS
    ),
    *(
        Command(word, "staff", (NUMBER, OPTIONAL_TEXT), runner(word, example), help_, example, aliases, actions=("open", "summon"))
        for word, help_, example, aliases in _ERRANDS
    ),
    Command("报到", "staff", (NUMBER, OPTIONAL_TEXT), parts.sign_in, "叫您来的，到了就说；再发一个位置更好", "报到 1023", ("签到", "到会", "到场", "到岗", "回执", "应约", "接手", "认领"), actions=("sign_in",)),
    Command("反馈", "staff", (NUMBER, TEXT), parts.feedback, "叫您来的，办了什么报给主办", "反馈 1023 已关阀抢修，今晚通水", ("意见", "进展", "结果"), actions=("feedback",)),
    Command("否决", "staff", (NUMBER, TEXT), parts.overrule, "来的单位没办到位，退回去接着办", "否决 1023 水务站 还在漏水", ("驳回",), actions=("overrule",)),
    Command("评议", "staff", (NUMBER, TEXT), parts.appraise, "下评上：评一评来的单位", "评议 1023 水务站 满意 来得快", ("打分",), actions=("appraise",)),
    Command("结哨", "staff", (NUMBER, OPTIONAL_TEXT), parts.disband, "一起办的完了，写明结果；由能结束它的人说", "结哨 1023 三家到场，水渠已通", ("散会", "结包", "结调", "收回", "收组", "解除", "交回", "见过", "交单", "结束联办"), actions=("disband",)),
    Command("跟踪卡", "staff", (GIVEN_NUMBER,), parts.tracking_card, "代办跟踪卡，打印出来请委托人签字", "跟踪卡 1023", ("代办卡",)),
    Command("联办", "staff", (NUMBER, OPTIONAL_TEXT), parts.together, "谁到了、谁没到、办了什么；“联办 评分”看下评上", "联办 1023", ("一起办",)),
)  # fmt: skip

COMMANDS: tuple[Command, ...] = tuple(replace(each, joint=True) for each in _COMMANDS)
