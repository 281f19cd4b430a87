"""Why somebody may not come in, or may not be let in."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BadCredential(Refusal):
    """A credential lets nobody in: it has no such form, names nothing, or its secret is another."""

    code = "bad_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("凭证无效", "this credential lets nobody in")
    fix = Text(
        "请核对所发送的密钥或会话；遗失的密钥无法找回，请换发",
        "Check which key or session is sent; a lost key is not found again: have another one issued",
    )


class ExpiredCredential(Refusal):
    """A key or a session was right, and its time is over."""

    code = "expired_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("此凭证已于 {at} 到期", "this credential ended at {at}")
    fix = Text("密钥到期请换发；会话到期请重新登录", "Have the key replaced, or sign in again")


class RevokedCredential(Refusal):
    """A key or a session was right, and somebody ended it."""

    code = "revoked_credential"
    sort = Sort.UNAUTHENTICATED
    what = Text("此凭证已被撤销", "this credential was ended by somebody")
    fix = Text(
        "请重新登录，或向管理密钥的人查询原因",
        "Sign in again, or ask whoever manages the keys for the reason",
    )
