"""The services of the intake: the topics 主题 of the lexicon, below the fields 领域 that they lie in."""

from __future__ import annotations

from functools import cache
from typing import Any

from nlp.lexicon import FIELDS, shipped

ATTRIBUTES = (
    ("external_id", "string", True, "贵方的工单号，同一个号只立一件"),
    ("expected_datetime", "datetime", False, "贵方要求办结的时间，带时区"),
    ("urgency", "singlevaluelist", False, "紧急程度，不写就由小格按内容判断"),
)
URGENCIES = (("ordinary", "一般"), ("urgent", "紧急"), ("emergency", "特急"))


@cache
def services() -> list[dict[str, Any]]:
    """Topics, and for what is none of them its field."""
    topics = [(topic.name, topic.field) for topic in shipped().topics.values()]
    return [_service(name, group) for name, group in (*topics, *((f, f) for f in FIELDS))]


def known(code: str) -> bool:
    return code in shipped().topics or code in FIELDS


def definition(code: str) -> dict[str, Any]:
    """What can be said of a matter of this service besides the standard's fields."""
    attributes = [
        {
            "variable": True,
            "code": name,
            "datatype": datatype,
            "required": required,
            "datatype_description": "",
            "order": order,
            "description": description,
            "values": [{"key": key, "name": said} for key, said in URGENCIES]
            if datatype == "singlevaluelist"
            else [],
        }
        for order, (name, datatype, required, description) in enumerate(ATTRIBUTES, 1)
    ]
    return {"service_code": code, "attributes": attributes}


def _service(name: str, group: str) -> dict[str, Any]:
    return {
        "service_code": name,
        "service_name": name,
        "description": "",
        "metadata": True,
        "type": "realtime",
        "keywords": "",
        "group": group,
    }
