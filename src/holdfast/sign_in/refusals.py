"""Why a way in cannot be set up."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class WeakPassword(Refusal):
    """A password that could be guessed, or that cannot be kept."""

    code = "weak_password"
    sort = Sort.MALFORMED
    what = Text("此密码{reason}", "this password {reason}")
    fix = Text(
        "请用至少 {least} 个字符，最好是几个不相干的词；无须数字或符号",
        "Use {least} characters or more, best some words that have nothing to do with each other;"
        " no digits or signs are asked for",
    )


class SignInRefused(Refusal):
    """No such account, a wrong password, or none is looked at for a while: which of these is not told."""

    code = "sign_in_refused"
    sort = Sort.UNAUTHENTICATED
    what = Text("账号或密码不对，或暂不受理", "this account and password let nobody in now")
    fix = Text(
        "请核对后重试；连续多次错误后，最长 15 分钟内不再受理密码，可用通行密钥等其他方式",
        "Check both, and try again; after several wrong ones in a row no password is looked at for up to"
        " 15 minutes, and other ways in are open",
    )
