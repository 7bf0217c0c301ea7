"""What a township admin does in the chat: the table of slash commands. Those of `lead` are also for
who stands above others: a village's secretary, the county's post."""

from handlers.admin import cases, figures, notice, rules, times, town
from handlers.commands import (
    DURATION,
    NUMBER,
    OPTIONAL_TEXT,
    PERSON,
    REASON,
    TEXT,
    Argument,
    Command,
)
from handlers.staff import help as help_
from handlers.staff import listing, work

WORD = Argument("word", "word", optional=True)
TARGET = Argument("target", "number")
GIVEN_NUMBER = Argument("number", "number")

COMMANDS: tuple[Command, ...] = (
    Command("待办", "admin", (WORD, OPTIONAL_TEXT), cases.todo, "手上的、要定夺的、出了错的；“完成”勾掉", "/待办", ("我的待办",)),
    Command("查", "admin", (NUMBER, OPTIONAL_TEXT), listing.look, "看一件事项的全部情况", "/查 1023", ("查看", "查询")),
    Command("派", "lead", (GIVEN_NUMBER, PERSON, OPTIONAL_TEXT), cases.assign, "派给人或部门", "/派 1023 水务站 请今天到场", ("派单", "指派")),
    Command("转", "admin", (NUMBER, PERSON, REASON), work.transfer, "转给人或部门，理由会告诉群众", "/转 1023 水务站 水管归他们管", ("转办", "转给")),
    Command("督办", "lead", (GIVEN_NUMBER, OPTIONAL_TEXT), cases.supervise, "督促承办人马上回复进展", "/督办 1023 今天必须到场", ("催办",)),
    Command("退回", "lead", (GIVEN_NUMBER, REASON), cases.hand_back, "退给上一手，要写理由", "/退回 1023 村里能办，请继续办", ("退", "退单")),
    Command("延期", "admin", (NUMBER, DURATION, REASON), work.extend, "延长时限，理由会告诉群众", "/延期 1023 3天 等配件", ("延长",)),
    Command("办结", "admin", (NUMBER, TEXT), work.conclude, "办完了请群众评价；群众不满意的，核实后用它维持", "/办结 1023 已核实，新灯已装好", ("结案",)),
    Command("重开", "lead", (GIVEN_NUMBER, REASON), cases.reopen, "重新办理；不满意的升一级办", "/重开 1023 灯还是不亮", ("重办", "再办")),
    Command("并案", "admin", (GIVEN_NUMBER, TARGET), cases.merge, "前一件并入后一件", "/并案 1024 1023", ("合并",)),
    Command("网格", "admin", (WORD, OPTIONAL_TEXT), town.grids, "看网格；“换”改网格员", "/网格 石墙村｜/网格 换 石墙村三组 姓名", ("村组",)),
    Command("人员", "admin", (WORD, OPTIONAL_TEXT), town.people, "看人员；“加”“停”改名单", "/人员｜/人员 加 账号 姓名 岗位｜/人员 停 姓名", ("名单",)),
    Command("规则", "admin", (WORD, OPTIONAL_TEXT), rules.rules, "看、试、加、停识别用的词", "/规则 试 村口灯不亮｜/规则 加 路灯 灯不亮 2｜/规则 停 灯不亮", ("词库",)),
    Command("时限", "admin", (NUMBER,), times.times, "看工作法的时限，或一件事项的时限怎么算的", "/时限｜/时限 1023"),
    Command("统计", "admin", (WORD,), figures.figures, "多少件、按时多少、满意多少", "/统计｜/统计 30", ("数据", "报表"), reads=True),
    Command("公告", "admin", (OPTIONAL_TEXT,), notice.notice, "设置问候语里的公告，不群发；“清空”去掉", "/公告 周三下午停水检修", ("通知",)),
    Command("审计", "admin", (WORD,), figures.audit_trail, "谁在什么时候做了什么", "/审计｜/审计 1023｜/审计 校验", ("记录",)),
    Command("帮助", "admin", (WORD,), help_.show, "这张单子；“/帮助 派”看一条", "/帮助 派", ("help", "?", "说明")),
)  # fmt: skip
