"""Who may do what: one table, line by line. What has no line nobody may.

Three rules are behind the lines. *Least privilege*: a role has what its work needs. *Separation of duties*:
who reports money does not assign it; who suspends does not reinstate; whose claim it is does not decide it;
who decides claims does nothing else. *A regulator reads everything and writes nothing*.

`own=` are roles that reach what is their own alone: what another owns is answered as if it were not there.
"""

from collections.abc import Mapping
from functools import cache

from holdfast.claims import facts as claim_facts
from holdfast.claims import model as claims
from holdfast.coverage import model as coverage
from holdfast.enforcement import model as enforcement
from holdfast.evidence import model as evidence
from holdfast.guarantees import model as guarantees
from holdfast.house import ROOMS, TASKS, WORDS
from holdfast.journal import model as journal
from holdfast.journal import proposals
from holdfast.kernel.actor import Role
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.ledger import model as ledger
from holdfast.orders import facts as order_facts
from holdfast.orders import model as orders
from holdfast.orders import parts, services
from holdfast.parties import model as parties
from holdfast.policy import model as policy
from holdfast.service.reach import NOBODY, OWNERS, ROLES, Line, may, reads
from holdfast.service.resources import resources
from holdfast.settlement import facts as settlement_facts
from holdfast.settlement import model as settlement
from holdfast.settlement import otherwise, otherwise_facts, received
from holdfast.webhooks import model as webhooks

CONSUMER, MERCHANT, MARKETPLACE, PROVIDER = Role.CONSUMER, Role.MERCHANT, Role.MARKETPLACE, Role.PROVIDER
ARBITER, RISK, FINANCE, OPERATOR = Role.ARBITER, Role.RISK, Role.FINANCE, Role.OPERATOR

