"""Sorts of refusals, from which follow the exit code, the HTTP status, and whether time may heal it."""

from enum import StrEnum
from typing import Self

from holdfast.kernel.text import Text

REFUSED = 1
LATER = 4
FAULT = 5


class Sort(StrEnum):
    """Why a command may not happen, as far as a program must know to go on.

    `exit_code` is the command line's, `status` that of RFC 9110 which an API answers with. `heals` says that
    the same command may be accepted later: what it names is not there yet, it is too early, somebody is busy
    or away. Such an answer is not kept under an idempotency key; a decision, as on a limit or a cover, is.
    """

    exit_code: int
    status: int
    heals: bool
    called: Text

    def __new__(cls, value: str, exit_code: int, status: int, called: Text, *heals: str) -> Self:
        """Make a sort with all that follows from it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.exit_code, member.status, member.called = exit_code, status, called
        member.heals = heals == ("heals",)
        return member

    MALFORMED = "malformed", REFUSED, 400, Text("填写有误", "it is not of its form")
    UNAUTHENTICATED = "unauthenticated", REFUSED, 401, Text("未通过认证", "who asks is not known")
    FORBIDDEN = "forbidden", REFUSED, 403, Text("不得如此", "this one may not")
    NOT_FOUND = "not_found", REFUSED, 404, Text("没有找到", "what it names is not there"), "heals"
    NOT_YET = "not_yet", REFUSED, 409, Text("时候未到", "it does not apply as things stand"), "heals"
    CONFLICT = "conflict", REFUSED, 409, Text("与现状冲突", "it contradicts what is there")
    UNMET = "unmet", REFUSED, 422, Text("条件不足", "a rule, a limit or a need is not met")
    BROKEN = "broken", REFUSED, 422, Text("不能采信", "what was read does not hold: do not rely on it")
    BUSY = "busy", LATER, 429, Text("正忙", "others are before it"), "heals"
    UNAVAILABLE = "unavailable", LATER, 503, Text("暂不可用", "what it needs is away"), "heals"
    TROUBLE = "trouble", FAULT, 500, Text("内部出错", "something failed that should work"), "heals"
