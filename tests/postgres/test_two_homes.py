"""The home in memory and the home over PostgreSQL tell the same of every history, however it is cut."""

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from two_homes import both, run_in_batches

from databases import fresh_database
from histories import POLICIES, START, Provider, histories, ledger_commands, opening, policy, sale, standing
from holdfast.audit.checks import audit
from holdfast.bench.bare.model import MoveMoney, OpenAccount, PlaceHold, PostHold, ReverseTransfer
from holdfast.bench.bare.room import WITH_BARE
from holdfast.claims.model import OpenClaim, UpholdClaim
from holdfast.enforcement.model import DeclareAbsconded, Stage, WindDown
from holdfast.enforcement.sweep import SLICE
from holdfast.engine.agenda import no_reaction
from holdfast.engine.execution import Submission
from holdfast.guarantees.model import (
    Claimed,
    Guarantee,
    GuaranteeState,
    RecordIssuerSettled,
    ReleaseGuarantee,
)
from holdfast.kernel.clock import DAY, HOUR, MINUTE
from holdfast.kernel.rows import Command
from holdfast.ledger.model import Hold, HoldState
from holdfast.orders.model import (
    AskReturn,
    CancelOrder,
    ConfirmNotice,
    ConfirmReturn,
    Order,
    OrderState,
    PlaceOrder,
)
from holdfast.parties.model import ClearMerchant, Merchant, MerchantStatus, OpenPayLater, SetConsumerLimit
from holdfast.policy.model import Policy
from holdfast.postgres.migrate import migrate
from holdfast.settlement import recovery
from holdfast.settlement.facts import RecoveryStarted
from holdfast.settlement.model import CapitaliseFund, Claim, ClaimState, RecordCapture, RecordRecovery
from thorough import examples
from who_asks import Asked, Said, asked

ACCOUNTS = ("cash", "till", "safe", "debts")
IDS = tuple(f"x{number}" for number in range(1, 9))
AMOUNTS = st.sampled_from([1, 7, 100, 2**62, 2**63 - 1, 2**63, -5, 0])
PROVIDERS = st.builds(Provider, st.integers(0, 99), st.sampled_from([0, 30]), st.sampled_from([0, 20]))
PLAIN = Provider(0, 0, 0)


@pytest.fixture(scope="module")
def url(postgres_url: str) -> Iterator[str]:
    """A database with the schema, whose commits need not reach the disk."""
    with fresh_database(postgres_url, durable=False) as url:
        migrate(url)
        yield url


BAD_TEXTS = ("nul\0", "half \ud800", "\udfff", "x" * 401)


@st.composite
def unkeepable(draw: st.DrawFn) -> Submission:
    """A command that no database can keep: refused, and nobody else of its batch is."""
    text = draw(st.sampled_from(BAD_TEXTS))
    commands: list[Command] = [
        MoveMoney(transfer_id=text, from_id="cash", to_id="till", currency="CNY", amount_minor=1),
        *sale(text, "m1", "c1", 5, 1),
        SetConsumerLimit(consumer_id="c1", limit_minor=draw(st.sampled_from([2**63, 2**64, -(2**70)]))),
    ]
    keyed = draw(st.sampled_from([text, None]))
    return asked(draw(st.sampled_from(commands)), START, keyed)


@st.composite
def mixed(draw: st.DrawFn) -> list[Submission]:
    """A history of the market with commands of the bare ledger, and such as nobody can keep, in between."""
    opened = [OpenAccount(account_id=key, currency="CNY", never_negative=key != "debts") for key in ACCOUNTS]
    funds = [
        MoveMoney(transfer_id=f"f/{key}", from_id="debts", to_id=key, currency="CNY", amount_minor=10_000)
        for key in ACCOUNTS[:3]
    ]
    timeline = [asked(command, START) for command in (*opened, *funds)] + draw(histories(length=25))
    for number in range(draw(st.integers(0, 25))):
        at = draw(st.sampled_from(timeline)).at + draw(st.sampled_from([0, MINUTE, DAY]))
        key = draw(st.sampled_from([None, None, f"key-{number % 3}"]))
        timeline.append(asked(draw(ledger_commands()), at, key))
    for _ in range(draw(st.integers(0, 2))):
        timeline.append(draw(unkeepable())._replace(at=draw(st.sampled_from(timeline)).at))
    return sorted(timeline, key=lambda submission: submission.at)


CACHES = st.sampled_from([0, 1, 20, 10_000])
"""How many rows a play remembers: none, fewer than it touches at once or in all, or every one."""

LIMITS = settings(max_examples=examples(15), deadline=None)