COMMANDS: Mapping[type[Command], Line] = {
    # The clock, proposals, policy: who administers.
    journal.ConfirmClock: may(OPERATOR),
    proposals.WithdrawProposal: may(RISK, FINANCE, OPERATOR),
    policy.AdoptPolicy: may(OPERATOR),
    # Parties. Risk suspends; an operator, who did not, ends it.
    parties.RegisterMerchant: may(MARKETPLACE, OPERATOR),
    parties.SuspendMerchant: may(RISK),
    parties.ReinstateMerchant: may(OPERATOR),
    parties.ClearMerchant: may(RISK),
    parties.OpenPayLater: may(MARKETPLACE, own=(CONSUMER,)),
    parties.ClosePayLater: may(MARKETPLACE, own=(CONSUMER,)),
    parties.SetConsumerLimit: may(RISK),
    coverage.RecordPeers: may(RISK),
    # Guarantees are money that somebody else answers for.
    guarantees.RecordGuarantee: may(FINANCE),
    guarantees.ReleaseGuarantee: may(FINANCE),
    guarantees.RecordGuaranteePaid: may(FINANCE),
    guarantees.RecordGuaranteeRefused: may(FINANCE),
    guarantees.RecordIssuerSettled: may(FINANCE),
    # Orders. The shop system says what was ordered, and what a carrier said; each side says what it does.
    orders.PlaceOrder: may(MARKETPLACE),
    orders.ConfirmOrder: may(MARKETPLACE, own=(CONSUMER,)),
    orders.CancelOrder: may(MARKETPLACE, own=(CONSUMER, MERCHANT)),
    parts.SplitOrder: may(MARKETPLACE, own=(MERCHANT,)),
    parts.CancelRest: may(MARKETPLACE, own=(MERCHANT,)),
    orders.ShipOrder: may(MARKETPLACE, own=(MERCHANT,)),
    orders.LoseParcel: may(MARKETPLACE, own=(MERCHANT,)),
    orders.DeliverOrder: may(MARKETPLACE),
    services.PerformOrder: may(MARKETPLACE, own=(MERCHANT,)),
    orders.ConfirmNotice: may(MARKETPLACE, PROVIDER, OPERATOR),
    orders.AskReturn: may(MARKETPLACE, own=(CONSUMER,)),
    orders.RefuseReturn: may(MARKETPLACE, own=(MERCHANT,)),
    orders.AskAfterSales: may(MARKETPLACE, own=(CONSUMER,)),
    orders.AnswerAfterSales: may(MARKETPLACE, own=(MERCHANT,)),
    orders.ReduceOwed: may(MARKETPLACE, own=(MERCHANT,)),
    # Money. The provider reports; finance answers where it does not, and says whose money is whose.
    settlement.RecordCapture: may(PROVIDER, FINANCE),
    settlement.RecordCaptureFailure: may(PROVIDER, FINANCE),
    settlement.ConfirmPayout: may(PROVIDER, FINANCE),
    settlement.FailPayout: may(PROVIDER, FINANCE),
    otherwise.ConfirmRepayment: may(PROVIDER, FINANCE),
    otherwise.FailRepayment: may(PROVIDER, FINANCE),
    otherwise.RetryRepayment: may(FINANCE),
    otherwise.RecordRefundReturned: may(PROVIDER),
    otherwise.RecordPaidTwice: may(PROVIDER),
    otherwise.RecordChargeback: may(PROVIDER),
    otherwise.RecordChargebackWon: may(PROVIDER),
    otherwise.RecordSeizure: may(FINANCE),
    otherwise.RecordFreeze: may(FINANCE),
    otherwise.RecordFreezeLifted: may(FINANCE),
    otherwise.ConfirmDoubt: may(FINANCE),
    otherwise.DismissDoubt: may(FINANCE),
    received.RecordUnassigned: may(PROVIDER),
    received.AssignReceipt: may(FINANCE),
    received.RecordProviderFee: may(PROVIDER),
    settlement.PayDeposit: may(FINANCE),
    settlement.ReturnDeposit: may(FINANCE, own=(MERCHANT,)),
    settlement.CapitaliseFund: may(FINANCE),
    settlement.RecordRecovery: may(FINANCE),
    settlement.Refund: may(MARKETPLACE, own=(MERCHANT,)),
    # Evidence and claims. Neither side decides, and who decides does nothing else.
    evidence.RecordEvidence: may(MARKETPLACE, RISK, own=(CONSUMER, MERCHANT)),
    evidence.RecordCustody: may(MARKETPLACE, RISK),
    claims.OpenClaim: may(MARKETPLACE, own=(CONSUMER,)),
    claims.UpholdClaim: may(ARBITER),
    claims.RejectClaim: may(ARBITER),
    orders.ConfirmReturn: may(MARKETPLACE, own=(MERCHANT,)),
    orders.WithdrawDelivery: may(MARKETPLACE),
    # Enforcement: several people, of whichever of the two.
    enforcement.DeclareAbsconded: may(RISK, OPERATOR),
    enforcement.WithdrawDeclaration: may(RISK, OPERATOR),
    # Where facts are sent to leads out of the house: the platform says so, and for a merchant, too.
    webhooks.RegisterEndpoint: may(OPERATOR),
    webhooks.ChangeEndpoint: may(OPERATOR),
    webhooks.RotateSecret: may(OPERATOR),
    webhooks.EnableEndpoint: may(OPERATOR),
    webhooks.DisableEndpoint: may(OPERATOR),
    webhooks.RemoveEndpoint: may(OPERATOR),
    webhooks.ReplayDeliveries: may(OPERATOR),
    webhooks.TryEndpoint: may(OPERATOR),
}
"""Commands that come in by the service."""

UNSAID: Mapping[type[Command], Mapping[Role, frozenset[str]]] = {
    # That a parcel was taken back is for whoever has it again to say: else it is kept, and nothing owed.
    orders.CancelOrder: {CONSUMER: frozenset({"taken_back"})},
}
"""Fields that a role leaves out of a command that it may send."""

