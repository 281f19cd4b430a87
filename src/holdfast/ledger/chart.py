"""The chart of accounts: names are paths that end in their currency, and only some may go below zero.

`psp` mirrors the provider: what came in stands there as a negative sum. `owed` accounts are negative where
somebody owes; `platform/receivables` is their other side. A consumer's `credit` is what is its own: debited
beyond what was owed, or a refund that came back; what it has twice, and must give back, is on `back`. What
authorities froze of a merchant's money is `frozen`. `psp/unassigned` came in and belongs to nobody known;
`psp/fees` is negative by what the provider took for itself. `platform/guarantees` is negative by what was
called of guarantees and not answered: the platform has paid ahead of the issuers.
"""

from holdfast.kernel.money import EXPONENTS

PSP = "psp"
UNASSIGNED = "psp/unassigned"
PROVIDER_FEES = "psp/fees"
FUND = "fund"
FEES = "platform/fees"
ADVANCES = "platform/advances"
LOSSES = "platform/losses"
RECEIVABLES = "platform/receivables"
GUARANTEES = "platform/guarantees"

HELD = "held"
AVAILABLE = "available"
RESERVE = "reserve"
DEPOSIT = "deposit"
OWED = "owed"
CREDIT = "credit"
BACK = "back"
FROZEN = "frozen"

COVER = frozenset({HELD, RESERVE, DEPOSIT})
"""The merchant's accounts that cover claims; `available` is already its own to take."""

MERCHANTS = (HELD, AVAILABLE, RESERVE, DEPOSIT, FROZEN, OWED, BACK)
"""The kinds of a merchant's accounts."""

CONSUMERS = (OWED, CREDIT, BACK)
"""The kinds of a consumer's accounts."""

HOUSES = (
    PSP,
    UNASSIGNED,
    PROVIDER_FEES,
    FUND,
    FEES,
    ADVANCES,
    LOSSES,
    RECEIVABLES,
    GUARANTEES,
)
"""The accounts of the platform, the provider and the fund."""

_DEBIT = "debit/"
_FEE = "fee/"
_DEBTS = frozenset({OWED, BACK})
_MAY_BE_NEGATIVE = frozenset(HOUSES) - {FUND, FEES, UNASSIGNED}
_FIRST_PARTS = frozenset({"merchant", "consumer", *(name.partition("/")[0] for name in HOUSES)})


def merchant(merchant_id: str, kind: str, currency: str) -> str:
    """Return the id of a merchant's account: `merchant/m1/held/CNY`."""
    return f"merchant/{merchant_id}/{kind}/{currency}"


def consumer(consumer_id: str, currency: str, kind: str = OWED) -> str:
    """Return the id of what a consumer owes: `consumer/c1/owed/CNY`, or of another kind: `credit`."""
    return f"consumer/{consumer_id}/{kind}/{currency}"


def house(kind: str, currency: str) -> str:
    """Return the id of an account of the platform, the provider or the fund: `fund/CNY`."""
    return f"{kind}/{currency}"


def charted(account_id: str) -> tuple[str, bool] | None:
    """Return currency and `never_negative` of an account of the chart; None for any other name."""
    stem, _, currency = account_id.rpartition("/")
    if currency not in EXPONENTS:
        return None
    owner, _, kind = stem.rpartition("/")
    if owner.startswith("merchant/") and kind in MERCHANTS:
        return currency, kind not in _DEBTS
    if owner.startswith("consumer/") and kind in CONSUMERS:
        return currency, kind not in _DEBTS
    if stem in HOUSES:
        return currency, stem not in _MAY_BE_NEGATIVE
    return None


def capture(debit_id: str) -> str:
    """Return the id of the transfer that a provider's debit is: `debit/d1`."""
    return f"{_DEBIT}{debit_id}"


def fee(fee_id: str) -> str:
    """Return the id of the transfer that a provider's own fee is: `fee/f1`."""
    return f"{_FEE}{fee_id}"


def is_of_provider(transfer_id: str) -> bool:
    """Tell whether a transfer's id is one that is kept for what a provider tells: debits and its fees."""
    return transfer_id.startswith((_DEBIT, _FEE))


def is_of_chart(account_id: str) -> bool:
    """Tell whether a name is one that the chart keeps for itself, whether such an account can be or not."""
    return account_id.partition("/")[0] in _FIRST_PARTS
