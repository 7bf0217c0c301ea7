"""What can be wrong with a town file, and what its writer then reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import townfile
from casework.townfile import Entries, TownFileError


def told(source: str, **names: Any) -> list[str]:
    """What the writer of this file reads."""
    with pytest.raises(TownFileError) as caught:
        townfile.parse(source, **names)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        # references
        (
            'posts = ["shiqiang-g3"]',
            'posts = ["shiqiang-g33"]',
            '[[staff]] li · posts：没有岗位 "shiqiang-g33"；相近的有 "shiqiang-g3"。',
        ),
        (
            'posts = ["shiqiang-g3"]',
            'posts = ["网格员"]',
            '[[staff]] li · posts：没有岗位 "网格员"；请写它的 id："shiqiang-g3"。',
        ),
        (
            'posts = ["jijian"]',
            'posts = ["jijian", "jijian"]',
            '[[staff]] zhou · posts："jijian" 写了两次，请删去一个。',
        ),
        (
            'parent = "shiqiang-g3"',
            'parent = "nowhere"',
            '[[unit]] shiqiang-3 · parent：没有机构 "nowhere"；请改正。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhibn"',
            '[town] · duty：没有岗位 "zhibn"；相近的有 "zhiban"。',
        ),
        (
            'text = "带',
            'post = "minzheng"\ntext = "带',
            '[[answer]] dibao · post：没有岗位 "minzheng"；请改正。',
        ),
        # robots
        (
            'cards = "每周一',
            'card = "每周一',
            '[[robot]] shiqiang-qun · lists：要写成 { daily = "每个工作日 08:30" } 这样，可以写的是 '
            "daily（当天的单子）、overdue（超期的）、cards（挂红牌的）。",
        ),
        (
            "每个工作日 08:30",
            "有空的时候",
            "[[robot]] shiqiang-qun · lists：看不懂的日子“有空的时候”，可以写：每天 08:30、每周三 09:00、"
            "每月15日和最后一天、每月第一个工作日、每季度首月10日、每年1月5日。",
        ),
        (
            'key = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"',
            'key = "https://example.com/?key=693axxx6-7aoc"',
            "[[robot]] shiqiang-qun · key：要写群机器人的 Webhook 地址，或者地址里 key= 后面的那一串；"
            "在企业微信群里点开机器人就能看到。",
        ),
        (
            'key = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa"',
            'key = "693axxx6-7aoc-4bc4-97a0-0ec2sifa5aaa',
            "第 117 行第 44 列：文字后面缺了收尾的双引号，或者混进了看不见的字符：key = …",
        ),
        # hours
        (
            'duty = "zhiban"',
            'duty = "zhiban"\noffice = ["08:30-12:00", "11:00-17:30"]',
            "[town] · office：时间要从早到晚排，前后不能重叠。",
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\noffice = ["8:30-12"]',
            '[town] · office：要写成一串起止时间，例如 ["08:30-12:00", "14:00-17:30"]。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nmarket = "逢三"',
            '[town] · market：要写成 { days = [3, 6, 9], calendar = "lunar" } 或 { weekdays = ["周六"] }。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nmarket = { days = [13] }',
            "[town] · market：days 要写逢几赶集，例如 [3, 6, 9]，逢十写 0。",
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nmarket = { weekdays = ["星期六"] }',
            '[town] · market：weekdays 要写成 ["周六"] 这样。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nmarket = { days = [3], calendar = "moon" }',
            '[town] · market：calendar 只能是 "lunar"（农历）或 "solar"（公历）。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nmarket = { days = [3], hours = [] }',
            "[town] · market：没有 hours 这一项；可以写 days、weekdays、calendar、office。",
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\ndigest = "早上"',
            '[town] · digest：要写成四位数的钟点，例如 "08:30"；不要就写 ""。',
        ),
        # keys
        (
            'phone = "13800000001"',
            'telefon = "1"\nphon = "2"',
            "[[staff]] li · telefon：没有这个键；请删去。",
        ),
        (
            'phone = "13800000001"',
            'phon = "2"',
            '[[staff]] li · phon：没有这个键；相近的有 "phone"；请改正。',
        ),
        ('userid = "li"\n', "", "[[staff]] li · userid：缺少这个键，请补上。"),
        ('duty = "zhiban"\n', "", "[town] · duty：缺少这个键，请补上。"),
        ('userid = "li"', 'userid = " "', "[[staff]] li · userid：不能空着，请写上。"),
        (
            'userid = "chen"',
            'userid = "LI"',
            '[[staff]] li · userid："li" 已经是 chen 的；请写本人在企业微信里的账号。',
        ),
        (
            "rank = 2",
            'rank = "2"',
            "[[staff]] zhao · rank：要写成整数，不加引号，例如 2。",
        ),
        (
            "rank = 2",
            "rank = true",
            "[[staff]] zhao · rank：要写成整数，不加引号，例如 2。",
        ),
        (
            'phone = "13800000001"',
            'phone = "问村里"',
            '[[staff]] li · phone：要写成加引号的电话号码，只用数字、空格和 - + ( )，例如 "0000-8200100"。',
        ),
        (
            'aliases = ["李家大院"]',
            'aliases = "李家大院"',
            '[[place]] lijiayuan · aliases：要写成方括号里的一串文字，不能有空的，例如 ["老街", "场口"]。',
        ),
        (
            'name = "李家院子"',
            'name = "李家院子"\npoint = [104.06, 30.65]',
            "[[place]] lijiayuan · point：要写成 [纬度, 经度]，十进制度数（WGS-84），例如 [30.6512, 104.0621]。",
        ),
        (
            'name = "李守田"',
            "name = 2026-01-01",
            '[[staff]] li · name：要写成加英文双引号的文字，例如 "石墙村"。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nurgent_at_night = "是"',
            "[town] · urgent_at_night：要写 true（是）或 false（否），不加引号。",
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nquiet = ["9点半", "07:30"]',
            '[town] · quiet：要写成起止两个时间，每个都是四位数的钟点，例如 ["21:30", "07:30"]。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nquiet = ["24:00", "07:30"]',
            '[town] · quiet：要写成起止两个时间，每个都是四位数的钟点，例如 ["21:30", "07:30"]。',
        ),
        (
            'duty = "zhiban"',
            'duty = "zhiban"\nquiet = ["07:30", "07:30"]',
            "[town] · quiet：起止时间不能相同，请写成两个不同的时间。",
        ),
        (
            '{ name = "安和县纪委监委", phone = "12388" }',
            '"安和县纪委监委"',
            '[town] · authority：要写成 { name = "上级机关的名称", phone = "它的电话" }。',
        ),
        (
            'phone = "12388" }',
            'phone = "" }',
            "[town] · authority：phone 要写上级机关的电话，村民会看到它。",
        ),
        (
            'name = "安和县纪委监委"',
            'name = ""',
            "[town] · authority：name 要写上级机关的名称，不能空着。",
        ),
        (
            'text = "带',
            f'text = "{"很" * 500}',
            "[[answer]] dibao · text：有 512 个字，请缩短到 500 个字以内。",
        ),
        # ids
        (
            'id = "li"\n',
            "",
            '[[staff]] · id：第 4 条（李守田）没有 id；请加一个不会再改的英文代号，例如 id = "staff-4"。',
        ),
        (
            'id = "li"',
            'id = "chen"',
            "[[staff]] chen · id：第 4 条的 id 前面已经用过；请给它换一个。",
        ),
        (
            'id = "li"',
            'id = "li shoutian"',
            "[[staff]] li shoutian · id：代号只用字母、数字、汉字和 - _ .，不超过 40 个，中间不留空格。",
        ),
        (
            'id = "shuiwu"\nname',
            'id = "shiqiang"\nname',
            "[[department]] shiqiang · id：这个 id 已经是一个 [[unit]] 的；机构和部门的 id 不能相同，请换一个。",
        ),
        # the tree
        (
            'level = "village"',
            'level = "hamlet"',
            "[[unit]] shiqiang · level：只能是其中一个：household（户）、group（组）、grid（网格）、village（村）、township（乡镇）、county（县）。",
        ),
        (
            'level = "village"',
            'level = "group"',
            "[[unit]] shiqiang-g3 · parent：上级是 group（组），要比自己的 grid（网格） 高；请改 parent 或 level。",
        ),
        (
            'parent = "qingshi"',
            'parent = "shiqiang-3"',
            "[[unit]] shiqiang · parent：上级绕成了圈：shiqiang → shiqiang-3 → shiqiang-g3 → shiqiang；请改其中一个 parent。",
        ),
        (
            'parent = "qingshi"\n',
            "",
            "[[unit]] shiqiang · parent：缺少上级；请写上一级机构的 id。",
        ),
        (
            'level = "township"',
            'level = "county"',
            '[[unit]] · level：缺少乡镇本身；请加一个 level = "township" 的 [[unit]]。',
        ),
        (
            "[[department]]",
            '[[unit]]\nid = "b"\nname = "白石镇"\nlevel = "township"\n\n[[department]]',
            "[[unit]] b · level：一个文件只写一个乡镇，已经有了 qingshi；请改 level。",
        ),
        (
            "[[department]]",
            '[[unit]]\nid = "x"\nname = "三组"\nlevel = "group"\nparent = "shiqiang"\n\n[[department]]',
            "[[unit]] x · name：和 shiqiang-3 同名（三组），大家分不清；请改一个名称。",
        ),
        # posts
        (
            'role = "member"',
            'role = "admin"',
            "[[post]] shiqiang-g3 · role：admin（镇管理） 只设在 township（乡镇），而 shiqiang-g3 是 grid（网格）；请改 role 或 unit。",
        ),
        (
            'unit = "shiqiang-g3"\nrole = "member"',
            'unit = "qingshi"\nrole = "department"',
            "[[post]] shiqiang-g3 · unit：qingshi 不是部门；请把 unit 写成一个 [[department]] 的 id。",
        ),
        (
            'posts = ["jijian"]',
            "posts = []",
            '[[post]] jijian：这个岗位没有人，来的事没人接；请在某个 [[staff]] 的 posts 里加上 "jijian"。',
        ),
        (
            'intake = "shouli"',
            'intake = "shiqiang-g3"',
            "[town] · intake：岗位 shiqiang-g3 的 role 是 member（网格员），这里要 admin（镇管理）；请换一个岗位。",
        ),
        (
            'discipline = "jijian"',
            'discipline = "shouli"',
            "[town] · discipline：岗位 shouli 的 role 是 admin（镇管理），这里要 discipline（纪检）；请换一个岗位。",
        ),
        (
            'unit = "qingshi"\nrole = "discipline"',
            'unit = "shiqiang"\nrole = "discipline"',
            "[[post]] jijian · role：discipline（纪检） 只设在 township（乡镇）、county（县），而 shiqiang 是 village（村）；请改 role 或 unit。",
        ),
        (
            'posts = ["jijian"]',
            'posts = ["jijian", "shiqiang-g3"]',
            "[[staff]] zhou · posts：纪检岗位的人不能同时在网格或村里任职；请去掉其中一个岗位。",
        ),
        # departments
        (
            'unit = "shuiwu"\nrole = "department"',
            'unit = "qingshi"\nrole = "admin"',
            '[[department]] shuiwu：没有岗位，事情到不了；请加一个 unit = "shuiwu"、role = "department" 的 [[post]]。',
        ),
        (
            "[[post]]",
            '[[department]]\nid = "nongye"\nname = "农业办"\ndirect = ["饮水"]\n\n[[post]]',
            "[[department]] nongye · direct：“饮水”已经归 shuiwu；一个主题只归一个部门，请删去一处。",
        ),
    ],
)
def test_each_mistake_is_named_with_its_mend(
    source: str, was: str, becomes: str, says: str
) -> None:
    assert was in source
    assert says in told(source.replace(was, becomes, 1))


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "[town]：缺少这一节；请在文件开头写上 [town] 和它的 id、name 等。"),
        ('[[town]]\nid = "a"', "一个文件只写一个乡镇；请写成一层方括号 [town]，只写一次。"),
        ('[unit]\nid = "a"', "[unit] 要写成两层方括号 [[unit]]，每条一节。"),
        (
            '[[units]]\nid = "a"',
            '没有 [[units]] 这种表；相近的有 "unit"；可用的是 town、unit、department、post、staff、roster、place、robot、answer。',
        ),
        ('name = "青石镇"', "name 不在任何一节里；请移到它所属的表头下面，例如 [town]。"),
    ],
)
def test_each_wrong_table_is_named(written: str, says: str) -> None:
    assert says in told(written)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('name "石墙村"', '第 2 行第 6 列：这里要写成 键 = 值，缺了等号：name "石墙村"'),
        ("name = 石墙村", "第 2 行第 8 列：值写得不对；文字要加英文双引号：name = 石墙村"),
        (
            "name = “石墙村”",
            "第 2 行第 8 列：值写得不对；文字要加英文双引号（看看是不是用了中文的引号、等号或逗号）：name = “石墙村”",
        ),
        (
            'name = "石墙村',
            '第 2 行第 12 列：文字后面缺了收尾的双引号，或者混进了看不见的字符：name = "石墙村',
        ),
        ("名称 = 1", "第 2 行第 1 列：这一行看不懂；键要用英文字母，说明文字前要加 #：名称 = 1"),
        ("a = 1\na = 2", "第 3 行第 6 列：同一个键写了两次，请删去一个：a = 2"),
        (
            "a = 1 b = 2",
            "第 2 行第 7 列：一行只能写一个 键 = 值，请看引号、逗号是否配对：a = 1 b = 2",
        ),
        ("[[unit]\na = 1", "第 2 行第 7 列：表头要用两层方括号收尾，例如 [[unit]]：[[unit]"),
        ("a = [1, 2", "第 3 行第 1 列：方括号 [ 没有收尾，或者两项之间缺逗号：b = 1"),
        ("a = " + "[" * 2000, "第 3 行（文件末尾）：写法不对。"),
    ],
)
def test_a_line_that_is_no_toml_is_named(line: str, says: str) -> None:
    assert told(f"# 青石镇\n{line}\nb = 1") == [says]


def test_all_problems_are_told_at_once(source: str) -> None:
    broken = source.replace('userid = "li"\n', "").replace("rank = 2", "rank = 2.5")
    assert len(told(broken.replace('duty = "zhiban"\n', ""))) == 3


def test_topics_and_methods_are_checked_where_they_are_known(source: str) -> None:
    assert townfile.parse(source, topics=["饮水", "路灯"], methods=["zhongjiang"])
    assert told(source, topics=["饮水安全"]) == [
        '[[department]] shuiwu · topics：没有主题 "饮水"；相近的有 "饮水安全"。'
    ]
    assert told(source, methods=["hailin", "zhongjing"]) == [
        '[town] · method：没有工作法 "zhongjiang"；相近的有 "zhongjing"。'
    ]


def test_a_second_town_is_a_problem(small: Entries) -> None:
    small["town"]["baishi"] = small["town"]["qingshi"]
    assert [str(p) for p in townfile.problems(small)] == [
        "[town] · id：只能有一个乡镇；请删去 baishi。"
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.data())
def test_whatever_stands_in_an_entry_is_a_problem_not_a_crash(
    source: str, data: st.DataObject
) -> None:
    entries = townfile.parse(source)
    kind = data.draw(st.sampled_from(townfile.KINDS))
    row = data.draw(st.sampled_from(list(entries[kind].values())))
    key = data.draw(st.sampled_from(list(row)))
    row[key] = data.draw(json_values)
    if not townfile.problems(entries):
        townfile.build(entries)
