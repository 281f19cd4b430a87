"""Why an endpoint cannot be so."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class EndpointExists(Refusal):
    """The id is taken."""

    code = "endpoint_exists"
    sort = Sort.CONFLICT
    what = Text("已有此编号的回调地址", "an endpoint with this id was registered")
    fix = Text("请用新编号；要改动已有的，请用 ChangeEndpoint", "Use another id, or change that one")


class BadEndpointUrl(Refusal):
    """The address of an endpoint is none that can be sent to."""

    code = "bad_endpoint_url"
    sort = Sort.MALFORMED
    what = Text("不能发往此网址：{reason}", "nothing can be sent to this address: {reason}")
    fix = Text(
        "请填 https:// 开头、不含密码与片段、不超过 {most:,} 个字符的网址",
        "Name an https:// URL without a password or fragment, of at most {most:,} characters",
    )


class UnknownFactKind(Refusal):
    """An endpoint wants a kind of facts that there is not."""

    code = "unknown_fact_kind"
    sort = Sort.MALFORMED
    what = Text("没有名为 {kind!r} 的事实", "there are no facts of the kind {kind!r}")
    fix = Text(
        "{meant}全部种类见参考手册；留空即为全部", "{meant}The reference has all kinds; none means all"
    )


class NoScheme(Refusal):
    """An endpoint is to be registered without any way of signing, or with one twice."""

    code = "no_signing_scheme"
    sort = Sort.MALFORMED
    what = Text("签名方式未写，或有重复", "no way of signing is named, or one twice")
    fix = Text("请写 hmac、ed25519，或两者", "Name hmac, ed25519, or both")


class TooManyEndpoints(Refusal):
    """A merchant has as many endpoints as it may have."""

    code = "too_many_endpoints"
    sort = Sort.UNMET
    what = Text("该商家已有 {most} 个回调地址", "the merchant has {most} endpoints")
    fix = Text("请先移除不用的", "Remove one that is not used first")


class BadGrace(Refusal):
    """The old key is to sign for a time that is out of range."""

    code = "bad_grace"
    sort = Sort.MALFORMED
    what = Text("{hours} 小时超出范围", "{hours} hours are out of range")
    fix = Text(
        "旧密钥可继续签名 0 至 {most} 小时；0 为立即作废",
        "The old key may sign for 0 to {most} hours more; 0 ends it at once",
    )


class NothingToChange(Refusal):
    """The endpoint is as it is asked to be."""

    code = "nothing_to_change"
    sort = Sort.CONFLICT
    what = Text("现状已是如此", "it is so already")
    fix = Text("无须再做什么", "Nothing is to be done")


class EndpointChangedSince(Refusal):
    """The endpoint that is to be disabled has another address by now."""

    code = "endpoint_changed_since"
    sort = Sort.CONFLICT
    what = Text("它已改用另一网址", "it has another address by now")
    fix = Text("请查看现状后再决定", "Look at it as it is now, and decide again")


class OneReplayNeeded(Refusal):
    """A replay begins at a position, at a time, or is of one message."""

    code = "one_replay_needed"
    sort = Sort.MALFORMED
    what = Text("写了 {count} 个起点", "{count} beginnings are named")
    fix = Text(
        "from_position、since、message 请只写一个", "Name exactly one of from_position, since and message"
    )


class BadReplay(Refusal):
    """Where a replay is to begin cannot be."""

    code = "bad_replay"
    sort = Sort.MALFORMED
    what = Text("不能由此重发：{reason}", "nothing can be sent again from there: {reason}")
    fix = Text(
        "位置从 0 起；时间不晚于现在；单条消息写其事实的编号（32 位十六进制）",
        "Positions begin at 0; a time is not ahead; one message is named by its fact's id, 32 hexadecimal "
        "digits",
    )
