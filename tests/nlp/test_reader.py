from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.lexicon import Rule, shipped
from nlp.reader import Name, Reader
from nlp.reading import KINDS, URGENCIES

SENTENCES = [
    tuple(line.split("\t"))
    for line in Path(__file__).with_name("sentences.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(
    ("kind", "field", "urgency", "text"), SENTENCES, ids=[row[3] for row in SENTENCES]
)
def test_villagers_sentences(
    reader: Reader, kind: str, field: str, urgency: str, text: str
) -> None:
    reading = reader.read(text)
    said = f"{reading.kind}.{reading.subkind[0]}" if reading.subkind else reading.kind
    got = (said, reading.field, reading.urgency)
    expected = (kind, field, urgency)
    assert tuple(g if e != "-" else "-" for g, e in zip(got, expected, strict=True)) == expected


@pytest.mark.parametrize(
    ("text", "topic", "ledger"),
    [
        ("村口路灯坏了一个星期了，晚上走路害怕", "路灯", "民生"),
        ("低保要什么材料", "低保", "困难群众"),
        ("河边电线断了掉地上", "用电安全", "民生"),
        ("儿子不养我", "赡养", "稳定"),
        ("老板欠我们工资跑了", "拖欠工资", "民生"),
        ("高速路占的地", "征地补偿", "稳定"),
        ("水费没给开票", "自来水", "民生"),
        ("饭店不开发票", "税务", "民生"),
    ],
)
def test_topic_and_ledger(reader: Reader, text: str, topic: str, ledger: str) -> None:
    reading = reader.read(text)
    assert (reading.topic, reading.ledger) == (topic, ledger)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("老公打我", "violence_home"),
        ("不想活了", "self_harm"),
        ("着火了快来人", "life"),
        ("举报村主任贪污低保款", "official"),
        ("反映三次了没人管", "repeat"),
        ("我们全组联名要求修路", "group"),
        ("太过分了，再不管就上访", "anger"),
        ("不敢说名字，怕报复", "fear"),
        ("【收到不支持的消息类型，暂无法显示】", "placeholder"),
        ("ཁྱེད་རང་བདེ་མོ་ཡིན་ནམ", "minority"),
    ],
)
def test_signals(reader: Reader, text: str, signal: str) -> None:
    assert signal in reader.read(text).signals


@pytest.mark.parametrize("text", ["村主任什么时候在村里", "谢谢书记", "书记家门口路灯坏了"])
def test_naming_a_cadre_accuses_nobody(reader: Reader, text: str) -> None:
    assert "official" not in reader.read(text).signals


def test_an_empty_text_and_an_essay(reader: Reader) -> None:
    assert reader.read("").kind == "other"
    essay = "我们村的路烂了，下雨天全是泥。" * 200
    assert reader.read(essay).field == "交通运输"


def test_voice_without_punctuation(reader: Reader) -> None:
    reading = reader.read(
        "那个我是石墙村三组的我们这边那个路灯嘛坏了好久了晚上黑得很能不能来个人修一下"
    )
    assert (reading.kind, reading.topic) == ("grievance", "路灯")
    assert reading.places[0].name == "石墙村三组"


def test_a_towns_own_words_count(reader: Reader) -> None:
    assert reader.read("亮堂堂咋样了").topic == ""
    own = Reader(shipped(), layer=[Rule("topic:路灯", "亮堂堂", 3.0)])
    assert own.read("亮堂堂咋样了").topic == "路灯"


def test_only_among_the_given_fields() -> None:
    narrow = Reader(shipped(), among=("教育文体", "环境保护"))
    assert narrow.read("学校旁边路灯坏了，垃圾也没人收").field in ("教育文体", "环境保护")


ANY = st.text(alphabet="路灯坏了没水低保怎么办举报村主任着火？，三组谢 1a\n😂ཁ", max_size=40)


@given(ANY)
def test_every_text_has_a_reading(reader: Reader, text: str) -> None:
    reading = reader.read(text)
    assert reading == reader.read(text)
    assert reading.kind in KINDS
    assert reading.urgency in URGENCIES
    assert 0 <= reading.confidence <= 1
    assert (reading.subkind != "") == (reading.kind == "report")
    assert reading.parts


@given(st.sampled_from(SENTENCES))
def test_white_space_and_full_width_change_nothing(reader: Reader, row: tuple[str, ...]) -> None:
    text = row[3]
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isdecimal() and c.isascii() else c for c in text)
    spaced = re.sub(r"([\u4e00-\u9fff])", r" \1 ", wide)
    assert reader.read(spaced) == reader.read(text)


DANGERS = [
    (line[0], line[2:])
    for line in Path(__file__).with_name("dangers.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("what", "text"), DANGERS, ids=[row[1] for row in DANGERS])
def test_dangers_and_misconduct(reader: Reader, what: str, text: str) -> None:
    reading = reader.read(text)
    if what in "EN":
        assert (reading.urgency == "emergency") is (what == "E")
    else:
        assert (reading.subkind == "misconduct") is (what == "M")


def test_who_calls_for_help_is_never_taken_for_chatter(reader: Reader) -> None:
    emergencies = [text for what, text in DANGERS if what == "E"]
    assert all(reader.read(text).kind != "other" for text in emergencies)


def test_the_name_of_a_village_tells_no_topic() -> None:
    village = Reader(shipped(), [Name("枫树湾村", "枫树湾村", "fengshuwan")])
    assert village.read("枫树湾村安的路灯只亮了两天").topic == "路灯"


def test_a_persons_name_tells_no_topic() -> None:
    named = Reader(shipped(), people=["李守田", "高水清"])
    assert named.read("李守田不接我电话").field != "农村农业"
    assert named.read("高水清家后面的路灯不亮").topic == "路灯"
    assert named.read("李守田家的自来水停了").topic == "自来水"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("砖厂旁边的水渠堵了", "农田水利"),
        ("砖厂的水渠堵了", "农田水利"),
        ("砖厂冒黑烟", "大气污染"),
    ],
)
def test_where_it_is_says_nothing_about_what_it_is(text: str, topic: str) -> None:
    village = Reader(shipped(), [Name("砖厂", "石墙村三组砖厂", "zhuanchang")])
    assert village.read(text).topic == topic


@pytest.mark.parametrize("number", ["41203456", "11012345", "20251201"])
def test_the_digits_of_a_number_are_no_words(reader: Reader, number: str) -> None:
    found = reader.read(f"补充{number} 他又收钱了")
    assert (found.subkind, found.topic) == ("misconduct", "")
    assert reader.read("电话15111012020").topic == ""
    assert reader.read("120怎么还不来").topic == "看病就医"