DAYS = st.one_of(st.none(), st.integers(0, 60))
"""How far a first part is played; None: it is played in one go."""


@settings(LIMITS, max_examples=examples(20))
@given(st.sampled_from(POLICIES), mixed(), PROVIDERS, st.sampled_from([1, 2, 7, 400]), CACHES, DAYS)
def test_a_history_played_in_one_part_or_two_is_the_same(
    url: str,
    chosen: Policy,
    timeline: list[Submission],
    provider: Provider,
    most: int,
    cache: int,
    days: int | None,
) -> None:
    with both(url, most, cache, commands=WITH_BARE) as homes:
        homes.adopt(chosen, START - 1)
        if days is not None:
            homes.play(timeline, react=provider.react, until=START + days * DAY)
            homes.assert_same()
        homes.play(() if days is not None else timeline, react=provider.react)
        homes.assert_same()


@LIMITS
@given(
    st.sampled_from(POLICIES),
    st.sampled_from(POLICIES),
    mixed(),
    PROVIDERS,
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
)
def test_a_history_run_in_batches_is_the_same(
    url: str, chosen: Policy, later: Policy, timeline: list[Submission], provider: Provider, sizes: list[int]
) -> None:
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(chosen, START - 1)
        half = len(timeline) // 2
        run_in_batches(homes, timeline[:half], itertools.cycle(sizes), provider.react)
        homes.adopt(later, timeline[half].at)
        run_in_batches(homes, timeline[half:], itertools.cycle(sizes), provider.react)
        homes.assert_same()
        homes.advance(timeline[-1].at + 400 * DAY)
        homes.assert_same()


def a_market(orders: int, delivered: int) -> list[Submission]:
    """One merchant with many orders, of which so many are delivered, and two people who declare it gone."""
    commands: list[Command] = [*opening(), CapitaliseFund(currency="CNY", amount_minor=50_000)]
    commands += [SetConsumerLimit(consumer_id=key, limit_minor=10**9) for key in ("c1", "c2", "c3")]
    for number in range(orders):
        steps = 3 if number < delivered else 1 + number % 2
        commands += sale(f"o{number:03}", "m1", f"c{1 + number % 3}", 1_000 + number, steps)
    timeline = [asked(command, START) for command in commands]
    gone = START + 9 * DAY
    timeline += [
        asked(Said(person, DeclareAbsconded(merchant_id="m1", reason="silent")), gone)
        for person in ("Li", "Wang")
    ]
    late = sale("late", "m1", "c1", 1_000, 1)
    return [*timeline, *(asked(command, gone) for command in late)]


@pytest.mark.parametrize("cache", [0, 50, 10_000])
@pytest.mark.parametrize("changes", [{}, {"refund_without_claim": False}], ids=["refunded", "invited"])
@pytest.mark.parametrize("release", ["full", "fixed_deposit(10000)"])
def test_a_wind_down_of_more_orders_than_a_slice_is_the_same(
    url: str, release: str, changes: dict[str, object], cache: int
) -> None:
    delivered, placed = SLICE + 30, SLICE + 70
    chosen = policy(release, **changes)
    with both(url, cache=cache, commands=WITH_BARE) as homes:
        homes.adopt(chosen, START - 1)
        homes.play(a_market(delivered + placed, delivered), react=PLAIN.react)
        homes.assert_same()
        postgres = homes.postgres
        states = [order.state for order in postgres.rows(Order)]
        merchant = postgres.row(Merchant, "m1")
        wind_down = postgres.row(WindDown, "m1")
        assert merchant is not None
        assert merchant.status is MerchantStatus.ABSCONDED
        assert wind_down is not None
        assert wind_down.stage is Stage.DONE
        assert states.count(OrderState.CANCELLED) == placed
        paid = [claim for claim in postgres.rows(Claim) if claim.state is not ClaimState.OPEN]
        assert len(paid) == (0 if changes else delivered)


def a_recovery() -> list[Submission]:
    """Nine claims that find nothing, early and late ones; money that comes in by and by, for all of them."""
    numbers = range(9)
    begin: list[Command] = opening()
    begin += [each for n in numbers[:5] for each in sale(f"o{n}", "m1", "c1", 900 + n, 3)]
    later: list[tuple[int, list[Command]]] = [
        (30, [each for n in numbers[5:] for each in sale(f"o{n}", "m1", "c2", 300 + n, 3)]),
        (
            40,
            [
                OpenClaim(claim_id=f"k{n}", order_id=f"o{n}", amount_minor=300 + n, reason="x")
                for n in numbers
            ],
        ),
        (41, [UpholdClaim(claim_id=f"k{n}") for n in (8, 1, 0, 7, 3, 2, 5, 4)]),
        (50, [RecordRecovery(merchant_id="m1", amount_minor=501, source="police")]),
        (50, [UpholdClaim(claim_id="k6")]),
        (50, [RecordRecovery(merchant_id="m1", amount_minor=77, source="police")]),
        (60, [RecordRecovery(merchant_id="m1", amount_minor=1_200, source="court")]),
    ]
    timeline = [asked(command, START) for command in begin]
    return timeline + [asked(each, START + day * DAY) for day, commands in later for each in commands]


