"""A market with something of every sort, and how each of its rows is tampered with for the audit to see.

A check that is added is shown here to find something: a line of TAMPERED, and where the market has no row of
that sort, a command in TOLD.
"""

from collections.abc import Callable, Iterator
from random import Random

from msgspec.structs import replace

from access_makers import HASH, ISSUER, SECRET_HASH, drawn
from histories import START, Provider, opening, policy, sale, standing
from holdfast.access.keys import IssueKey
from holdfast.access.model import (
    ApiKey,
    Identity,
    Invitation,
    Method,
    Passkey,
    Person,
    PersonStatus,
    Session,
)
from holdfast.access.people import EnrolPerson, InvitePerson, LinkIdentity
from holdfast.access.rules import identity_key, passkey_id
from holdfast.access.ways import AddPasskey, BeginSession, SetPassword
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import DeclareAbsconded, WindDown
from holdfast.engine.memory import Memory
from holdfast.evidence.model import Evidence
from holdfast.evidence.rules import digest_of
from holdfast.guarantees.model import Guarantee
from holdfast.journal.model import PutAside
from holdfast.journal.requests import Request
from holdfast.kernel.actor import Role
from holdfast.kernel.clock import DAY
from holdfast.kernel.identity import within
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Command, Fact, Row
from holdfast.ledger.model import Account
from holdfast.orders.model import Order, OrderState
from holdfast.orders.services import Line, PerformOrder, Statement
from holdfast.parties.model import Consumer, Owner
from holdfast.policy.model import IN_FORCE, InForce
from holdfast.settlement.model import (
    CapitaliseFund,
    Claim,
    ClaimState,
    Debt,
    PayDeposit,
    Payout,
    Recovery,
    RecoveryStage,
)
from holdfast.settlement.otherwise import (
    Freeze,
    OwedBack,
    RecordChargeback,
    RecordFreeze,
    RecordPaidTwice,
    RecordRefundReturned,
    Repayment,
    RepaymentState,
    Taking,
)
from holdfast.settlement.received import Receipt, RecordUnassigned
from holdfast.webhooks.model import (
    EndpointKeys,
    EndpointState,
    RegisterEndpoint,
    RemoveEndpoint,
    Scheme,
    SigningKey,
    WebhookEndpoint,
)
from market_parts import course, photo
from who_asks import Asked, Said, asked


class Books(Memory):
    """A home whose rows and journal can be tampered with."""

    def __init__(self) -> None:
        super().__init__(Ids(Random(1)), guard=None)
        self.tampered: Callable[[list[Fact]], list[Fact]] = list

    def facts(self, *, order_id: str | None = None, merchant_id: str | None = None) -> Iterator[Fact]:
        yield from self.tampered(list(super().facts(order_id=order_id, merchant_id=merchant_id)))

    def tamper(self, kind: type[Row], key: str, **changes: object) -> None:
        row = self.row(kind, key)
        assert row is not None, f"no {kind.__name__} {key}"
        self.desk.put(replace(row, **changes), row)
        self.desk.changes = []

    def lose(self, row: Row) -> None:
        self._tables[type(row)][row.id] = None


def market() -> Books:
    """A market with debits, claims open and short, a guarantee, a payout on its way, and a run-away."""
    books = Books()
    books.adopt(policy("full", advance_on_delivery=False, payout_cycle=0, late_fund_minor=0), START)
    joining: list[Command] = [*opening(), CapitaliseFund(currency="CNY", amount_minor=3_000)]
    selling = sale("o1", "m1", "c1", 10_000, 3) + sale("o2", "m1", "c2", 8_000, 3)
    selling += (
        sale("o3", "m3", "c3", 5_000, 3) + sale("o4", "m3", "c3", 700, 3) + sale("o5", "m3", "c3", 900, 3)
    )
    books.run([asked(command, START, f"k{n}") for n, command in enumerate(joining + selling)])
    provider = Provider(0, 0, 0)
    books.play([], react=provider.react, listen=lambda _s, _at, _o: None, until=START + 8 * DAY)
    later: list[Command] = [
        PayDeposit(merchant_id="m1", amount_minor=500),
        OpenClaim(claim_id="k1", order_id="o1", amount_minor=4_000, reason="broken"),
    ]
    books.run([asked(command, START + 8 * DAY) for command in later])
    end = START + 40 * DAY
    books.play([], react=Provider(0, 0, 100).react, listen=lambda _s, _at, _o: None, until=end)
    claims: list[Asked] = [
        standing("g1", "m3", 500),
        standing("g2", "m1", 700),
        OpenClaim(claim_id="k3", order_id="o3", amount_minor=5_000, reason="broken"),
        UpholdClaim(claim_id="k3"),
        *(Said(person, DeclareAbsconded(merchant_id="m3", reason="gone")) for person in ("Li", "Wang")),
        *sale("o6", "m1", "c1", 100, 3),
    ]
    books.run([asked(command, end) for command in [*claims, *TOLD, *LET_IN]])
    books.advance(end)
    for row in ENDED:
        books.desk.put(row, None)
    books.desk.changes = []
    return books


