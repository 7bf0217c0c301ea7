"""Work methods: what the shipped ones promise, which rule wins, and what a mistake is told."""

from itertools import product

import pytest

from casework.duration import Duration
from casework.joint.call import CLOCKS
from casework.methods import ClockRule, MethodError, Share, load, shipped
from casework.town import LEVELS

ZHONGJIANG = shipped()["zhongjiang"]

SMALLEST = """
id = "small"
name = "小办法"
origin = "青石镇"
source = "镇里自定"

[[level]]
name = "all"
title = "镇村"
covers = ["village", "township"]

[[clock]]
name = "acknowledge"
due = "1wd"
steps = [{ at = "50%", do = "remind", to = "handler" }]

[[clock]]
name = "reply"
due = "3天"
steps = [{ at = "-1d", do = "remind", to = ["handler"] }]

[[clock]]
name = "settle"
due = "5d"
steps = [{ at = "+1d", do = "escalate", to = ["supervisor"], card = "red" }]

[[clock]]
name = "decide"
due = "2wd"
steps = [{ at = "0", do = "remind", to = ["supervisor"] }]

[[clock]]
name = "silence"
due = "5d"
steps = [{ at = "0", do = "settle" }]
"""


def times(kind: str, urgency: str, level: str, subkind: str = "") -> str:
    rules = {r.name: r for r in ZHONGJIANG.rules(kind, "路灯", urgency, level, subkind)}
    return " ".join(str(rules[name].due) for name in ("acknowledge", "reply", "settle"))


@pytest.mark.parametrize(
    ("kind", "urgency", "level", "subkind", "promised"),
    [
        ("grievance", "ordinary", "group", "", "1个工作日 3天 5天"),
        ("grievance", "ordinary", "grid", "", "1个工作日 3天 5天"),
        ("grievance", "ordinary", "village", "", "1个工作日 3天 5天"),
        ("suggestion", "ordinary", "township", "", "1个工作日 10天 15天"),
        ("other", "ordinary", "county", "", "1个工作日 15天 18天"),
        ("grievance", "urgent", "grid", "", "1小时 24小时 48小时"),
        ("report", "emergency", "township", "hazard", "10分钟 2小时 24小时"),
        ("consultation", "ordinary", "grid", "", "1个工作日 3个工作日 3个工作日"),
        ("consultation", "ordinary", "township", "", "1个工作日 3个工作日 3个工作日"),
        ("consultation", "urgent", "grid", "", "1小时 24小时 48小时"),
        ("report", "ordinary", "grid", "hazard", "1个工作日 3天 5天"),
        ("report", "ordinary", "township", "misconduct", "2个工作日 15个工作日 60天"),
        ("report", "emergency", "county", "misconduct", "2个工作日 15个工作日 60天"),
    ],
)
def test_what_zhongjiang_promises(
    kind: str, urgency: str, level: str, subkind: str, promised: str
) -> None:
    assert times(kind, urgency, level, subkind) == promised


def ladder(rule: ClockRule) -> list[str]:
    return [
        " ".join(
            filter(
                None,
                (f"{s.at.percent}%" if isinstance(s.at, Share) else str(s.at), s.do, *s.to, s.card),
            )
        )
        for s in rule.steps
    ]


@pytest.mark.parametrize(
    ("name", "urgency", "level", "steps"),
    [
        (
            "acknowledge",
            "ordinary",
            "grid",
            [
                "-4小时 remind handler",
                "0分钟 remind handler supervisor",
                "1个工作日 escalate supervisor yellow",
            ],
        ),
        (
            "acknowledge",
            "emergency",
            "grid",
            ["50% remind handler", "0分钟 escalate supervisor admin red"],
        ),
        (
            "reply",
            "ordinary",
            "village",
            ["-1天 remind handler", "0分钟 remind handler supervisor yellow"],
        ),
        (
            "settle",
            "ordinary",
            "village",
            ["-1天 remind handler", "0分钟 remind handler", "1天 escalate supervisor yellow"],
        ),
        (
            "settle",
            "ordinary",
            "township",
            ["-1天 remind handler", "0分钟 remind handler", "1天 escalate supervisor red"],
        ),
        ("silence", "ordinary", "grid", ["0分钟 settle"]),
    ],
)
def test_what_follows_in_zhongjiang(name: str, urgency: str, level: str, steps: list[str]) -> None:
    found = [r for r in ZHONGJIANG.rules("grievance", "路灯", urgency, level) if r.name == name]
    assert [ladder(rule) for rule in found] == [steps]


