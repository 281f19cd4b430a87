"""Why a movement of money may not happen.

Bare money (`bench.bare`) alone raises some of them. They stay here, because databases have answers that were
stored with these codes, and sort and words of an answer are found by its code.
"""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class Exists(Refusal):
    """The id was used before, for the very same: what was asked for is done already."""

    code = "exists"
    sort = Sort.CONFLICT
    what = Text("同一{kind}此前已建立", "the same {kind} was made before")
    fix = Text("无须再做什么：它只发生了一次", "Nothing is to be done: it happened once, and only once")


class ExistsWithDifferentAmount(Refusal):
    """The id was used before, with another amount."""

    code = "exists_with_different_amount"
    sort = Sort.CONFLICT
    what = Text(
        "此编号已用于 {recorded}，而非 {asked}（最小货币单位）",
        "this id was used for {recorded} minor units, not {asked}",
    )
    fix = Text("另一笔转账请用新编号", "Use a fresh id for another transfer")


class ExistsWithDifferentAccounts(Refusal):
    """The id was used before, between other accounts, in another currency or for another hold."""

    code = "exists_with_different_accounts"
    sort = Sort.CONFLICT
    what = Text("此编号已用于 {recorded}", "this id was used from {recorded}")
    fix = Text("另一笔转账请用新编号", "Use a fresh id for another transfer")


class AccountsMustDiffer(Refusal):
    """A transfer from an account to itself."""

    code = "accounts_must_differ"
    sort = Sort.MALFORMED
    what = Text("转出与转入是同一账户", "it would take from and give to the same account")
    fix = Text("请写两个不同的账户", "Name two accounts")


class AmountMustBePositive(Refusal):
    """Zero, or less."""

    code = "amount_must_be_positive"
    sort = Sort.MALFORMED
    what = Text("金额为 {amount}", "the amount is {amount}")
    fix = Text("请填大于零的整数，单位为最小货币单位", "Send a whole number of minor units above zero")


class CurrenciesMustMatch(Refusal):
    """An account keeps another currency."""

    code = "currencies_must_match"
    sort = Sort.MALFORMED
    what = Text("账户币种为 {kept}，金额币种为 {asked}", "the account keeps {kept}, the amount is in {asked}")
    fix = Text("请用该币种的账户", "Use an account of that currency")


class InsufficientFunds(Refusal):
    """An account that is never negative would be."""

    code = "insufficient_funds"
    sort = Sort.UNMET
    what = Text(
        "可用 {available}，请求 {asked}（最小货币单位）",
        "{available} minor units are available, {asked} are asked for",
    )
    fix = Text("请降低金额，或先存入 {missing}", "Lower the amount, or fund the account with {missing} first")


class BalanceOverflow(Refusal):
    """A balance would leave the 64-bit range."""

    code = "balance_overflow"
    sort = Sort.UNMET
    what = Text("余额将超过 2^63 - 1 个最小货币单位", "a balance would exceed 2^63 - 1 minor units")
    fix = Text("请核对金额", "Check the amount")


class ExceedsHold(Refusal):
    """More would be posted than the hold reserves."""

    code = "exceeds_hold"
    sort = Sort.UNMET
    what = Text(
        "尚余冻结 {open}，请求 {asked}（最小货币单位）",
        "{open} minor units are still reserved, {asked} are asked for",
    )
    fix = Text("入账不得超过冻结余额", "Post at most what is reserved")


class TransferOfCaptures(Refusal):
    """The id is one that a provider's debit, or its own fee, has."""

    code = "transfer_of_debits"
    sort = Sort.FORBIDDEN
    what = Text(
        "以此开头的编号留给支付机构告知的款项", "ids that begin like this are kept for what a provider tells"
    )
    fix = Text("请为转账另用编号", "Use another id for the transfer")


class AccountOfChart(Refusal):
    """The account is one of the chart: only what happens to orders, claims and deposits moves its money."""

    code = "account_of_chart"
    sort = Sort.FORBIDDEN
    what = Text(
        "此账户由 Holdfast 自行记账，用于订单、索赔和保证金",
        "Holdfast keeps this account itself, for orders, claims and deposits",
    )
    fix = Text(
        "请用对应的命令（退款、保证金、追偿），或另设账户",
        "Use the command for what happened (a refund, a deposit, a recovery), or an account of your own",
    )


class AlreadyReversed(Refusal):
    """A transfer is reversed once only."""

    code = "already_reversed"
    sort = Sort.CONFLICT
    what = Text("此前已由 {reversal} 冲正", "it was reversed before, by {reversal}")
    fix = Text("无须再做什么", "Nothing is to be done")


class ExpiresInThePast(Refusal):
    """The hold would have expired already."""

    code = "expires_in_the_past"
    sort = Sort.MALFORMED
    what = Text(
        "冻结将于 {expires} 到期，而现在是 {now}", "the hold would expire at {expires}, and it is {now}"
    )
    fix = Text("请填更晚的时间，或不设期限", "Give a later time, or none")