@pytest.mark.parametrize("cache", [0, 2, 10_000])
@pytest.mark.parametrize("most", [1, 400])
def test_a_recovery_for_more_claims_than_a_slice_is_the_same(
    url: str, most: int, cache: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "SLICE", 2)
    with both(url, most, cache, commands=WITH_BARE) as homes:
        homes.adopt(policy("fixed_deposit(1)", fee_bp=0, fund_share_bp=0), START - 1)
        homes.play(a_recovery(), react=PLAIN.react)
        homes.assert_same()
        assert audit(homes.postgres).findings == []
        rounds = [fact.body for fact in homes.postgres.facts() if isinstance(fact.body, RecoveryStarted)]
        assert {each.late for each in rounds} == {False, True}
        assert len(rounds) > 2


@pytest.mark.parametrize("cache", [0, 10_000])
@pytest.mark.parametrize("most", [1, 400])
def test_guarantees_are_called_and_end_the_same(url: str, most: int, cache: int) -> None:
    """More of them than a page, called by claims and by a sweep, answered, and at their end."""
    begin: list[Command] = opening()
    begin += [standing(f"g{n:03}", "m1", 150 + n, ends_at=START + (40 + n) * DAY) for n in range(60)]
    begin += [standing("h", "m1", 900, excludes=(Claimed.ORDINARY,)), standing("i", "m2", 5_000)]
    begin += [
        *sale("o1", "m1", "c1", 4_000, 3),
        *sale("o2", "m1", "c2", 5_000, 3),
        *sale("o3", "m2", "c3", 10, 3),
    ]
    claim = OpenClaim(claim_id="k1", order_id="o1", amount_minor=2_000, reason="broken")
    later: list[tuple[int, Asked]] = [
        (8, claim),
        (9, UpholdClaim(claim_id="k1")),
        *((13, Said(person, DeclareAbsconded(merchant_id="m1", reason="gone"))) for person in ("Li", "Wang")),
        (19, ClearMerchant(merchant_id="m2", reason="looked at")),
        (20, ReleaseGuarantee(guarantee_id="i")),
        *((30, RecordIssuerSettled(guarantee_id=f"g{n:03}", amount_minor=1)) for n in range(20)),
    ]
    timeline = [asked(command, START) for command in begin]
    timeline += [asked(command, START + day * DAY) for day, command in later]
    with both(url, most, cache, commands=WITH_BARE) as homes:
        homes.adopt(policy("covered(0.99)", payout_cycle=0), START - 1)
        homes.play(timeline, react=Provider(3, 20, 10, otherwise=True).react)
        homes.assert_same()
        rows = list(homes.postgres.rows(Guarantee))
        assert {row.state for row in rows} == {GuaranteeState.LAPSED, GuaranteeState.RELEASED}
        assert sum(row.called_minor > 0 for row in rows) > 20
        assert any(row.refused_minor for row in rows)
        assert any(row.paid_minor for row in rows)
        assert any(row.settled_minor for row in rows)


def test_pages_see_what_the_batch_itself_has_done(url: str) -> None:
    """Orders placed, ended and wound down in one transaction: the page that the database has is corrected."""
    timeline = [each._replace(at=START) for each in a_market(SLICE + 30, 10)]
    ended = [asked(CancelOrder(order_id=f"o{n:03}", reason="changed"), START) for n in range(20, 60, 2)]
    before, declared, late = timeline[:150], timeline[-3:-1], timeline[150:-3]
    with both(url, 10_000, commands=WITH_BARE) as homes:
        homes.adopt(policy("full"), START - 1)
        homes.run(before)
        homes.play([*ended, *late, *declared], react=no_reaction, until=START)
        homes.assert_same()
        states = [order.state for order in homes.postgres.rows(Order)]
        assert states.count(OrderState.CANCELLED) == len(states) - 10


