"""Each check of the audit sees the row that was tampered with, and says nothing of books that are right."""

from collections.abc import Callable, Iterator
from random import Random

import pytest
from msgspec.structs import replace

from histories import START, Provider, opening, policy, sale, standing
from holdfast.audit.checks import CHECKS, audit
from holdfast.audit.finding import Tally
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.coverage.model import Coverage
from holdfast.enforcement.model import DeclareAbsconded, WindDown
from holdfast.engine.memory import Memory
from holdfast.guarantees.model import Guarantee
from holdfast.journal.requests import Request
from holdfast.kernel.clock import DAY
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Command, Fact, Row
from holdfast.ledger.model import Account, Hold, HoldState, Transfer
from holdfast.orders.model import Order, OrderState
from holdfast.parties.model import Consumer, Merchant, Owner
from holdfast.policy.model import IN_FORCE, AdoptedPolicy, InForce
from holdfast.settlement.model import CapitaliseFund, Claim, ClaimState, Debt, PayDeposit, Payout
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


@pytest.fixture
def books() -> Books:
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
    books.run([asked(command, end) for command in [*claims, *TOLD]])
    books.advance(end)
    return books


TOLD: tuple[Command, ...] = (
    RecordUnassigned(receipt_id="r1", currency="CNY", amount_minor=70, reference="o99"),
    RecordFreeze(freeze_id="f1", merchant_id="m2", amount_minor=80, authority="a court", document="1"),
    RecordPaidTwice(payment_id="p1", order_id="o1", amount_minor=50, reason="by mistake"),
    RecordRefundReturned(repayment_id="b1", order_id="o2", amount_minor=60, reason="closed"),
    RecordChargeback(chargeback_id="c1", order_id="o2", amount_minor=90, reason="not me"),
)
"""What a provider and a court tell: something that waits of each sort."""


def test_right_books_have_no_findings(books: Books) -> None:
    report = audit(books)
    assert report.findings == []
    assert [check.name for check in report.checks] == [check.__name__ for check in CHECKS]
    assert all(check.rows > 0 and check.what.endswith(".") for check in report.checks)


def test_the_market_of_these_tests_has_something_of_everything(books: Books) -> None:
    assert books.row(Claim, "k1") is not None
    assert {claim.state for claim in books.rows(Claim)} == {ClaimState.OPEN, ClaimState.SHORT}
    assert any(hold.state is HoldState.PENDING for hold in books.rows(Hold))
    debt = books.row(Debt, "m3")
    assert debt is not None
    assert debt.fund_minor > 0
    assert debt.short_minor > 0
    assert books.row(WindDown, "m3") is not None


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
    ("beginnings_are_told", Order, "o2", {"amount_minor": 8_001}),
    ("beginnings_are_told", Order, "o2", {"merchant_id": "m2"}),
    ("policy_in_force_is_told", InForce, IN_FORCE, {"version": "x"}),
    ("requests_have_their_facts", Request, "k0", {"fact_ids": ("f" * 32,)}),
    ("deadlines_stand", Order, "o6", {"wake_at": None}),
    ("deadlines_stand", Payout, "m1", {"hold_id": None}),
    ("deadlines_stand", Payout, "m1", {"wake_at": START}),
    ("deadlines_stand", Guarantee, "g1", {"wake_at": None}),
    ("deadlines_stand", WindDown, "m3", {"wake_at": START}),
]


@pytest.mark.parametrize(("check", "kind", "key", "changes"), TAMPERED, ids=lambda value: str(value)[:40])
def test_a_row_that_was_tampered_with_is_found(
    books: Books, check: str, kind: type[Row], key: str, changes: dict[str, object]
) -> None:
    if kind is Account and books.row(Account, key) is None:
        books.desk.put(Account(id=key, currency="CNY", never_negative=False), None)
    books.tamper(kind, key, **changes)
    [found] = [each for each in audit(books).checks if each.name == check]
    assert found.findings


def test_every_check_is_shown_to_find_something() -> None:
    shown = {check for check, *_ in TAMPERED} | {"journal_ascends", "times_are_plausible", "holds_posted"}
    shown |= {"no_deadline_is_put_aside", "feed_is_whole"}  # the feed: see tests/postgres/test_feed.py
    assert shown == {check.__name__ for check in CHECKS}


def findings_of(books: Books, check: str) -> list[str]:
    [found] = [each for each in audit(books).checks if each.name == check]
    return [f"{finding.where}: {finding.what}" for finding in found.findings]


def test_a_transfer_that_was_changed_breaks_the_chain_of_both_accounts(books: Books) -> None:
    transfer = next(each for each in books.rows(Transfer) if each.to_id == "merchant/m1/held/CNY")
    books.tamper(Transfer, transfer.id, amount_minor=transfer.amount_minor + 1)
    found = findings_of(books, "entries_chain")
    assert [line.partition(" ")[0] for line in found] == ["account:merchant/m1/held/CNY:", "account:psp/CNY:"]
    assert all(transfer.id in line for line in found)


