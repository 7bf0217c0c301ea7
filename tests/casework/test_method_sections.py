"""The sections of a method beside its clocks: what they say, and what a mistake in them is told."""

from dataclasses import dataclass

import pytest

from casework.actions import ACTIONS
from casework.duration import Duration
from casework.methods import MethodError, common, load
from casework.methods.compare import differences
from casework.methods.method import Extension, HandBack, Top
from casework.methods.sections import EVENTS
from tests.casework.test_methods import SMALLEST, special

TRACKS = """
[[track]]
id = "now"
name = "立刻办"
urgency = ["urgent", "emergency"]

[[track]]
id = "long"
name = "分期分批办"
given = true
stages = true
"""


@dataclass(frozen=True)
class Matter:
    """A case as the rules see it."""

    kind: str = "grievance"
    subkind: str = ""
    topic: str = ""
    urgency: str = "ordinary"
    extent: str = ""
    level: str = "village"
    track: str = ""
    reopened: int = 0


def test_a_new_case_begins_where_its_extent_says() -> None:
    method = load(SMALLEST + '[[start]]\nlevel = "all"\nextent = ["village"]\n', "a")
    assert method.start(Matter(extent="village")) == ("village", "township")
    assert method.start(Matter(extent="group")) == ()
    assert method.skipped == {"household", "group", "grid", "county"}


def test_lists_have_clocks_of_their_own() -> None:
    own = special(track="long", due="60d") + special(topic="路灯", due="2d")
    method = load(SMALLEST + TRACKS + own, "a")
    assert method.first_track(Matter(urgency="urgent")) == "now"
    assert method.first_track(Matter()) == ""
    due = {
        track: str(next(r.due for r in method.rules_of(Matter(track=track, topic="路灯")) if r.name == "reply"))
        for track in ("", "now", "long")
    }  # fmt: skip
    assert due == {"": "2天", "now": "2天", "long": "60天"}
    track = method.track("分期分批办")
    assert track is not None
    assert (track.id, track.given, track.stages) == ("long", True, True)


def test_a_case_taken_up_again_has_another_time() -> None:
    method = load(SMALLEST + special(round="1", due="30d"), "a")
    due = [
        str(next(rule.due for rule in method.rules_of(Matter(reopened=n)) if rule.name == "reply"))
        for n in (0, 1, 2)
    ]
    assert due == ["3天", "30天", "3天"]


def test_what_has_to_be_on_record_before_an_action() -> None:
    text = '[[require]]\nname = "议账"\nbefore = ["conclude"]\nextent = ["village"]\n'
    method = load(SMALLEST + text, "a")
    assert [r.name for r in method.required("conclude", Matter(extent="village"))] == ["议账"]
    assert method.required("conclude", Matter(extent="group")) == ()
    assert method.required("hand_up", Matter(extent="village")) == ()


def test_a_method_takes_over_what_it_does_not_say_itself() -> None:
    head, _, rest = SMALLEST.partition("\n[[level]]")
    text = f'{head}\nextends = "common"\n\n[[level]]{rest}'
    plain, extended = load(SMALLEST, "a"), load(text, "a")
    assert (plain.extension, plain.hand_back) == (Extension(), HandBack())
    assert extended.hand_back == HandBack(Duration(5, "wd"), 1, True)
    assert str(extended.rule("silence", "*", "", "*", "*").due) == "5天"
    urgent = extended.rule("acknowledge", "grievance", "", "urgent", "village")
    assert str(urgent.due) == "1小时"
    own = extended.rule("acknowledge", "grievance", "", "ordinary", "village")
    assert own == plain.rule("acknowledge", "grievance", "", "ordinary", "village")
    later = load(text, "a", common().replace('window = "5wd"', 'window = "6wd"'))
    assert later.digest != extended.digest
    assert later.hand_back.window == Duration(6, "wd")


