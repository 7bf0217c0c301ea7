"""What the fake Tencent keeps for a 公众号: its menu, QR codes, templates, uploads, who logs in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MEDIA_UPLOAD = "/cgi-bin/media/upload"
TEMPLATE_SEND = "/cgi-bin/message/template/send"
SUBSCRIPTION_SEND = "/cgi-bin/message/subscribe/bizsend"
TEMPLATES = "/cgi-bin/template/get_all_private_template"
SUBSCRIPTIONS = "/wxaapi/newtmpl/gettemplate"
MENU_GET = "/cgi-bin/menu/get"
MENU_CREATE = "/cgi-bin/menu/create"
QRCODE_CREATE = "/cgi-bin/qrcode/create"
TICKET = "/cgi-bin/ticket/getticket"
OAUTH = "/sns/oauth2/access_token"
AUTHORIZE = "/connect/oauth2/authorize"
AGENT_GET = "/cgi-bin/agent/get"
USER_GET = "/cgi-bin/user/get"
DEPARTMENT_LIST = "/cgi-bin/department/list"
USER_LIST = "/cgi-bin/user/list"

NOTICES = (TEMPLATE_SEND, SUBSCRIPTION_SEND)
POSTS = (MEDIA_UPLOAD, TEMPLATE_SEND, SUBSCRIPTION_SEND, MENU_CREATE, QRCODE_CREATE)
GETS = (
    TEMPLATES, SUBSCRIPTIONS, MENU_GET, TICKET, AGENT_GET, USER_GET, DEPARTMENT_LIST, USER_LIST,
)  # fmt: skip

Json = dict[str, Any]


@dataclass(frozen=True)
class Notice:
    """A template message or a subscription notice that was taken; how it ended is told later."""

    path: str
    openid: str
    template: str
    number: int


@dataclass
class Account:
    """Behaves as a 认证服务号 that nothing has been set up for yet."""

    menu: Json | None = None
    qrcodes: dict[str, str] = field(default_factory=dict)  # scene → ticket
    templates: list[Json] = field(default_factory=list)
    subscriptions: list[Json] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    uploads: dict[str, bytes] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)  # OAuth code → openid
    users: set[str] = field(default_factory=set)  # userids in the app's visible range; empty: all
    departments: list[Json] = field(
        default_factory=list
    )  # of the address book, as they are answered
    members: list[Json] = field(default_factory=list)
    login: str = "oZhang"  # who is on the phone that is sent to AUTHORIZE
    _ids: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def answer(self, path: str, query: Mapping[str, str], payload: Mapping[str, Any]) -> Json:
        if path == MEDIA_UPLOAD:
            name = f"UPLOADED-{next(self._ids)}"
            self.uploads[name] = payload["content"]
            return {"type": query.get("type", ""), "media_id": name, "created_at": 0}
        if path in NOTICES:
            number = 9000 + next(self._ids)
            notice = Notice(path, payload["touser"], payload["template_id"], number)
            self.notices.append(notice)
            return {"errcode": 0, "errmsg": "ok", "msgid": number}
        if path == MENU_CREATE:
            self.menu = dict(payload)
            return {"errcode": 0, "errmsg": "ok"}
        if path == MENU_GET:
            return {"menu": self.menu} if self.menu else {"errcode": 46003, "errmsg": "no menu"}
        if path == QRCODE_CREATE:
            scene = payload["action_info"]["scene"]["scene_str"]
            self.qrcodes[scene] = ticket = f"TICKET-{scene}"
            return {"ticket": ticket, "url": f"http://weixin.qq.com/q/{ticket}"}
        if path == TICKET:
            return {"errcode": 0, "errmsg": "ok", "ticket": "JSAPI-TICKET", "expires_in": 7200}
        return self._known(path, query)

    def _known(self, path: str, query: Mapping[str, str]) -> Json:
        if path == TEMPLATES:
            return {"template_list": self.templates}
        if path == SUBSCRIPTIONS:
            return {"errcode": 0, "errmsg": "ok", "data": self.subscriptions}
        if path == AGENT_GET:
            return {"errcode": 0, "errmsg": "ok", "agentid": query.get("agentid", ""), "close": 0}
        if path == DEPARTMENT_LIST:
            return {"errcode": 0, "errmsg": "ok", "department": self.departments}
        if path == USER_LIST:
            return self._members(int(query["department_id"]))
        userid = query.get("userid", "")
        if self.users and userid not in self.users:
            return {"errcode": 60111, "errmsg": "userid not found"}
        return {"errcode": 0, "errmsg": "ok", "userid": userid}

    def _members(self, department: int) -> Json:
        """Those of one department; not of those below it."""
        found = [each for each in self.members if department in each["department"]]
        return {"errcode": 0, "errmsg": "ok", "userlist": found}

    def code_for(self, openid: str) -> str:
        """A person comes back from the page that asks who they are."""
        code = f"CODE-{next(self._ids)}"
        self.codes[code] = openid
        return code

    def exchange(self, query: Mapping[str, str]) -> Json:
        """A code is good once."""
        openid = self.codes.pop(query.get("code", ""), None)
        if openid is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {
            "openid": openid,
            "access_token": "OAUTH",
            "expires_in": 7200,
            "scope": "snsapi_base",
        }