ENDED: tuple[Row, ...] = (
    Recovery(id="m3", stage=RecoveryStage.DONE),
    PutAside(id="Order/o6", row_kind="Order", row_id="o6", since=START, times=1, fact_id="f" * 32),
)
"""What comes about by hundreds of claims, or by an error of ours, and is over."""


TOLD: tuple[Command, ...] = (
    RecordUnassigned(receipt_id="r1", currency="CNY", amount_minor=70, reference="o99"),
    RecordFreeze(freeze_id="f1", merchant_id="m2", amount_minor=80, authority="a court", document="1"),
    RecordPaidTwice(payment_id="p1", order_id="o1", amount_minor=50, reason="by mistake"),
    RecordRefundReturned(repayment_id="b1", order_id="o2", amount_minor=60, reason="closed"),
    RecordChargeback(chargeback_id="c1", order_id="o2", amount_minor=90, reason="not me"),
    photo("o1"),
    replace(course("o7", "m2", "c1", 100), parts=(), not_before=None),
    PerformOrder(order_id="o7", lines=(Line(item="a lesson", amount_minor=100),)),
    RegisterEndpoint(endpoint_id="e1", url="https://marketplace.example/hook"),
    RegisterEndpoint(endpoint_id="e2", url="https://marketplace.example/hook"),
    RemoveEndpoint(endpoint_id="e2"),
)
"""What a provider, a court and parties tell: something of each sort."""

LET_IN: tuple[Asked, ...] = (
    IssueKey(role=Role.MERCHANT, owner="m1", label="shop", key_id=drawn("k"), secret_hash=SECRET_HASH),
    EnrolPerson(person_id="wu", role=Role.MERCHANT, owner="m1"),
    InvitePerson(
        person_id="wu", role=Role.MERCHANT, lasts=DAY, invitation_id=drawn("i"), secret_hash=SECRET_HASH
    ),
    LinkIdentity(person_id="wu", role=Role.MERCHANT, issuer=ISSUER, subject="1"),
    Said("wu", SetPassword(person_id="wu", hash=HASH)),
    Said(
        "wu",
        AddPasskey(
            person_id="wu", credential="c" * 22, public_key="k" * 22, sign_count=0, label="a telephone"
        ),
    ),
    Said(
        "wu",
        BeginSession(person_id="wu", method=Method.PASSWORD, session_id=drawn("s"), secret_hash=SECRET_HASH),
    ),
)
"""A shop's machine and one of its people."""