def test_the_events_that_stages_name_exist() -> None:
    assert set(EVENTS) <= {"open", *ACTIONS}


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ('[[start]]\nlevel = "vilage"', "start 第1项 · level：不认识“vilage”。可以写：all。"),
        ('[[start]]\nextent = ["village"]', "start 第1项 · level：要写。可以写：all。"),
        ("[[track]]\nid = 'a'\nname = 'b'\ngiven = 1", "track 第1项 b · given：要写 true 或 false。"),
        ('[[require]]\nname = "议"\nbefore = "concludes"', "before：不认识“concludes”。是不是“conclude”？"),
        ('[[require]]\nname = "议"\nbefore = "conclude"\ntrack = "x"', "track：不认识“x”。"),
        ('[[stage]]\nname = "受理"\nby = ["opens"]', "stage 第1项 受理 · by：不认识“opens”。是不是“open”？"),
        ('[[pause]]\nreason = "vilager"\nlimit = "5d"', "reason：不认识“vilager”。是不是“villager”？"),
        ('[[pause]]\nreason = "review"\nlimit = "5d"\n[[pause]]\nreason = "review"\nlimit = "6d"', "同一个原因只能写一次"),
        ("[extension]\ntimes = 0", "extension · times：要写 1 到 99 的整数。"),
        ('[hand_back]\nwindow = "五夜"', "hand_back · window：看不懂的时长“五夜”"),
        ("[closing]\naccepts = 6", "closing · accepts：要写 1 到 5 的整数。"),
        ('[closing]\nunsatisfied = "agan"', "unsatisfied：不认识“agan”。是不是“again”？"),
        ("[[publication]]\ndays = '5d'", "publication：要写成 [publication] 一节。"),
        ('[[consequence]]\ncard = "green"\ndo = "list"', "card：不认识“green”。可以写：yellow、red。"),
        ('[[rhythm]]\nid = "a"\nname = "会"\nwhen = "每周三"\ndo = "met"', "do：不认识“met”。"),
        (
            '[[rhythm]]\nid = "a"\nname = "会"\nwhen = "每旬"\ndo = "list"',
            "rhythm 第1项 会 · when：看不懂的日子“每旬”",
        ),
        ('extends = "comon"', "extends：不认识“comon”。是不是“common”？"),
        ('rates = ["answer"]', "rates：不认识“answer”。"),
        ('delegates = ["county"]', "delegates：不认识“county”。可以写：all。"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_section_is_told(section: str, said: str) -> None:
    text = SMALLEST + section if section.startswith("[") else f"{section}\n{SMALLEST}"
    with pytest.raises(MethodError) as caught:
        load(text, "town.toml")
    assert any(said in problem for problem in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            'do = "escalate", to = ["supervisor"]',
            "publish 时限走的时候事情已经办完，不能用 escalate",
        ),
        ('do = "remind", to = ["handler"], card = "red"', "publish 时限只能提醒（remind），不记牌"),
    ],
)
def test_what_is_done_neither_climbs_nor_is_carded(step: str, said: str) -> None:
    text = f'{SMALLEST}[[clock]]\nname = "publish"\ndue = "5d"\nsteps = [{{ at = "0", {step} }}]\n'
    with pytest.raises(MethodError) as caught:
        load(text, "town.toml")
    assert any(said in problem for problem in caught.value.problems), caught.value.problems


def test_what_is_left_at_the_top_is_the_methods_own() -> None:
    plain = load(SMALLEST, "a")
    own = load(SMALLEST + '[top]\nevery = "12h"\nto = ["handler"]\n', "a")
    assert (plain.top, own.top) == (Top(), Top(every=Duration(12, "h"), to=("handler",)))
    assert load(SMALLEST + "[top]\nurgency = []\n", "a").top.urgency == ()
    assert differences(plain, own) == [
        "到了最上一级，多久提醒一次：不限 → 12小时",
        "到了最上一级，告诉谁：上级、镇管理员 → 承办人",
    ]
    with pytest.raises(MethodError, match=r"top · urgency：不认识“emergencies”"):
        load(SMALLEST + '[top]\nurgency = ["emergencies"]\n', "a")