NEW_IDS: Mapping[type[Command], Mapping[str, str]] = {
    claims.OpenClaim: {"claim_id": "order_id"},
    parts.SplitOrder: {"parts": "order_id"},
}
"""Fields with ids that are made, by the field whose id they begin with where it is an owner that makes them.

So no owner comes upon an id that another one has taken, and learns of it.
"""

ROWS: Mapping[type[Row], Line] = {
    policy.AdoptedPolicy: reads(*ROLES),  # the rules of a platform are public (电子商务法 33)
    coverage.Coverage: reads(*ROLES),  # and so is how far claims on a merchant are covered
    coverage.Peers: reads(RISK, OPERATOR),
    parties.Merchant: reads(MARKETPLACE, RISK, FINANCE, OPERATOR, own=(MERCHANT,)),
    parties.Consumer: reads(MARKETPLACE, RISK, FINANCE, OPERATOR, own=(CONSUMER,)),
    parties.Owner: reads(RISK, OPERATOR),
    orders.Order: reads(MARKETPLACE, ARBITER, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    services.Statement: reads(MARKETPLACE, ARBITER, FINANCE, own=(CONSUMER, MERCHANT)),
    orders.Snapshot: reads(MARKETPLACE, ARBITER, RISK),  # whoever can guess one would learn that it was sold
    evidence.Evidence: reads(MARKETPLACE, ARBITER, RISK, own=(CONSUMER, MERCHANT)),
    settlement.Claim: reads(MARKETPLACE, ARBITER, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    guarantees.Guarantee: reads(RISK, FINANCE, own=(MERCHANT,)),
    settlement.Payout: reads(RISK, FINANCE, OPERATOR, own=(MERCHANT,)),
    settlement.Debt: reads(RISK, FINANCE, own=(MERCHANT,)),
    settlement.Recovery: reads(RISK, FINANCE),
    otherwise.Repayment: reads(FINANCE, own=(CONSUMER,)),
    otherwise.RepaymentPayment: reads(FINANCE),
    otherwise.OwedBack: reads(FINANCE, own=(CONSUMER,)),
    otherwise.PaidOtherwise: reads(FINANCE),
    otherwise.Taking: reads(RISK, FINANCE, own=(MERCHANT,)),
    otherwise.Freeze: reads(RISK, FINANCE, own=(MERCHANT,)),
    otherwise.Doubt: reads(FINANCE),
    received.Receipt: reads(FINANCE),
    ledger.Account: reads(FINANCE),
    ledger.Hold: reads(FINANCE),
    ledger.Transfer: reads(FINANCE),
    proposals.Proposal: reads(RISK, FINANCE, OPERATOR),
    webhooks.WebhookEndpoint: reads(OPERATOR),
    enforcement.WindDown: reads(RISK, FINANCE, OPERATOR, own=(MERCHANT,)),
}
"""Rows that are read. A list reaches what is an owner's own where such rows are listed of owners."""

_RATIO = frozenset({"currency", "exposure_minor", "cover_minor", "short"})
_BESIDE_RATIO = frozenset(coverage.Coverage.__struct_fields__) - _RATIO - {"id"}
_PROCEEDS = (
    *("advanced_minor", "held_minor", "reserve_minor", "reserve_until", "release_at"),
    *("exposed_minor", "fee_from_minor", "loss_minor"),
)

HIDDEN: Mapping[type[Row], Mapping[Role, frozenset[str]]] = {
    # The ratio is public; from what it is worked out is a merchant's business, and how it is judged ours.
    coverage.Coverage: dict.fromkeys((CONSUMER, MERCHANT, PROVIDER, ARBITER, MARKETPLACE), _BESIDE_RATIO),
    # What becomes of its proceeds is the merchant's; how a consumer is dunned is the consumer's.
    orders.Order: {
        CONSUMER: frozenset(_PROCEEDS),
        MERCHANT: frozenset({"overdue_at", "reminders", "late_asked_at", "loss_minor"}),
        ARBITER: frozenset({*_PROCEEDS, "overdue_at", "reminders"}),
    },
    settlement.Claim: {CONSUMER: frozenset({"hold_id"})},
    parties.Merchant: {MARKETPLACE: frozenset({"owner_ids"}), FINANCE: frozenset({"owner_ids"})},
    enforcement.WindDown: {MERCHANT: frozenset({"declared_by"})},
}
"""Fields of rows that a role does not see."""

FACTS: Mapping[str, Line] = {
    "journal": reads(OPERATOR),
    "ledger": reads(FINANCE),
    "policy": reads(*ROLES),
    "parties": reads(MARKETPLACE, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    "access": reads(OPERATOR, own=(CONSUMER, MERCHANT)),  # keys and people of its own, and who read about it
    "coverage": reads(RISK, FINANCE, OPERATOR, own=(MERCHANT,)),
    "guarantees": reads(RISK, FINANCE, own=(MERCHANT,)),
    "orders": reads(MARKETPLACE, ARBITER, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    "settlement": reads(MARKETPLACE, RISK, FINANCE, own=(CONSUMER, MERCHANT)),
    "evidence": reads(MARKETPLACE, ARBITER, RISK, own=(CONSUMER, MERCHANT)),
    "claims": reads(MARKETPLACE, ARBITER, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    "enforcement": reads(MARKETPLACE, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    "webhooks": reads(OPERATOR),
}
"""Facts, by the room that tells them."""

_REQUEST = reads(MARKETPLACE, PROVIDER, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT))
_OF_PROCEEDS = reads(MARKETPLACE, RISK, FINANCE, own=(MERCHANT,))
_OF_CONSUMER = reads(MARKETPLACE, RISK, FINANCE, own=(CONSUMER,))

FACTS_APART: Mapping[type[FactBody], Line] = {
    # What a provider is asked to do.
    order_facts.CaptureNoticeAsked: _REQUEST,
    settlement_facts.CaptureAsked: _REQUEST,
    settlement_facts.PayoutAsked: reads(MARKETPLACE, PROVIDER, RISK, FINANCE, own=(MERCHANT,)),
    otherwise_facts.RepaymentAsked: reads(MARKETPLACE, PROVIDER, FINANCE, own=(CONSUMER,)),
    # What becomes of its proceeds is the merchant's.
    settlement_facts.ProceedsAdvanced: _OF_PROCEEDS,
    settlement_facts.AdvanceTakenBack: _OF_PROCEEDS,
    settlement_facts.ProceedsReleased: _OF_PROCEEDS,
    settlement_facts.ReserveReleased: _OF_PROCEEDS,
    claim_facts.KeptForClaim: _OF_PROCEEDS,
    # How a consumer pays, is dunned, and what it is given back is the consumer's.
    order_facts.ReminderDue: _OF_CONSUMER,
    settlement_facts.CaptureFailed: _OF_CONSUMER,
    settlement_facts.OrderWrittenOff: _OF_CONSUMER,
    otherwise_facts.DebitedBeyond: _OF_CONSUMER,
    otherwise_facts.RepaymentConfirmed: _OF_CONSUMER,
    otherwise_facts.RepaymentFailed: _OF_CONSUMER,
    otherwise_facts.RefundReturned: _OF_CONSUMER,
    otherwise_facts.PaidTwice: _OF_CONSUMER,
    otherwise_facts.OwedBackReturned: _OF_CONSUMER,
    otherwise_facts.DebitDoubted: reads(FINANCE),
    otherwise_facts.DoubtConfirmed: reads(FINANCE),
    otherwise_facts.DoubtDismissed: reads(FINANCE),
    # Who is suspected of what, until it is acted upon, is for those who act.
    enforcement.AbscondingDeclared: reads(RISK, OPERATOR),
    enforcement.DeclarationWithdrawn: reads(RISK, OPERATOR),
    parties.MerchantCleared: reads(RISK, FINANCE, OPERATOR),
}
"""Facts of which others are told than of the rest of their room."""

HIDDEN_IN_FACTS: Mapping[Role, frozenset[str]] = {
    CONSUMER: frozenset(
        {
            *_PROCEEDS,
            *("payout_held_minor", "fresh_minor", "lacking_minor", "deposit_minor", "met_minor", "was_short"),
            *("to_order_minor", "to_available_minor", "to_deposit_minor", "to_platform_minor", "twice_minor"),
            *(f"from_{source}_minor" for source in ("order", "available", "reserve", "deposit", "platform")),
            *(f"from_{source}_minor" for source in ("fund", "guarantee", "credit")),
        }
    ),
    MERCHANT: frozenset({"loss_minor", "declared_by", "from_platform_minor", "from_credit_minor"}),
}
"""Fields of facts that a role does not see. Of who acted, an owner is told the role alone."""

OTHERS: Mapping[str, Line] = {
    # In a sandbox: whose clock it is.
    "get_test_clock": reads(*ROLES),
    "advance_test_clock": may(MARKETPLACE, OPERATOR),
    # Each command in it is asked for by itself.
    "batch": may(MARKETPLACE, PROVIDER, RISK, FINANCE, OPERATOR, own=(CONSUMER, MERCHANT)),
    "list_tasks": reads(ARBITER, RISK, FINANCE, OPERATOR),  # of these, whichever the role can answer
}
"""Operations that are neither commands nor rows, by their names. Facts are in `FACTS`."""

EVERY_KIND = frozenset(kind.__name__ for kind in WORDS)
"""The kinds of all facts."""

OPEN = frozenset({"live", "ready", "get_problem", "openapi", "docs"})
"""Operations that ask nobody who they are."""


PUBLIC = frozenset(
    {
        *("list_policies", "get_policies", "list_coverages", "get_coverages", "list_peers", "get_peers"),
        "get_test_clock",
    }
)
"""Operations that are about nobody's private data: who reads by them is not put on record."""


@cache
def lines() -> Mapping[str, Line]:
    """Return the line of each operation, by its name."""
    found = {command.__name__: line for command, line in COMMANDS.items()} | dict(OTHERS)
    for each in resources():
        line, name = ROWS.get(each.kind, NOBODY), each.name.replace("-", "_")
        found[f"get_{name}"] = line
        found[f"list_{name}"] = line if each.listed_of_owners else line._replace(own=frozenset())
    readers = frozenset[Role]().union(*(line.everything for line in (*FACTS.values(), *FACTS_APART.values())))
    return found | dict.fromkeys(("list_facts", "get_fact"), Line(readers - OWNERS, OWNERS))


def line_of(operation: str) -> Line:
    """Return who may do an operation, by its name; nobody, where the table has no line."""
    return lines().get(operation, NOBODY)


@cache
def fact_lines() -> Mapping[str, Line]:
    """Return who is told of each kind of facts, by the kind's name."""
    return {
        kind.__name__: FACTS_APART.get(kind, FACTS.get(room.name, NOBODY))
        for room in ROOMS
        for kind in room.words
    }


@cache
def kinds_told(role: Role) -> frozenset[str]:
    """Return the kinds of facts that a role is told of: of all, or of what is its own."""
    return frozenset(kind for kind, line in fact_lines().items() if line.reach(role) is not None)


@cache
def tasks_of(role: Role) -> frozenset[str]:
    """Return the kinds of tasks that a role is shown: what it can answer; an operator, what nobody can."""
    return frozenset(
        kind.name
        for kind in TASKS
        if role is Role.REGULATOR
        or (role is OPERATOR and not kind.may)
        or any(COMMANDS.get(each.command, NOBODY).reach(role) for each in kind.may)
    )
