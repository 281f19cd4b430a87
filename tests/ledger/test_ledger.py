"""The ledger's own commands: what is answered to what, and the waterfall."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from histories import START
from holdfast.bench.bare.model import (
    MoveLinked,
    MoveMoney,
    OpenAccount,
    PlaceHold,
    PostHold,
    ReverseTransfer,
    VoidHold,
)
from holdfast.bench.bare.room import WITH_BARE
from holdfast.engine.execution import Outcome, Submission
from holdfast.engine.home import balance_at
from holdfast.engine.memory import Memory
from holdfast.kernel.clock import HOUR
from holdfast.kernel.ids import Ids
from holdfast.kernel.money import MAX_MINOR
from holdfast.kernel.rows import Command
from holdfast.ledger import book, chart
from holdfast.ledger.book import Drawn, Source
from holdfast.ledger.model import TRANSITIONS, Account, Hold, HoldEnded, HoldState, Transfer


@pytest.fixture
def home() -> Memory:
    """Two accounts that may owe, two that may not, one in yen; 100 on `till`."""
    home = Memory(Ids(Random(1)), commands=WITH_BARE)
    opened = [("cash", "CNY", False), ("debts", "CNY", False), ("till", "CNY", True), ("safe", "CNY", True)]
    opened += [("yen", "JPY", True)]
    for account_id, currency, strict in opened:
        run(home, OpenAccount(account_id=account_id, currency=currency, never_negative=strict))
    run(home, moving("seed", "cash", "till", 100))
    return home


def run(home: Memory, command: Command, at: int = START) -> Outcome:
    [outcome] = home.run([Submission(command, at)])
    return outcome


def code(home: Memory, command: Command, at: int = START) -> str | None:
    refusal = run(home, command, at).refusal
    return None if refusal is None else refusal.code


def moving(key: str, source: str, target: str, amount: int, currency: str = "CNY") -> MoveMoney:
    return MoveMoney(transfer_id=key, from_id=source, to_id=target, currency=currency, amount_minor=amount)


def holding(key: str, amount: int, *, source: str = "till", expires: int | None = None) -> PlaceHold:
    return PlaceHold(
        hold_id=key, from_id=source, to_id="safe", currency="CNY", amount_minor=amount, expires_at=expires
    )


def account(home: Memory, account_id: str) -> Account:
    row = home.row(Account, account_id)
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        (OpenAccount(account_id="till", currency="CNY"), "exists"),
        (OpenAccount(account_id="new", currency="RMB"), "unknown_currency"),
        (moving("seed", "cash", "till", 100), "exists"),
        (moving("seed", "cash", "till", 101), "exists_with_different_amount"),
        (moving("seed", "debts", "till", 100), "exists_with_different_accounts"),
        (moving("seed", "cash", "till", 100, "JPY"), "exists_with_different_accounts"),
        (moving("t", "till", "till", 1), "accounts_must_differ"),
        (moving("t", "till", "safe", 0), "amount_must_be_positive"),
        (moving("t", "till", "safe", -1), "amount_must_be_positive"),
        (moving("t", "till", "yen", 1), "currencies_must_match"),
        (moving("t", "till", "safe", 1, "JPY"), "currencies_must_match"),
        (moving("t", "till", "safe", 101), "insufficient_funds"),
        (moving("t", "till", "nowhere", 1), "not_found"),
        (moving("t", "debts", "till", MAX_MINOR), "balance_overflow"),
        (holding("h", 101), "insufficient_funds"),
        (holding("h", 0), "amount_must_be_positive"),
        (holding("h", 1, source="safe"), "accounts_must_differ"),
        (holding("h", 1, expires=START), "expires_in_the_past"),
        (PostHold(hold_id="h", transfer_id="t"), "not_found"),
        (VoidHold(hold_id="h"), "not_found"),
        (ReverseTransfer(transfer_id="t"), "not_found"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_a_movement_that_may_not_happen_is_refused(home: Memory, command: Command, refused: str) -> None:
    assert code(home, command) == refused
    assert [account(home, key).posted_minor for key in ("cash", "till", "safe")] == [-100, 100, 0]


@pytest.mark.parametrize("name", ["psp/CNY", "psp/ZZZ", "merchant/m1/held/CNY", "platform/x", "consumer/c"])
def test_the_accounts_of_the_chart_are_not_moved_by_hand(home: Memory, name: str) -> None:
    commands = [
        OpenAccount(account_id=name, currency="CNY"),
        moving("t", name, "till", 1),
        moving("t", "till", name, 1),
        MoveLinked(transfers=(moving("t", "till", name, 1),)),
        holding("h", 1, source=name),
    ]
    assert {code(home, command) for command in commands} == {"account_of_chart"}
    assert home.row(Account, name) is None


def test_both_ends_of_64_bits_are_kept(home: Memory) -> None:
    assert code(home, moving("t", "debts", "safe", MAX_MINOR)) is None
    assert account(home, "debts").posted_minor == -MAX_MINOR
    assert code(home, moving("u", "debts", "cash", 1)) == "balance_overflow"
    assert code(home, moving("v", "cash", "safe", 1)) == "balance_overflow"


def test_any_id_is_an_idempotency_even_the_empty_one(home: Memory) -> None:
    assert code(home, moving("", "till", "safe", 5)) is None
    assert code(home, moving("", "till", "safe", 5)) == "exists"
    assert code(home, holding("", 5)) is None
    assert code(home, holding("", 5)) == "exists"


def test_linked_transfers_happen_all_or_none(home: Memory) -> None:
    first, second = moving("a", "till", "safe", 60), moving("b", "till", "safe", 60)
    assert code(home, MoveLinked(transfers=(first, second))) == "insufficient_funds"
    assert home.row(Transfer, "a") is None
    assert account(home, "till").version == 1
    assert code(home, MoveLinked(transfers=(first, moving("b", "safe", "cash", 60)))) is None
    assert [account(home, key).posted_minor for key in ("till", "safe")] == [40, 0]


def test_what_a_hold_reserves_is_available_to_nothing_else(home: Memory) -> None:
    run(home, holding("h", 70))
    assert code(home, moving("t", "till", "safe", 31)) == "insufficient_funds"
    assert code(home, holding("i", 31)) == "insufficient_funds"
    assert code(home, moving("t", "till", "safe", 30)) is None
    assert code(home, PostHold(hold_id="h", transfer_id="p")) is None
    assert account(home, "safe").posted_minor == 100


def test_a_hold_is_posted_in_parts_up_to_its_amount(home: Memory) -> None:
    run(home, holding("h", 70))
    for key, part in (("p1", 20), ("p2", 30)):
        assert code(home, PostHold(hold_id="h", transfer_id=key, amount_minor=part)) is None
    assert code(home, PostHold(hold_id="h", transfer_id="p3", amount_minor=21)) == "exceeds_hold"
    assert code(home, PostHold(hold_id="h", transfer_id="p2", amount_minor=30)) == "exists"
    assert code(home, PostHold(hold_id="h", transfer_id="p2")) == "exists"
    assert (
        code(home, PostHold(hold_id="h", transfer_id="p2", amount_minor=1)) == "exists_with_different_amount"
    )
    assert (
        code(home, PostHold(hold_id="h", transfer_id="seed", amount_minor=100))
        == "exists_with_different_accounts"
    )
    facts = run(home, VoidHold(hold_id="h")).facts
    assert [fact.body for fact in facts] == [
        HoldEnded(hold_id="h", state=HoldState.VOIDED, released_minor=20)
    ]
    for command in (PostHold(hold_id="h", transfer_id="p9"), VoidHold(hold_id="h")):
        assert code(home, command) == "wrong_state"
    till = account(home, "till")
    assert (till.posted_minor, till.pending_out_minor, account(home, "safe").pending_in_minor) == (50, 0, 0)


def test_a_hold_expires_at_its_instant_and_not_before(home: Memory) -> None:
    run(home, holding("h", 70, expires=START + HOUR))
    run(home, holding("i", 10))
    home.advance(START + HOUR - 1)
    assert account(home, "till").pending_out_minor == 80
    home.advance(START + HOUR)
    assert account(home, "till").pending_out_minor == 10
    hold = home.row(Hold, "h")
    assert hold is not None
    assert (hold.state, hold.wake_at) == (HoldState.EXPIRED, None)


def test_a_hold_may_be_posted_at_the_instant_of_its_expiry(home: Memory) -> None:
    run(home, holding("h", 70, expires=START + HOUR))
    posted = Submission(PostHold(hold_id="h", transfer_id="p"), START + HOUR)
    home.play([posted], react=lambda _fact: (), listen=lambda _s, _at, _o: None)
    assert account(home, "safe").posted_minor == 70


@pytest.mark.parametrize("state", HoldState)
@pytest.mark.parametrize("event", ["post", "void", "expire"])
def test_every_state_of_a_hold_knows_its_commands(home: Memory, state: HoldState, event: str) -> None:
    run(home, holding("h", 10, expires=START + HOUR))
    reach: dict[HoldState, list[Command]] = {
        HoldState.POSTED: [PostHold(hold_id="h", transfer_id="p")],
        HoldState.VOIDED: [VoidHold(hold_id="h")],
    }
    for command in reach.get(state, []):
        run(home, command)
    at = START + HOUR if HoldState.EXPIRED in {state, TRANSITIONS[state].get(event)} else START
    home.advance(at)
    if event == "expire":
        hold = home.row(Hold, "h")
        assert hold is not None
        assert hold.state is TRANSITIONS[state].get(event, state)
        return
    command = PostHold(hold_id="h", transfer_id="q") if event == "post" else VoidHold(hold_id="h")
    assert code(home, command, at) == (None if event in TRANSITIONS[state] else "wrong_state")


def test_a_transfer_is_reversed_once_only(home: Memory) -> None:
    assert code(home, ReverseTransfer(transfer_id="seed")) is None
    assert account(home, "till").posted_minor == 0
    back = home.row(Transfer, "seed/reversal")
    assert back is not None
    assert (back.reverses_id, back.amount_minor) == ("seed", 100)
    assert code(home, ReverseTransfer(transfer_id="seed")) == "already_reversed"


def test_what_was_spent_cannot_be_sent_back(home: Memory) -> None:
    run(home, moving("t", "till", "safe", 1))
    assert code(home, ReverseTransfer(transfer_id="seed")) == "insufficient_funds"


def test_the_balance_of_an_earlier_instant_can_be_told(home: Memory) -> None:
    for number in range(1, 5):
        run(home, moving(f"t{number}", "till", "safe", 10), START + number * HOUR)
    for number in range(5):
        at = START + number * HOUR
        assert balance_at(home, "till", at + HOUR - 1) == balance_at(home, "till", at) == 100 - 10 * number
    assert balance_at(home, "till", START - 1) == 0


def test_every_entry_carries_the_balance_after_it(home: Memory) -> None:
    for number in range(1, 5):
        run(home, moving(f"t{number}", "till", "safe", number))
    entries = list(home.entries("till"))
    assert [entry.from_balance_minor for entry in entries[1:]] == [99, 97, 94, 90]
    assert [entry.from_version for entry in entries[1:]] == [2, 3, 4, 5]
    assert entries[0].to_version == 1


SOURCES = st.lists(st.tuples(st.integers(0, 50), st.one_of(st.none(), st.integers(0, 60))), max_size=5)


@given(SOURCES, st.integers(0, 200))
def test_a_waterfall_takes_from_each_source_as_far_as_it_reaches(
    sources: list[tuple[int, int | None]], amount: int
) -> None:
    home = Memory(Ids(Random(1)), commands=WITH_BARE)
    run(home, OpenAccount(account_id="cash", currency="CNY", never_negative=False))
    for number, (has, _) in enumerate(sources):
        run(home, OpenAccount(account_id=f"s{number}", currency="CNY"))
        if has:
            run(home, moving(f"t{number}", "cash", f"s{number}", has))
    asked = {number: Source(f"s{number}", cap) for number, (_, cap) in enumerate(sources)}
    drawn = book.waterfall(home.desk, "cash", asked, amount, START, "test")
    assert sum(drawn.parts.values()) + drawn.missing_minor == amount
    rest = amount
    for number, (has, cap) in enumerate(sources):
        part = drawn.parts[number]
        assert part == min(rest, has if cap is None else min(has, cap))
        rest -= part


def test_a_waterfall_takes_what_a_hold_reserves_by_posting_it(home: Memory) -> None:
    run(home, holding("h", 70))
    sources = {"kept": Source("till", None, "h"), "free": Source("till")}
    drawn = book.waterfall(home.desk, "safe", sources, 120, START, "test")
    assert drawn == Drawn({"kept": 70, "free": 30}, 20)
    hold = home.row(Hold, "h")
    assert hold is not None
    assert hold.state is HoldState.POSTED


@pytest.mark.parametrize(
    ("account_id", "entry"),
    [
        ("psp/CNY", ("CNY", False)),
        ("fund/CNY", ("CNY", True)),
        ("platform/fees/CNY", ("CNY", True)),
        ("platform/advances/CNY", ("CNY", False)),
        ("merchant/m1/held/CNY", ("CNY", True)),
        ("merchant/m/1/held/CNY", ("CNY", True)),
        ("merchant/m1/owed/CNY", ("CNY", False)),
        ("consumer/c1/owed/CNY", ("CNY", False)),
        ("consumer/c1/held/CNY", None),
        ("merchant/m1/pocket/CNY", None),
        ("psp/ZZZ", None),
        ("petty cash", None),
    ],
)
def test_the_chart_knows_its_accounts(account_id: str, entry: tuple[str, bool] | None) -> None:
    assert chart.charted(account_id) == entry
