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
    Command,
)
from handlers.staff import batches, listing, work
from handlers.staff import help as help_

COMMANDS: tuple[Command, ...] = (
    Command("待办", "staff", (WORD, OPTIONAL_TEXT), listing.todo, "您手上的、等您定夺的事项，急的在前", "待办", ("我的待办", "清单", "待办事项")),
    Command("查", "staff", (NUMBER, OPTIONAL_TEXT), listing.look, "看一件事项的全部情况", "查 1023", ("查看", "查询", "看看", "看一下")),
    Command("接单", "staff", (NUMBER,), work.accept, "接下事项", "接单 1023", ("接", "收到接单", "受理", "接下"), actions=("accept",), several=True),
    Command("回复", "staff", (NUMBER, TEXT), work.reply, "答复群众：办好了什么、哪天办、为什么办不了", "回复 1023 已联系电工，明天上午修", ("答复",), actions=("reply",), several=True),
    Command("问", "staff", (NUMBER, TEXT), work.ask, "请群众补充", "问 1023 是哪一根杆？", ("询问", "追问"), actions=("ask",)),
    Command("上报", "staff", (NUMBER, REASON), work.hand_up, "报上一级，要写理由", "上报 1023 需要镇里协调资金", ("提级", "报上级"), actions=("hand_up",), several=True),
    Command("转", "staff", (NUMBER, PERSON, REASON), work.transfer, "转给别人或部门，理由会告诉群众", "转 1023 水务站 水管归他们管", ("转办", "转给", "转派", "移交给"), actions=("transfer",), several=True),
    Command("延期", "staff", (NUMBER, DEADLINE, REASON), work.extend, "延长时限，要写理由；承办人的申请由上一级同意", "延期 1023 3天 等配件", ("申请延期", "延长"), actions=("request_extension", "extend"), several=True),
    Command("办结", "staff", (NUMBER, TEXT), work.conclude, "办完了，请群众评价；照片随后发。群众不满意的，上级核实后用它维持", "办结 1023 已换新灯", ("办完", "结案", "完成", "办好了"), actions=("conclude", "uphold"), several=True),
    Command("批量", "staff", (WORD, OPTIONAL_TEXT), batches.batches, "看批量办过的；“撤销”退回一批", "批量｜批量 12｜批量 撤销 12"),
    Command("帮助", "staff", (WORD,), help_.show, "这张单子；“帮助 回复”看一条", "帮助 回复", ("help", "?", "说明", "怎么用")),
)  # fmt: skip