def test_holds_expire_in_both(url: str) -> None:
    opened: list[Command] = [
        OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ("a", "b")
    ]
    holds = [
        PlaceHold(
            hold_id=f"h{number:03}",
            from_id="a",
            to_id="b",
            currency="CNY",
            amount_minor=number,
            expires_at=START + number % 7 * HOUR + HOUR,
        )
        for number in range(1, 250)
    ]
    posted = [PostHold(hold_id=f"h{number:03}", transfer_id=f"t{number}") for number in range(1, 250, 5)]
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(policy("full"), START - 1)
        homes.run([asked(command, START) for command in (*opened, *holds, *posted)])
        assert homes.advance(START + 3 * HOUR) > 0
        homes.assert_same()
        assert homes.advance(START + DAY) > 0
        homes.assert_same()
        ended = {hold.state for hold in homes.postgres.rows(Hold)}
        assert ended == {HoldState.POSTED, HoldState.EXPIRED}


@LIMITS
@given(unkeepable(), st.sampled_from([None, "a good key"]))
def test_what_cannot_be_kept_fails_nobody_else(url: str, bad: Submission, key: str | None) -> None:
    good = [asked(OpenPayLater(consumer_id=f"c{n}", currency="CNY"), START, f"k{n}") for n in (1, 2)]
    bad = bad if key is None else bad._replace(key=key)
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(policy("full"), START - 1)
        first, refused, last = homes.run([good[0], bad, good[1]])
        assert first.accepted
        assert last.accepted
        assert refused.refusal is not None
        assert refused.refusal.code in {"bad_text", "amount_overflow"}
        assert homes.run([bad])[0].refusal == refused.refusal
        homes.assert_same()


def test_a_time_outside_of_the_calendar_is_refused(url: str) -> None:
    merchant, consumer = opening()[0], opening()[3]
    placed = sale("o1", "m1", "c1", 5, 1)[0]
    assert isinstance(placed, PlaceOrder)
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(policy("full"), START - 1)
        homes.run([asked(merchant, START), asked(consumer, START)])
        for at in (2**62, -(2**62), 2**70, 253_402_300_800_000):
            (outcome,) = homes.run([asked(replace(placed, ship_by=at), START)])
            assert outcome.refusal is not None
            assert outcome.refusal.code == "bad_instant"
        homes.run([asked(replace(placed, ship_by=START + 10_000 * DAY), START)])
        homes.assert_same()


def test_an_id_that_fills_an_index_entry_is_kept(url: str) -> None:
    ids = [chr(0x10000 + 7 * number) * 399 + str(number) for number in range(4)]
    opened = [OpenAccount(account_id=key, currency="CNY", never_negative=False) for key in ids]
    moved = MoveMoney(transfer_id=ids[2], from_id=ids[0], to_id=ids[1], currency="CNY", amount_minor=1)
    with both(url, commands=WITH_BARE) as homes:
        homes.adopt(policy("full"), START - 1)
        outcomes = homes.run(
            [
                *(asked(command, START, command.account_id) for command in opened),
                asked(moved, START, "k"),
                asked(ReverseTransfer(transfer_id=ids[2]), START),
            ]
        )
        assert all(outcome.accepted for outcome in outcomes)
        homes.assert_same()


def test_a_claim_does_not_take_the_name_of_one_that_is_made(url: str) -> None:
    """A return and a wind-down make claims without looking whether their name is taken."""
    commands = [*opening(), *sale("o1", "m1", "c1", 1_000, 3), *sale("o2", "m1", "c1", 1_000, 3)]
    taken = [
        OpenClaim(claim_id=f"o2/{ending}", order_id="o1", amount_minor=10, reason="mischief")
        for ending in ("return", "abscond")
    ]
    declared = [Said(who, DeclareAbsconded(merchant_id="m1", reason="silent")) for who in ("Li", "Wang")]
    debited = RecordCapture(order_id="o2")
    debit = START + 7 * DAY
    for ends in ([debited, AskReturn(order_id="o2"), ConfirmReturn(order_id="o2")], [debited, *declared]):
        with both(url, commands=WITH_BARE) as homes:
            homes.adopt(policy("full"), START - 1)
            outcomes = homes.run([asked(command, START) for command in (*commands, *taken)])
            refusals = [outcome.refusal.code for outcome in outcomes if outcome.refusal is not None]
            assert refusals == ["claim_id_reserved"] * 2
            homes.advance(debit - DAY)
            homes.run([asked(ConfirmNotice(order_id="o2"), debit - DAY)])
            homes.advance(debit)
            assert all(outcome.accepted for outcome in homes.run([asked(each, debit) for each in ends]))
            homes.advance(debit + 40 * DAY)
            homes.assert_same()
            made = [claim for claim in homes.postgres.rows(Claim) if claim.order_id == "o2"]
            assert [claim.state for claim in made] == [ClaimState.PAID]
