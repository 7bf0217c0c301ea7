from __future__ import annotations

import pytest

from nlp.reader import Reader


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("路灯坏了", ("路灯坏了",)),
        ("1、路灯坏了没人修。2、垃圾没人收。", ("1、路灯坏了没人修。", "2、垃圾没人收。")),
        ("村里路灯坏了。另外我妈的低保怎么办理", ("村里路灯坏了。", "另外我妈的低保怎么办理")),
        ("一是路烂了，二是没有自来水", ("一是路烂了", "二是没有自来水")),
        ("路灯坏了。还有，晚上走路害怕", ("路灯坏了。还有，晚上走路害怕",)),
        ("1、路灯坏了。2、灯杆也歪了。", ("1、路灯坏了。2、灯杆也歪了。",)),
    ],
)
def test_a_message_is_cut_where_the_writer_cuts(
    reader: Reader, text: str, parts: tuple[str, ...]
) -> None:
    assert reader.read(text).parts == parts
