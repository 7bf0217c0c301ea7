"""What a member of staff does in the chat: the table of plain words."""

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

COMMANDS: tuple[Command, ...] = (
    Command("待办", "staff", (), listing.todo, "您手上的事项，急的在前", "待办", ("我的待办", "清单")),
    Command("查", "staff", (NUMBER, OPTIONAL_TEXT), listing.look, "看一件事项的全部情况", "查 1023", ("查看", "查询")),
    Command("接单", "staff", (NUMBER,), work.accept, "接下事项", "接单 1023", ("接", "收到接单", "受理")),
    Command("回复", "staff", (NUMBER, TEXT), work.reply, "答复群众：办好了什么、哪天办、为什么办不了", "回复 1023 已联系电工，明天上午修", ("答复",)),
    Command("问", "staff", (NUMBER, TEXT), work.ask, "请群众补充", "问 1023 是哪一根杆？", ("询问", "追问")),
    Command("上报", "staff", (NUMBER, REASON), work.hand_up, "报上一级，要写理由", "上报 1023 需要镇里协调资金", ("提级",)),
    Command("转", "staff", (NUMBER, PERSON, REASON), work.transfer, "转给别人或部门，要写理由", "转 1023 水务站 水管归他们管", ("转办", "转给", "转派")),
    Command("延期", "staff", (NUMBER, DURATION, REASON), work.extend, "申请延期，上一级同意后生效", "延期 1023 3天 等配件", ("申请延期",)),
    Command("办结", "staff", (NUMBER, TEXT), work.conclude, "办完了，请群众评价；照片随后发", "办结 1023 已换新灯", ("办完", "结案", "完成")),
    Command("帮助", "staff", (Argument("word", "word", optional=True),), help_.show, "这张单子；“帮助 回复”看一条", "帮助 回复", ("help", "?", "说明")),
)  # fmt: skip
