"""Why a movement of money may not happen."""

from holdfast.kernel.refusal import Refusal


class Exists(Refusal):
    """The id was used before, for the very same: what was asked for is done already."""

    code = "exists"
    what = "the same {kind} was made before"
    fix = "Nothing is to be done: it happened once, and only once"


class ExistsWithDifferentAmount(Refusal):
    """The id was used before, with another amount."""

    code = "exists_with_different_amount"
    what = "this id was used for {recorded} minor units, not {asked}"
    fix = "Use a fresh id for another transfer"


class ExistsWithDifferentAccounts(Refusal):
    """The id was used before, between other accounts, in another currency or for another hold."""

    code = "exists_with_different_accounts"
    what = "this id was used from {recorded}"
    fix = "Use a fresh id for another transfer"


class AccountsMustDiffer(Refusal):
    """A transfer from an account to itself."""

    code = "accounts_must_differ"
    what = "it would take from and give to the same account"
    fix = "Name two accounts"


class AmountMustBePositive(Refusal):
    """Zero, or less."""

    code = "amount_must_be_positive"
    what = "the amount is {amount}"
    fix = "Send a whole number of minor units above zero"


class CurrenciesMustMatch(Refusal):
    """An account keeps another currency."""

    code = "currencies_must_match"
    what = "the account keeps {kept}, the amount is in {asked}"
    fix = "Use an account of that currency"


class InsufficientFunds(Refusal):
    """An account that is never negative would be."""

    code = "insufficient_funds"
    what = "{available} minor units are available, {asked} are asked for"
    fix = "Lower the amount, or fund the account with {missing} first"


class BalanceOverflow(Refusal):
    """A balance would leave the 64-bit range."""

    code = "balance_overflow"
    what = "a balance would exceed 2^63 - 1 minor units"
    fix = "Check the amount"


class ExceedsHold(Refusal):
    """More would be posted than the hold reserves."""

    code = "exceeds_hold"
    what = "{open} minor units are still reserved, {asked} are asked for"
    fix = "Post at most what is reserved"


class TransferOfCaptures(Refusal):
    """The id is one that a provider's debit, or its own fee, has."""

    code = "transfer_of_debits"
    what = "ids that begin like this are kept for what a provider tells"
    fix = "Use another id for the transfer"


class AccountOfChart(Refusal):
    """The account is one of the chart: only what happens to orders, claims and deposits moves its money."""

    code = "account_of_chart"
    what = "Holdfast keeps this account itself, for orders, claims and deposits"
    fix = "Use the command for what happened (a refund, a deposit, a recovery), or an account of your own"


class AlreadyReversed(Refusal):
    """A transfer is reversed once only."""

    code = "already_reversed"
    what = "it was reversed before, by {reversal}"
    fix = "Nothing is to be done"


class ExpiresInThePast(Refusal):
    """The hold would have expired already."""

    code = "expires_in_the_past"
    what = "the hold would expire at {expires}, and it is {now}"
    fix = "Give a later time, or none"
