"""What a member of staff does in the chat: the table of plain words. Township admins and those who
stand above others say these too; what is theirs alone stands in `handlers/admin`."""

from handlers.commands import (
    DEADLINE,
    NUMBER,
    OPTIONAL_TEXT,
    PERSON,
    REASON,
    TEXT,
    WORD,
    Argument,
    Command,
)
from handlers.staff import (
    batches,
    cover,
    deciding,
    keeping,
    listing,
    moving,
    phrases,
    registering,
    why,
    work,
)
from handlers.staff import help as help_

TRACK = Argument("track", "word")
FACT = Argument("fact", "word")
HOW_LONG = Argument("duration", "duration", optional=True)

COMMANDS: tuple[Command, ...] = (
    Command("待办", "staff", (WORD, OPTIONAL_TEXT), listing.todo, "您手上的、等您定夺的事项，急的在前；也可以按超期、村、人、事来找", "待办｜待办 超期｜待办 石墙村｜待办 李守田", ("我的待办", "清单", "待办事项"), daily=True),
    Command("查", "staff", (NUMBER, OPTIONAL_TEXT), listing.look, "看一件事项的全部情况；“全部”看每一条记录", "查 1023｜查 1023 全部", ("查看", "查询", "看看", "看一下"), daily=True),
    Command("接单", "staff", (NUMBER,), work.accept, "接下事项", "接单 1023", ("接", "收到接单", "受理", "接下"), actions=("accept",), several=True, daily=True),
    Command("回复", "staff", (NUMBER, TEXT), work.reply, "答复群众：办好了什么、哪天办、为什么办不了", "回复 1023 已联系电工，明天上午修", ("答复",), actions=("reply",), several=True, daily=True),
    Command("问", "staff", (NUMBER, TEXT), work.ask, "请群众补充", "问 1023 是哪一根杆？", ("询问", "追问"), actions=("ask",), daily=True),
    Command("上报", "staff", (NUMBER, REASON), work.hand_up, "报上一级，理由会告诉群众", "上报 1023 需要镇里协调资金", ("提级", "报上级"), actions=("hand_up",), several=True, daily=True),
    Command("转", "staff", (NUMBER, PERSON, REASON), work.transfer, "转给别人或部门，理由会告诉群众", "转 1023 水务站 水管归他们管", ("转办", "转给", "移交给"), actions=("transfer",), several=True, daily=True),
    Command("授权", "staff", (NUMBER, PERSON, TEXT), moving.delegate, "交给下面的人办，写明要求", "授权 1023 李守田 请上门核实并修好", ("下派",), actions=("delegate",), several=True),
    Command("退单", "staff", (NUMBER, REASON), moving.ask_back, "不归您管，请派给您的人收回，要写理由", "退单 1023 这条路归公路局管", ("申请退单", "退件"), actions=("ask_back",)),
    Command("退回", "staff", (NUMBER, REASON), moving.hand_back, "同意别人的退单，收回来", "退回 1023 同意", ("退",), actions=("hand_back",)),
    Command("不退", "staff", (NUMBER, REASON), moving.designate, "不同意退单，指定由他办", "不退 1023 就是您站里的管线", ("指定",), actions=("designate",)),
    Command("同意", "staff", (NUMBER, OPTIONAL_TEXT), deciding.agree, "同意承办人申请的延期、退单；只有一件等您定夺时不用写编号", "同意 1023｜同意 1023 延期2天", ("同意申请",), actions=("extend", "hand_back")),
    Command("不同意", "staff", (NUMBER, REASON), deciding.refuse, "不同意延期、退单，要写理由", "不同意 1023 配件镇上就有", ("不批准", "不予同意"), actions=("decline", "designate")),
    Command("续办", "staff", (NUMBER,), moving.resume, "挂账、等补充的接着办", "续办 1023", ("继续办",), actions=("resume",), several=True),
    Command("值班", "staff", (), cover.duty, "今天谁值班，谁请假", "值班", ("今天谁值班", "值班表")),
    Command("请假", "staff", (TEXT,), cover.leave, "请假，写几天、谁顶", "请假 3天 黄小平｜请假 3月5日 3月8日 黄小平"),
    Command("销假", "staff", (OPTIONAL_TEXT,), cover.back, "回来上班了", "销假"),
    Command("延期", "staff", (NUMBER, DEADLINE, REASON), work.extend, "延长时限，要写理由；承办人的申请由上一级同意", "延期 1023 3天 等配件", ("申请延期", "延长"), actions=("request_extension", "extend"), several=True, daily=True),
    Command("办结", "staff", (NUMBER, TEXT), work.conclude, "办完了，请群众评价；照片随后发。群众不满意的，上级核实后用它维持", "办结 1023 已换新灯", ("办完", "结案", "完成", "办好了"), actions=("conclude", "uphold"), several=True, daily=True),
    Command("收回办结", "staff", (NUMBER, OPTIONAL_TEXT), work.take_back, "办结发错了，接着办；原来的时限照走，群众会知道", "收回办结 1023", ("撤销办结", "撤回办结", "取消办结"), actions=("take_back",)),
    Command("登记", "staff", (TEXT,), registering.register, "替群众登记：电话、来访、窗口、群聊、走访；姓名电话可不写；几行就是几件，发一张表格（.xlsx、.csv）也行", "登记 电话 王大爷 石墙村三组路灯坏了", ("代报", "录入"), actions=("open",), daily=True),
    Command("巡查", "staff", (TEXT,), registering.inspect, "巡查看到的问题，照片随后发", "巡查 石墙村三组河边有垃圾", ("巡查发现",), actions=("open",)),
    Command("苗头", "staff", (TEXT,), registering.omen, "还没有人来反映、但要留心的事", "苗头 石墙村二组两家为田埂吵了几次", ("隐患苗头",), actions=("open",)),
    Command("随手办", "staff", (TEXT,), registering.at_once, "当场办完的小事，一句话记一件", "随手办 石墙村三组井盖松动，已扶正", ("当场办",), actions=("open", "conclude")),
    Command("分类", "staff", (NUMBER, TRACK, HOW_LONG, OPTIONAL_TEXT), keeping.classify, "按工作法的清单分类：立刻办、限期办…", "分类 1023 限期办 10天 等配件", ("归类",), actions=("classify",)),
    Command("记", "staff", (NUMBER, FACT, OPTIONAL_TEXT), keeping.attest, "留痕：议账、签字…，工作法要的", "记 1023 议账 两委五人，同意换新灯", ("留痕",), actions=("attest",)),
    Command("备注", "staff", (NUMBER, TEXT), keeping.remark, "记给自己和同事看，群众看不到", "备注 1023 去看过，要挖机", ("记一下", "记下"), actions=("remark",), daily=True),
    Command("已电话", "staff", (NUMBER, TEXT), keeping.phoned, "手机上没告诉到的，已打电话告诉：什么时候、本人怎么说", "已电话 1023 上午十点，本人说知道了", ("电话告知", "打过电话", "已打电话"), actions=("phoned",)),
    Command("公示", "staff", (NUMBER, OPTIONAL_TEXT), keeping.publish, "已结账的事项已上墙公示，写明形式；不带编号看该公示的", "公示 1023｜公示 1023 广播｜公示", ("晒账",), actions=("publish",), several=True),
    Command("为什么", "staff", (NUMBER,), why.why, "事项为什么这样读、为什么派到这里", "为什么 1023", ("为何", "凭什么")),
    Command("更正", "staff", (NUMBER, TEXT), why.correct, "改正主题、领域或类型，以后照着学", "更正 1023 路灯｜更正 1023 咨询", ("改正", "纠正"), actions=("correct",)),
    Command("推荐", "staff", (NUMBER,), keeping.recommend, "把答复过的咨询推荐给镇管理员，收进答案", "推荐 1023", ("推荐答案",), actions=("recommend",)),
    Command("话术", "staff", (WORD,), phrases.phrases, "跟群众怎么说：生气、害怕、反映多次、办不了…；带编号就照那件填好", "话术 生气｜话术 1023", ("怎么说", "怎么回")),
    Command("批量", "staff", (WORD, OPTIONAL_TEXT), batches.batches, "看批量办过的；“撤销”退回一批", "批量｜批量 12｜批量 撤销 12"),
    Command("帮助", "staff", (WORD,), help_.show, "这张单子；“帮助 回复”看一条", "帮助 回复", ("help", "?", "说明", "怎么用")),
)  # fmt: skip
