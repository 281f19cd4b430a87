"""What the service itself refuses. `where` begins with / where it is a JSON pointer."""

from collections.abc import Mapping

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BadJson(Refusal):
    """A body is no JSON object that can be read in one way only."""

    code = "bad_json"
    sort = Sort.MALFORMED
    what = Text("正文无法读取：{reason}", "the body cannot be read: {reason}")
    fix = Text(
        "请发送一个 JSON 对象（RFC 8259），UTF-8 编码，每个名称只出现一次",
        "Send one JSON object (RFC 8259) in UTF-8, with each name once",
    )


class BadRequest(Refusal):
    """A request is not one that HTTP knows, as without a host."""

    code = "bad_request"
    sort = Sort.MALFORMED
    what = Text("请求有误：{reason}", "the request is wrong: {reason}")
    fix = Text("请按 RFC 9110 发送请求", "Send it as RFC 9110 says")


class BadField(Refusal):
    """A field has a value that it cannot have."""

    code = "bad_field"
    sort = Sort.MALFORMED
    what = Text("字段 {field} 有误：{reason}", "the field {field} is wrong: {reason}")
    fix = Text("请对照 /v1/openapi.json 中该操作的格式", "Compare the operation's schema in /v1/openapi.json")

    def __init__(self, where: str, **details: object) -> None:
        """Refuse the field at a JSON pointer."""
        super().__init__(where or "/", field=where or "/", **details)


class MissingField(Refusal):
    """A field is missing that the command needs."""

    code = "missing_field"
    sort = Sort.MALFORMED
    what = Text("缺少字段 {name}", "the field {name} is missing")
    fix = Text("请补上该字段", "Send it, too")


class UnknownField(Refusal):
    """A field is none of the command's, or the path says it already."""

    code = "unknown_field"
    sort = Sort.MALFORMED
    what = Text("没有名为 {name} 的字段", "there is no field {name} here")
    fix = Text(
        "请去掉它；路径中的编号不在正文中重复",
        "Leave it out; what the path says does not stand in the body again",
    )


class BodyTooLarge(Refusal):
    """A body is larger than any command needs."""

    code = "body_too_large"
    sort = Sort.MALFORMED
    what = Text("正文超过 {most} 字节", "the body has more than {most} bytes")
    fix = Text("请缩短，或分成几个请求", "Make it shorter, or several requests of it")


class BodyTooSlow(Refusal):
    """A body did not come in time."""

    code = "body_too_slow"
    sort = Sort.UNAVAILABLE
    what = Text("正文未在 {seconds} 秒内到齐", "the body did not come within {seconds} s")
    fix = Text("请带同一幂等键重发", "Send it again, with the same idempotency key")


class NotJson(Refusal):
    """A body says that it is something else than JSON."""

    code = "not_json"
    sort = Sort.MALFORMED
    what = Text("正文的类型是 {said!r}", "the body says that it is {said!r}")
    fix = Text("请写 Content-Type: application/json", "Write Content-Type: application/json")


class NoSuchPath(Refusal):
    """Nothing stands at a path."""

    code = "no_such_path"
    sort = Sort.NOT_FOUND
    what = Text("此路径没有任何操作", "no operation has this path")
    fix = Text("全部操作见 /v1/docs", "All operations are listed at /v1/docs")


class BadMethod(Refusal):
    """A path is not asked by this method."""

    code = "bad_method"
    sort = Sort.MALFORMED
    what = Text("此路径不接受 {method}", "this path takes no {method}")
    fix = Text("可用的方法见响应头 Allow，全部操作见 /v1/docs", "See Allow, and all operations at /v1/docs")


class BadPath(Refusal):
    """An id in a path cannot be read."""

    code = "bad_path"
    sort = Sort.MALFORMED
    what = Text(
        "路径中的编号不是百分号编码的 UTF-8，或含有 U+0000",
        "an id in the path is not percent-encoded UTF-8, or has U+0000",
    )
    fix = Text(
        "除字母、数字、- . _ ~ 外，请按 RFC 3986 编码",
        "Encode all but letters, digits, - . _ ~ as RFC 3986 says",
    )


class BadQuery(Refusal):
    """A parameter of the query is none, or cannot be read."""

    code = "bad_query"
    sort = Sort.MALFORMED
    what = Text("查询参数 {name}：{reason}", "the query's {name}: {reason}")
    fix = Text("此操作的参数见 /v1/docs", "See the operation's parameters at /v1/docs")


class BadHeader(Refusal):
    """A header cannot be read."""

    code = "bad_header"
    sort = Sort.MALFORMED
    what = Text("请求头 {name}：{reason}", "the header {name}: {reason}")
    fix = Text("各请求头的写法见 /v1/docs", "See at /v1/docs how headers are written")


