"""What a township admin does in the chat: the table of slash commands. Those of `lead` are also for
who stands above others: a village's secretary, the county's post."""

from handlers.admin import (
    adopting,
    answers,
    calendar,
    cases,
    cover,
    figures,
    notice,
    replay,
    rules,
    times,
    town,
    trials,
)
from handlers.commands import (
    DAY,
    GIVEN_NUMBER,
    NUMBER,
    OPTIONAL_TEXT,
    PERSON,
    REASON,
    TEXT,
    WORD,
    Argument,
    Command,
)
from handlers.staff import keeping, moving

STAFF = Argument("person", "staff")
TARGET = Argument("target", "number")
RATING = Argument("rating", "word")

COMMANDS: tuple[Command, ...] = (
    Command("派", "lead", (GIVEN_NUMBER, PERSON, OPTIONAL_TEXT), cases.assign, "派给人或部门", "/派 1023 水务站 请今天到场", ("派单", "指派", "派给", "交办"), actions=("assign",), several=True),
    Command("督办", "lead", (GIVEN_NUMBER, OPTIONAL_TEXT), cases.supervise, "督促承办人；可以定人、定时、定标准", "/督办 1023 今天必须到场｜/督办 1023 李守田 3天 灯修好、拍照", ("催办", "督促"), actions=("supervise",), several=True),
    Command("挂牌", "lead", (), cases.listed, "督办的、挂账的、有红牌的，一张单子", "/挂牌", ("挂牌督办",)),
    Command("退回", "lead", (GIVEN_NUMBER, REASON), moving.hand_back, "退给上一手，要写理由；或同意退单", "/退回 1023 村里能办，请继续办", ("退",), actions=("hand_back",), several=True),
    Command("挂账", "lead", (GIVEN_NUMBER, DAY, REASON), moving.suspend, "眼下办不了的先挂账，到那天再看；理由会告诉群众", "/挂账 1023 5月1日 等上级资金", actions=("suspend",), several=True),
    Command("听证", "lead", (GIVEN_NUMBER, DAY, REASON), moving.hear, "开听证会，到那天为止不算办理时间", "/听证 1023 3月20日 双方当面说清楚", ("开听证",), actions=("hear",)),
    Command("重开", "lead", (GIVEN_NUMBER, REASON), cases.reopen, "重新办理；不满意的升一级办", "/重开 1023 灯还是不亮", ("重办", "再办"), actions=("reopen",), several=True),
    Command("回避", "lead", (GIVEN_NUMBER, STAFF, REASON), cases.recuse, "让事项里说到的人回避：看不到、不经手、不被询问", "/回避 1023 李守田 说的就是他家", actions=("recuse",)),
    Command("依法删除", "admin", (GIVEN_NUMBER, REASON), cases.erase, "删去一件事项里群众的原话和个人信息，办理记录留下", "/依法删除 1023 本人书面申请", actions=("erase",), confirm=True),
    Command("回访", "lead", (GIVEN_NUMBER, RATING, OPTIONAL_TEXT), keeping.call_back, "问过群众，替他记下解决没有、满意不满意", "/回访 1023 满意 电话里说灯亮了｜/回访 1023 已解决 不满意 来得太慢", actions=("satisfied", "unsatisfied", "again", "review", "stand")),
    Command("销号", "lead", (GIVEN_NUMBER,), keeping.archive, "已结账的归档；不能由承办人自己销", "/销号 1023", ("归档",), actions=("archive",), several=True),
    Command("并案", "admin", (GIVEN_NUMBER, TARGET, OPTIONAL_TEXT), cases.merge, "前一件并入后一件", "/并案 1024 1023", ("合并", "并入", "并到"), actions=("merge", "join")),
    Command("网格", "admin", (WORD, OPTIONAL_TEXT), town.grids, "看网格；“换”改网格员", "/网格 石墙村｜/网格 换 石墙村三组 姓名", ("村组",)),
    Command("人员", "admin", (WORD, OPTIONAL_TEXT), town.people, "看人员；“加”“停”改名单，“电话”换号码", "/人员｜/人员 加 账号 姓名 岗位｜/人员 停 姓名｜/人员 电话 姓名 号码", ("名单",)),
    Command("排班", "admin", (TEXT,), cover.roster, "排值班表，按顺序轮", "/排班 值班 陈晓东 赵国平｜/排班 值班 一周 陈晓东 赵国平"),
    Command("交接", "admin", (TEXT,), cover.hand_over, "一个人的岗位和在办的事都交给另一个人", "/交接 李守田 黄小平"),
    Command("规则", "admin", (WORD, OPTIONAL_TEXT), rules.rules, "看、加、改、停识别用的词；“退回”撤销上次改动，“历史”看各版本", "/规则｜/规则 加 路灯 灯不亮 2｜/规则 改 灯不亮 3｜/规则 停 灯不亮｜/规则 退回 灯不亮", ("词库",)),
    Command("规则 试", "admin", (OPTIONAL_TEXT,), trials.trial, "看一句话怎么读；或先试一条改动会改变最近哪些事项", "/规则 试 村口灯不亮｜/规则 试 加 路灯 灯不亮 2", ("规则试", "试规则"), reads=True),
    Command("答案", "admin", (WORD, OPTIONAL_TEXT), answers.answers, "群众问了马上答的话：看、加、改、停、用、核（去掉“示例”、定有效期）、退回、历史", "/答案｜/答案 低保｜/答案 加 公租房 公租房怎么申请 带身份证到村镇建设办申请｜/答案 改 低保 电话 0000-8200201｜/答案 停 低保｜/答案 核 低保 2027-12-31", ("答案库",)),
    Command("答案 收", "admin", (GIVEN_NUMBER, OPTIONAL_TEXT), adopting.adopt, "答复过的咨询收进答案；先看草稿，个人的事不收", "/答案 收 1023｜/答案 收 1023 公租房怎么申请＝带身份证到村镇建设办申请", ("答案收", "收答案"), actions=("adopt",)),
    Command("答案 试", "admin", (OPTIONAL_TEXT,), answers.trial, "看一句话会答哪一张、几分、为什么", "/答案 试 低保要什么材料", ("答案试", "试答案"), reads=True),
    Command("时限", "admin", (NUMBER, WORD, OPTIONAL_TEXT), times.times, "看、换、改工作法；一件事项的时限怎么算的", "/时限｜/时限 1023｜/时限 用 接诉即办｜/时限 改 村 办结 7天"),
    Command("时限 试算", "admin", (TEXT,), replay.trial, "换工作法、改一个数之前，拿最近90天的事项走一遍：提醒、提级、超期、每人多少消息", "/时限 试算 接诉即办｜/时限 试算 村 办结 7天", ("时限试算", "试算"), reads=True),
    Command("日历", "admin", (WORD, OPTIONAL_TEXT), calendar.days, "哪天放假、哪天上班、哪天赶集；明年的放假安排公布了", "/日历｜/日历 放假 10月8日 镇庆｜/日历 上班 10月10日｜/日历 恢复 10月8日｜/日历 赶集 农历三六九｜/日历 已公布 2027年", ("放假", "节假日")),
    Command("统计", "overseer", (WORD, OPTIONAL_TEXT), figures.figures, "多少件、按时多少、满意多少；各单位的响应率、解决率、满意率；哪个村、谁手上最多；可以按村、人、事、时间", "/统计｜/统计 石墙村 本周｜/统计 李守田 上月｜/统计 三率 30｜/统计 各村 超期", ("数据", "报表"), reads=True),
    Command("公告", "admin", (OPTIONAL_TEXT,), notice.notice, "设置问候语里的公告，不群发；“清空”去掉", "/公告 周三下午停水检修"),
    Command("审计", "auditor", (WORD,), figures.audit_trail, "谁在什么时候做了什么：按编号、姓名、命令", "/审计｜/审计 1023｜/审计 李守田｜/审计 督办｜/审计 校验", ("记录",)),
)  # fmt: skip
