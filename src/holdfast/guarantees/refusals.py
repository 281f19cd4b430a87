"""Refusals of guarantees: why one cannot be recorded, or an answer of its issuer."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text, same


class GuaranteeExists(Refusal):
    """The guarantee's id is taken."""

    code = "guarantee_exists"
    sort = Sort.CONFLICT
    what = Text("已有此编号的保函", "a guarantee with this id exists")
    fix = Text("请用新编号；展期须另立一份保函", "Use a fresh id; an extension is a guarantee of its own")


class BadGuarantee(Refusal):
    """The guarantee's terms contradict each other or are out of range."""

    code = "bad_guarantee"
    sort = Sort.MALFORMED
    what = same("{reason}")
    fix = Text(
        "请填开立人、1 至 10^15 的限额，以及晚于开始和现在的到期时间",
        "Send an issuer, a limit of 1 to 10^15, and a term that ends after it starts and after now",
    )


class MoreThanCalled(Refusal):
    """The issuer answers more than it was asked for."""

    code = "more_than_called"
    sort = Sort.UNMET
    what = Text(
        "待付 {most}，登记 {asked}（最小货币单位）", "{most} minor units are open, {asked} are recorded"
    )
    fix = Text(
        "请核对金额和保函编号；登记不得超过待付金额",
        "Check the amount and the guarantee's id; record at most what is open",
    )
