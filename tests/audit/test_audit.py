"""Each check of the audit sees the row that was tampered with, and says nothing of books that are right."""

import pytest
from msgspec.structs import replace

from audited_market import TAMPERED, Books, market
from histories import START, opening
from holdfast.audit.checks import audit
from holdfast.enforcement.model import WindDown
from holdfast.house import CHECKS
from holdfast.journal.requests import Request
from holdfast.kernel.check import Tally
from holdfast.kernel.clock import DAY
from holdfast.kernel.rows import Fact, Row
from holdfast.ledger.model import Account, Hold, HoldState, Transfer
from holdfast.orders.model import Order
from holdfast.parties.model import Merchant
from holdfast.policy.model import AdoptedPolicy
from holdfast.settlement.model import Claim, ClaimState, Debt, Payout
from who_asks import asked


@pytest.fixture
def books() -> Books:
    return market()


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


@pytest.mark.parametrize(("check", "kind", "key", "changes"), TAMPERED, ids=lambda value: str(value)[:40])
def test_a_row_that_was_tampered_with_is_found(
    books: Books, check: str, kind: type[Row], key: str, changes: dict[str, object]
) -> None:
    if kind is Account and books.row(Account, key) is None:
        books.desk.put(Account(id=key, currency="CNY", never_negative=False), None)
    books.tamper(kind, key, **changes)
    [found] = [each for each in audit(books).checks if each.name == check]
    assert found.findings


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
    assert findings_of(books, "holds_wake") == [f"hold:{hold.id}: it is {hold.state} and still wakes"]


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
    assert findings_of(books, "payouts_wake") == ["payout:m1: it is asked, with hold None"]


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