def test_a_transfer_that_was_taken_away_leaves_a_gap(books: Books) -> None:
    transfer = next(each for each in books.rows(Transfer) if each.from_id == "psp/CNY")
    books.desk.put(replace(transfer, from_id="nobody/CNY", to_id="nowhere/CNY"), transfer)
    found = findings_of(books, "entries_chain")
    assert "account:nobody/CNY: it has entries, and does not exist" in found
    assert any(line.startswith("account:psp/CNY: transfer") for line in found)


def test_the_last_entry_of_an_account_is_checked_too(books: Books) -> None:
    books.tamper(Account, "fund/CNY", version=9)
    [line] = findings_of(books, "entries_chain")
    assert line.startswith("account:fund/CNY: it stands at")


@pytest.mark.parametrize("changes", [{"posted_minor": 1}, {"state": HoldState.POSTED, "wake_at": None}])
def test_a_hold_that_says_more_than_its_transfers_is_found(books: Books, changes: dict[str, object]) -> None:
    hold = next(each for each in books.rows(Hold) if each.state is HoldState.PENDING)
    books.tamper(Hold, hold.id, **changes)
    assert findings_of(books, "holds_posted")[0].startswith(f"hold:{hold.id}: ")


def test_an_ended_hold_that_still_wakes_is_found(books: Books) -> None:
    hold = next(each for each in books.rows(Hold) if each.state is not HoldState.PENDING)
    books.tamper(Hold, hold.id, wake_at=START)
    assert findings_of(books, "deadlines_stand") == [f"hold:{hold.id}: it is {hold.state} and still wakes"]


def test_a_deadline_that_was_put_aside_is_found(books: Books) -> None:
    """An order's timer fails by itself: its policy cannot be read any more."""
    key = next(order.policy_version for order in books.rows(Order))
    policy_row = books.row(AdoptedPolicy, key)
    assert policy_row is not None
    books.lose(policy_row)
    due = next(order for order in books.rows(Order) if order.wake_at is not None)
    assert due.wake_at is not None
    books.advance(due.wake_at)
    books.desk.put(policy_row, None)
    books.desk.changes = []
    assert any(
        line.startswith(f"order:{due.id}: its deadline failed")
        for line in findings_of(books, "no_deadline_is_put_aside")
    )


def test_a_fact_that_is_there_twice_is_found(books: Books) -> None:
    books.tampered = lambda facts: [*facts, facts[-1]]
    assert "it comes after" in findings_of(books, "journal_ascends")[0]


def test_a_fact_that_was_taken_out_is_missed(books: Books) -> None:
    books.tampered = lambda facts: facts[1:]
    assert findings_of(books, "beginnings_are_told")[0].startswith("policy:standard:full")
    books.tampered = lambda facts: [fact for fact in facts if fact.kind != "OrderPlaced"]
    assert findings_of(books, "beginnings_are_told")[0] == (
        "order:o1: the journal tells 0 times that it began, and it is there 1 times"
    )
    books.tampered = lambda facts: [fact for fact in facts if fact.kind != "MerchantRegistered"]
    assert findings_of(books, "beginnings_are_told")[0].startswith("merchant:m1: ")


@pytest.mark.parametrize("at", [START - 1, START + 400 * DAY])
def test_a_fact_at_another_time_is_found(books: Books, at: int) -> None:
    books.tampered = lambda facts: [*facts[:5], Fact(facts[5].id, at, facts[5].body), *facts[6:]]
    [line] = findings_of(books, "times_are_plausible")
    assert "is before 2026-03-01T00:00:00Z or after" in line


def test_a_refusal_with_facts_is_found(books: Books) -> None:
    [refused] = books.run([asked(opening()[0], START + 90 * DAY, "again")])
    assert refused.refusal is not None
    request = books.row(Request, "k0")
    assert request is not None
    books.tamper(Request, "again", fact_ids=request.fact_ids)
    assert findings_of(books, "requests_have_their_facts") == ["key:again: it is refused and has facts"]


def test_a_payout_that_is_not_asked_and_has_a_hold_is_found(books: Books) -> None:
    books.tamper(Payout, "m1", hold_id=None)
    assert findings_of(books, "deadlines_stand") == ["payout:m1: it is asked, with hold None"]


def test_a_merchant_that_nobody_owes_is_checked_with_zeros(books: Books) -> None:
    merchant = books.row(Merchant, "m2")
    assert merchant is not None
    assert books.row(Debt, "m2") is None
    books.desk.put(Debt(id="m2", currency="CNY", short_minor=1, fund_minor=0), None)
    assert findings_of(books, "debts_are_missing_sums") == [
        "debt:m2: what short claims miss is 1, and should be 0"
    ]


def test_a_tally_is_the_same_in_any_order_and_no_other() -> None:
    first, second, third = Tally(), Tally(), Tally()
    for thing in ("a", 1), ("b", 2), ("b", 2):
        first.add(*thing)
    for thing in ("b", 2), ("a", 1), ("b", 2):
        second.add(*thing)
    for thing in ("a", 1), ("a", 1), ("b", 2):
        third.add(*thing)
    assert first.total == second.total != third.total
    third.remove("a", 1)
    third.add("b", 2)
    assert third.total == first.total