class NotRehearsed(Refusal):
    """A dry run of an operation that has none: it would be done."""

    code = "not_rehearsed"
    sort = Sort.MALFORMED
    what = Text("此操作不能试算", "this operation has no dry run")
    fix = Text("请去掉 Prefer: dry-run，操作即会执行", "Leave out Prefer: dry-run; it is done then")


class NoSuchOperation(Refusal):
    """A command of a batch names an operation that is none, or no command."""

    code = "no_such_operation"
    sort = Sort.NOT_FOUND
    what = Text("没有名为 {name!r} 的命令", "no command is called {name!r}")
    fix = Text(
        "请用 /v1/openapi.json 中的 operationId，如 PlaceOrder",
        "Name it by its operationId in /v1/openapi.json, as PlaceOrder",
    )


class BatchTooLong(Refusal):
    """A batch has more commands than are taken at once."""

    code = "batch_too_long"
    sort = Sort.MALFORMED
    what = Text(
        "共 {count} 条命令，一次最多 {most:,} 条", "it has {count} commands; {most:,} are taken at once"
    )
    fix = Text("请分成几批", "Send several batches")


class ServiceFailed(Refusal):
    """The service failed by an error of its own."""

    code = "service_failed"
    sort = Sort.TROUBLE
    what = Text("服务内部出错", "the service failed")
    fix = Text(
        "请带同一幂等键重试；再次出现时，请将 X-Request-Id 告知运维",
        "Try again with the same idempotency key; if it stays, tell who runs it the X-Request-Id",
    )


class ForeignRequest(Refusal):
    """A request that another site's page had a browser send, or one by another site's name."""

    code = "foreign_request"
    sort = Sort.FORBIDDEN
    what = Text("{name} 是 {said!r}，不是此服务", "{name} is {said!r}, which is not this service")
    fix = Text(
        "请以其回环地址访问，不要由网页跨站访问；经由代理时，请让代理改写 Host",
        "Ask for it by its loopback address, and not from another site's page; have a proxy write Host anew",
    )


class NoCredential(Refusal):
    """A request does not say who asks."""

    code = "no_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("请求未附凭证", "the request has no credential")
    fix = Text(
        "请写 Authorization: Bearer，其后为密钥或会话的全文",
        "Write Authorization: Bearer, and the key or the session behind it",
    )


class NotPermitted(Refusal):
    """What is asked is not for the role of who asks."""

    code = "not_permitted"
    sort = Sort.FORBIDDEN
    what = Text("{role}不得进行 {operation}", "{operation} is not for the role {role}")
    fix = Text(
        "各角色可做之事见 docs/permissions.md；请由相应角色的人或密钥提出",
        "Who may do what is in docs/permissions.md: let a person or a key of such a role ask",
    )


class ScopeMissing(Refusal):
    """A key was not given the scope that an operation needs."""

    code = "scope_missing"
    sort = Sort.FORBIDDEN
    what = Text("此密钥没有“{scope}”权限", "this key has not the scope {scope}")
    fix = Text("请用有此权限的密钥", "Use a key that has it")


class IdNotYours(Refusal):
    """An id is made that does not begin as those of whoever makes it do."""

    code = "id_not_yours"
    sort = Sort.MALFORMED
    what = Text("新编号应以 {begin!r} 开头", "an id that you make begins with {begin!r}")
    fix = Text("请在其后另加自己的编号", "Put a number of your own behind that")


class TooMany(Refusal):
    """A caller asks more often, or for more at once, than it may."""

    code = "too_many"
    sort = Sort.BUSY
    what = Text("请求过于频繁：{bound}", "too many requests: {bound}")
    fix = Text(
        "请按响应头 Retry-After 稍候，带同一幂等键重试",
        "Wait as Retry-After says, and try again with the same idempotency key",
    )


class NotLoopback(Refusal):
    """An address that others can reach, and no name is said by which they do."""

    code = "not_loopback"
    sort = Sort.FORBIDDEN
    what = Text(
        "{host} 可被其他机器访问，而未说明以何名称访问",
        "{host} can be reached from elsewhere, and it is not said by which name",
    )
    fix = Text(
        "请用 --host 127.0.0.1；或以 --allow-host 写明名称，并由反向代理终结 TLS：密钥不得明文传输",
        "Use --host 127.0.0.1; or say the name by --allow-host, behind a proxy that ends TLS: keys are sent",
    )


class AddressTaken(Refusal):
    """A port cannot be listened on."""

    code = "address_taken"
    sort = Sort.BUSY
    what = Text("无法监听：{reason}", "it cannot be listened on: {reason}")
    fix = Text("请先停止占用它的程序，或用 --port 另选", "End what has it, or choose another with --port")


STATUS: Mapping[str, int] = {
    BodyTooLarge.code: 413,
    BatchTooLong.code: 413,
    BodyTooSlow.code: 408,
    NotJson.code: 415,
    BadMethod.code: 405,
}
"""Statuses of RFC 9110 that say more than the one of the refusal's sort."""