def test_a_report_about_a_person_stays_on_the_discipline_ladder() -> None:
    for urgency, level in product(("ordinary", "urgent", "emergency"), LEVELS):
        rules = ZHONGJIANG.rules("report", "供水", urgency, level, "misconduct")
        alone = [rule for rule in rules if rule.name not in CLOCKS]  # nobody is called to it
        steps = [step for rule in alone for step in rule.steps]
        assert {who for step in steps for who in step.to} <= {"handler", "supervisor"}


def test_every_shipped_method_is_named_by_its_file_and_stable() -> None:
    assert "zhongjiang" in shipped()
    for id, method in shipped().items():
        assert (method.id, len(method.digest)) == (id, 12)
        names = [rule.name for rule in method.rules("other", "", "ordinary", "village")]
        assert set(names) >= {"acknowledge", "reply", "settle"}


def test_silence_and_single_rules() -> None:
    assert ZHONGJIANG.silence == Duration(5, "d")
    assert ZHONGJIANG.rule("decide", "grievance", "", "ordinary", "grid").due == Duration(2, "wd")


def test_the_smallest_method_loads() -> None:
    method = load(SMALLEST, "small.toml")
    assert [str(rule.due) for rule in method.clocks] == [
        "1个工作日",
        "3天",
        "5天",
        "2个工作日",
        "5天",
    ]
    assert method.levels[0].covers == ("village", "township")
    assert method.clocks[0].steps[0].at == Share(50)


def test_a_change_of_a_number_is_another_version() -> None:
    one, two = load(SMALLEST, "a"), load(SMALLEST.replace("3天", "4天"), "a")
    assert one.digest != two.digest
    assert one == load(SMALLEST, "a") != two


