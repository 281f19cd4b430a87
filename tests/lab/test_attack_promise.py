"""What is promised at a moment: by the policy in force, and by what happened to cover."""

from msgspec.structs import replace

from holdfast.coverage.model import Coverage
from holdfast.kernel.clock import DAY
from holdfast.lab.attack.promise import Promise
from holdfast.lab.attack.schedule import START, Setting, promised
from holdfast.orders.facts import OrderPlaced


def ordered(order: str, version: str) -> OrderPlaced:
    return OrderPlaced(
        order_id=order,
        merchant_id="m",
        consumer_id="anna",
        currency="CNY",
        amount_minor=100,
        policy_version=version,
        snapshot_id="s",
        confirmed=True,
        ship_by=START,
    )


def row(exposure: int, cover: int) -> Coverage:
    return Coverage(id="m", currency="CNY", exposure_minor=exposure, cover_minor=cover)


def test_what_an_authority_took_is_promised_no_more_and_never_grows_again() -> None:
    promise = Promise(promised(Setting("full")))
    before, after = row(500, 500), row(500, 300)
    assert promise.line(before, START) == 0
    promise.seized(after, before, 200, START)
    assert (promise.line(after, START), promise.required(after, START)) == (200, 300)
    again = row(500, 250)  # 50 more went by no authority: they are still promised
    promise.settle([again])
    assert promise.required(again, START) == 300
    closed = row(350, 250)
    promise.settle([closed])
    assert promise.line(closed, START) == 100
    promise.settle([row(500, 400)])
    assert promise.line(row(500, 300), START) == 100


def test_more_than_had_to_be_there_is_taken_from_nobody() -> None:
    promise = Promise(promised(Setting("full")))
    promise.seized(row(500, 600), row(500, 800), 200, START)
    assert promise.required(row(500, 600), START) == 500


def test_what_stood_uncovered_within_the_line_closes_with_its_windows_under_a_stricter_policy() -> None:
    loose, strict = Setting("covered(0.95)"), Setting("full")
    earned = replace(
        row(1_000, 700),
        first_captured_at=START - 400 * DAY,
        completed_orders=99,
        captured_minor=10**6,
        recent_captured_minor=10**6,
        ordinary_minor=1_000,
        windows=50,
        earned_minor=5_000,
    )
    promise = Promise(promised(loose))
    assert promise.line(earned, START) >= 300
    promise.adopted(promised(strict), [earned], START)
    assert promise.line(earned, START) == 300
    assert promise.made


def test_nothing_is_judged_once_a_policy_was_in_force_that_promises_nothing() -> None:
    promise = Promise(promised(Setting("full")))
    promise.adopted(promised(Setting("delivery_plus(7)")), [], START)
    promise.adopted(promised(Setting("full")), [], START)
    assert not promise.made


def test_a_window_is_as_long_as_the_policy_says_under_which_its_order_was_placed() -> None:
    old = promised(Setting("full"))
    promise = Promise(old)
    promise.placed(ordered("o1", old.version))
    new = replace(old, version="shorter", claim_window=old.claim_window // 2)
    promise.adopted(new, [], START)
    promise.placed(ordered("o2", "shorter"))
    assert [promise.of_order(key).claim_window for key in ("o1", "o2")] == [
        old.claim_window,
        new.claim_window,
    ]