TAMPERED: list[tuple[str, type[Row], str, dict[str, object]]] = [
    ("sums_to_zero", Account, "psp/CNY", {"posted_minor": -1}),
    ("never_negative", Account, "platform/fees/CNY", {"posted_minor": -1}),
    ("never_negative", Account, "fund/CNY", {"posted_minor": 0, "pending_out_minor": 1}),
    ("entries_chain", Account, "merchant/m1/held/CNY", {"version": 17}),
    ("entries_chain", Account, "merchant/m1/held/CNY", {"posted_minor": 1}),
    ("pending_equals_holds", Account, "merchant/m1/available/CNY", {"pending_out_minor": 1}),
    ("pending_equals_holds", Account, "psp/CNY", {"pending_in_minor": 1}),
    ("held_is_of_orders", Order, "o1", {"held_minor": 1}),
    ("held_is_of_orders", Account, "merchant/m1/reserve/CNY", {"posted_minor": 1}),
    ("coverage_is_current", Coverage, "m1", {"exposure_minor": 1}),
    ("coverage_is_current", Coverage, "m1", {"cover_minor": 1}),
    ("coverage_is_current", Coverage, "m1", {"captured_minor": 1}),
    ("lines_are_earned", Coverage, "m1", {"earned_minor": 1}),
    ("lines_are_earned", Coverage, "m1", {"owed_minor": 1}),
    ("orders_add_up", Order, "o1", {"reserve_minor": -1}),
    ("orders_add_up", Order, "o6", {"owed_minor": 101}),
    ("orders_add_up", Order, "o1", {"owed_minor": 1}),
    ("orders_add_up", Order, "o1", {"awarded_minor": 10_001}),
    ("orders_add_up", Order, "o1", {"held_minor": 10_001}),
    ("orders_add_up", Order, "o1", {"exposed_minor": 10_001}),
    ("orders_add_up", Order, "o2", {"exposed_minor": 1}),
    ("orders_add_up", Order, "o1", {"disputed_at": None}),
    ("parts_are_counted", Order, "o1", {"parts": 1}),
    ("parts_are_counted", Order, "o2", {"first_id": "o1"}),
    ("parts_are_counted", Order, "o2", {"first_id": "nowhere"}),
    ("consumers_owe", Consumer, "c1", {"outstanding_minor": 0}),
    ("consumers_owe", Order, "o6", {"state": OrderState.OVERDUE}),
    ("advances_are_out", Account, "platform/advances/CNY", {"posted_minor": -1}),
    ("claims_add_up", Claim, "k3", {"paid_minor": 0}),
    ("claims_add_up", Claim, "k1", {"claimed_minor": 0}),
    ("claims_add_up", Claim, "k3", {"state": ClaimState.PAID}),
    ("claims_and_orders_meet", Claim, "k1", {"state": ClaimState.REJECTED}),
    ("claims_and_orders_meet", Order, "o1", {"claim_id": None}),
    ("claims_and_orders_meet", Order, "o2", {"claim_id": "k9"}),
    ("debts_are_missing_sums", Debt, "m3", {"short_minor": 0}),
    ("debts_are_missing_sums", Debt, "m3", {"fund_minor": 0}),
    ("debts_are_missing_sums", Debt, "m3", {"platform_minor": 1}),
    ("debts_are_missing_sums", Debt, "m3", {"late_minor": 1}),
    ("recoveries_are_set_aside", Claim, "k3", {"next_round": True}),
    ("guarantees_add_up", Guarantee, "g1", {"called_minor": 501}),
    ("guarantees_add_up", Guarantee, "g2", {"settled_minor": -1}),
    ("guarantees_are_cover", Coverage, "m1", {"guaranteed_minor": 699}),
    ("guarantees_are_cover", Coverage, "m3", {"uncalled_minor": 1}),
    ("guarantees_are_cover", Guarantee, "g2", {"merchant_id": "m2"}),
    ("issuers_are_asked", Account, "platform/guarantees/CNY", {"posted_minor": 0}),
    ("issuers_are_asked", Debt, "m3", {"issuer_minor": 499}),
    ("issuers_are_asked", Guarantee, "g2", {"called_minor": 1}),
    ("owners_owe", Owner, "p3", {"debts": ()}),
    ("owners_owe", Owner, "p3", {"debts": (Money(5_000, "JPY"),)}),
    ("owners_owe", Owner, "p2", {"debts": (Money(0, "CNY"),)}),
    ("credit_is_returned", Account, "consumer/c1/credit/CNY", {"posted_minor": 1}),
    ("repayments_add_up", Repayment, "b1", {"amount_minor": 59}),
    ("repayments_add_up", Repayment, "b1", {"state": RepaymentState.ASKED}),
    ("repayments_add_up", Repayment, "b1", {"payment_id": "p"}),
    ("owed_back_by_name", OwedBack, "consumer/o1/CNY", {"owed_minor": 49}),
    ("receipts_are_unassigned", Receipt, "r1", {"left_minor": 71}),
    ("freezes_stand_still", Freeze, "f1", {"missing_minor": 79}),
    ("freezes_stand_still", Freeze, "f1", {"available_minor": 1}),
    ("freezes_stand_still", Coverage, "m2", {"to_freeze_minor": 0}),
    ("chargebacks_add_up", Taking, "chargeback/c1", {"twice_minor": 1}),
    ("chargebacks_add_up", Taking, "chargeback/c1", {"won_minor": 91}),
    ("statements_are_of_services", Order, "o7", {"service": False}),
    ("statements_are_of_services", Statement, "o7", {"lines": (Line(item="a gift", amount_minor=-1),)}),
    ("evidence_is_told", Evidence, within("m1", digest_of("order", "o1", "0" * 64)), {"sm3": "2" * 64}),
    ("beginnings_are_told", Order, "o2", {"amount_minor": 8_001}),
    ("beginnings_are_told", Order, "o2", {"merchant_id": "m2"}),
    ("policy_in_force_is_told", InForce, IN_FORCE, {"version": "x"}),
    ("keys_are_told", ApiKey, drawn("k"), {"role": Role.OPERATOR}),
    ("keys_are_told", ApiKey, drawn("k"), {"revoked_at": START}),
    ("keys_are_told", ApiKey, drawn("k"), {"owner": "m2"}),
    ("people_are_told", Person, "wu", {"role": Role.FINANCE}),
    ("people_are_told", Person, "wu", {"status": PersonStatus.SUSPENDED}),
    ("sessions_are_told", Session, drawn("s"), {"ends_at": START + 400 * DAY}),
    ("sessions_are_told", Session, drawn("s"), {"person_id": "li"}),
    ("sessions_are_told", Session, drawn("s"), {"ended_at": START}),
    ("sessions_are_told", Session, drawn("s"), {"idle_at": START + 400 * DAY}),
    ("ways_are_of_people", Passkey, passkey_id("c" * 22), {"person_id": "li"}),
    ("ways_are_of_people", Passkey, passkey_id("c" * 22), {"removed_at": START}),
    ("ways_are_of_people", Invitation, drawn("i"), {"until": START + 400 * DAY}),
    ("ways_are_of_people", Identity, identity_key(ISSUER, "1"), {"person_id": "li"}),
    ("requests_have_their_facts", Request, "k0", {"fact_ids": ("f" * 32,)}),
    ("orders_wake", Order, "o6", {"wake_at": None}),
    ("payouts_wake", Payout, "m1", {"hold_id": None}),
    ("payouts_wake", Payout, "m1", {"wake_at": START}),
    ("guarantees_wake", Guarantee, "g1", {"wake_at": None}),
    ("repayments_wake", Repayment, "b1", {"asked_at": START}),
    ("no_deadline_is_put_aside", PutAside, "Order/o6", {"wake_at": START}),
    ("recoveries_wake", Recovery, "m3", {"wake_at": START}),
    ("wind_downs_wake", WindDown, "m3", {"wake_at": START}),
    ("endpoints_are_told", WebhookEndpoint, "e1", {"state": EndpointState.DISABLED}),
    ("endpoints_are_told", WebhookEndpoint, "e1", {"merchant_id": "m1"}),
    ("endpoints_can_sign", EndpointKeys, "e1", {"keys": ()}),
    ("endpoints_can_sign", EndpointKeys, "e2", {"keys": (SigningKey(Scheme.HMAC, "0" * 64, START),)}),
]
"""A check, and which field of which row is changed to what, so that the check finds it."""

SHOWN_ELSEWHERE = {
    "journal_ascends": "audit/test_audit.py",
    "times_are_plausible": "audit/test_audit.py",
    "holds_posted": "audit/test_audit.py",
    "holds_wake": "audit/test_audit.py",
    "feed_is_whole": "postgres/test_feed.py",
    "proposals_are_agreed": "audit/test_audit_of_proposals.py",
}
"""Checks whose findings need more than a changed field, and the file of the test that shows them."""