def special(**selectors: str) -> str:
    chosen = "\n".join(f'{key} = "{value}"' for key, value in selectors.items() if key != "due")
    step = '{ at = "0", do = "remind", to = ["handler"] }'
    return f'\n[[clock]]\nname = "reply"\n{chosen}\ndue = "{selectors["due"]}"\nsteps = [{step}]\n'


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ({"subkind": "hazard"}, {"topic": "供水", "kind": "report"}),
        ({"topic": "供水"}, {"kind": "report", "urgency": "urgent"}),
        ({"kind": "report"}, {"urgency": "urgent", "level": "all"}),
        ({"urgency": "urgent"}, {"level": "all"}),
        ({"level": "all"}, {}),
        ({"topic": "供水", "level": "all"}, {"topic": "供水"}),
    ],
)
def test_the_most_specific_rule_wins_wherever_it_stands(
    stronger: dict[str, str], weaker: dict[str, str]
) -> None:
    rules = [special(**stronger, due="7d")]
    if weaker:
        rules.append(special(**weaker, due="9d"))
    for order in (rules, rules[::-1]):
        method = load(SMALLEST + "".join(order), "town.toml")
        found = method.rule("reply", "report", "供水", "urgent", "township", "hazard")
        assert found.due == Duration(7, "d")
        other = method.rule("reply", "other", "道路", "ordinary", "county")
        assert other.due == Duration(3, "d")


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(MethodError) as caught:
        load(text, "town.toml")
    return caught.value.problems


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('due = "5d"', 'due = "5x"', "town.toml · clock 第3项 settle · due：看不懂的时长“5x”"),
        ('due = "5d"', "due = 5", "town.toml · clock 第3项 settle · due：要写一段文字。"),
        (
            'name = "settle"',
            'name = "setle"',
            "clock 第3项 setle · name：不认识“setle”。是不是“settle”？",
        ),
        (
            'due = "3天"',
            'due = "3天"\nurgncy = "urgent"',
            "reply · urgncy：没有这一项。是不是“urgency”？",
        ),
        (
            'due = "3天"',
            'due = "3天"\nurgency = "急"',
            "reply · urgency：不认识“急”。可以写：ordinary、",
        ),
        (
            'due = "3天"',
            'due = "3天"\nlevel = "vilage"',
            "reply · level：不认识“vilage”。可以写：all。",
        ),
        (
            'card = "red"',
            'card = "green"',
            "settle · steps 第1项 · card：不认识“green”。可以写：yellow、red。",
        ),
        (
            '"handler" }]',
            '"hander" }]',
            "acknowledge · steps 第1项 · to：不认识“hander”。是不是“handler”？",
        ),
        (', to = ["handler"] }]', " }]", "reply · steps 第1项 · to：要写。可以写：handler、"),
        ('to = ["handler"] }]', "to = [] }]", "reply · steps 第1项 · to：要写。可以写：handler、"),
        (
            'at = "-1d"',
            'at = "1d"',
            "reply · steps 第1项 · at：看不懂“1d”，可以写 -1d、0、+1wd、50%。",
        ),
        ('at = "+1d"', 'at = "+1x"', "settle · steps 第1项 · at：看不懂的时长“1x”"),
        (
            'at = "-1d"',
            'at = "-3d"',
            "reply · steps 第1项 · at：“-3d”可能早于起算时间，期限只有3天。",
        ),
        ('at = "-1d"', 'at = "-1wd"', "reply · steps 第1项 · at：“-1wd”可能早于起算时间"),
        (
            'do = "escalate"',
            'do = "settle"',
            "settle · steps 第1项 · do：只有 silence 时限才用 settle",
        ),
        ('name = "小办法"', "", "town.toml · name：要写一段文字。"),
        ('name = "小办法"', "name = ", "town.toml · 第3行：不符合 TOML 写法"),
        ('["village", "township"]', '["township", "village"]', "level：层级要从低到高排列"),
        (
            '["village", "township"]',
            '["villages"]',
            "level 第1项 all · covers：不认识“villages”。是不是“village”？",
        ),
    ],
)
def test_a_mistake_is_told_where_it_is_and_how_to_mend_it(old: str, new: str, said: str) -> None:
    assert old in SMALLEST
    found = problems(SMALLEST.replace(old, new, 1))
    assert len(found) == 1
    assert said in found[0]


def test_all_mistakes_are_told_at_once() -> None:
    text = SMALLEST.replace('"3天"', '"三夜"').replace('"+1d"', '"后天"').replace("origin", "orign")
    found = problems(text)
    assert len(found) == 4  # orign is unknown, origin is missing
    assert all(problem.startswith("town.toml · ") for problem in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SMALLEST + special(due="9d"), "clock：reply 有两条规则管同一类事项"),
        (
            SMALLEST.replace('name = "reply"', 'name = "reply"\nurgency = "urgent"'),
            "没有时限 reply",
        ),
        (
            SMALLEST.replace(
                '"+1d", do = "escalate", to = ["supervisor"]',
                '"+1d", do = "escalate", to = ["admin"]',
            ),
            "report/misconduct、ordinary、household 是举报，不能通知 admin",
        ),
        (
            SMALLEST.replace(
                'steps = [{ at = "-1d", do = "remind", to = ["handler"] }]',
                'steps = [{ at = "-1d", do = "remind", to = ["handler"] },'
                ' { at = "-24h", do = "remind", to = ["supervisor"] }]',
            ),
            "reply · steps：同一时刻有两个 remind",
        ),
        ("", "town.toml · clock：至少要有一项。"),
    ],
)
def test_a_method_that_does_not_hold_together(text: str, said: str) -> None:
    assert any(said in problem for problem in problems(text)), problems(text)
