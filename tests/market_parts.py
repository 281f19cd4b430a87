"""What histories and directed tests are made of: few parties, so that they meet, and what they sell."""

from hypothesis import strategies as st
from msgspec.structs import replace

from holdfast.evidence.model import RecordEvidence
from holdfast.guarantees.model import CallTerms, GuaranteeKind, RecordGuarantee
from holdfast.kernel.clock import DAY, Instant, parse
from holdfast.kernel.rows import Command
from holdfast.orders.model import DeliverOrder, Listing, Part, PlaceOrder, ShipOrder
from holdfast.parties.model import OpenPayLater, RegisterMerchant
from holdfast.policy.model import Policy
from holdfast.policy_files.reading import named

START: Instant = parse("2026-03-01")
MERCHANTS = ("m1", "m2", "m3")
CONSUMERS = ("c1", "c2", "c3")
ORDERS = (*(f"o{number}" for number in range(1, 10)), *(f"{key}~1" for key in MERCHANTS))
CLAIMS = (*(f"k{number}" for number in range(1, 10)), *(f"{key}~1" for key in MERCHANTS))
GUARANTEES = (*(f"g{number}" for number in range(1, 5)), "m1~1", "m2~1")
PEOPLE = ("Li", "Wang", "Zhao")
AMOUNTS = st.one_of(st.integers(1, 40_000), st.sampled_from([1, 2, 3, 9_999, 10_000]))
RELEASES = ("full", "delivery_plus(7)", "rolling_reserve(15%, 30d)", "fixed_deposit(10000)", "covered(0.99)")
LISTING = Listing(title="电热水壶", text="1.7 L", price_minor=10_000, promises=("7 天无理由退货",))

OWNERS = {"m1": ("p1",), "m2": ("p1", "p2"), "m3": ("p3",)}
"""Two merchants share an owner: who runs with one cannot come back with another."""


def photo(order_id: str) -> RecordEvidence:
    """Return the command that records a photo of an order's goods."""
    return RecordEvidence(
        order_id=order_id,
        sha256="0" * 64,
        sm3="1" * 64,
        size_bytes=1,
        media_type="image/jpeg",
        source="a photo",
        device="a telephone",
        captured_at=START,
        operator="Li",
    )


def policy(release: str, **changes: object) -> Policy:
    """Return the standard policy with this release rule and other numbers, under a version of its own."""
    chosen = named(release)
    if not changes:
        return chosen
    listed = ",".join(f"{name}={value}" for name, value in sorted(changes.items()))
    return replace(chosen, version=f"{chosen.version}+{listed}", **changes)


VARIANTS: tuple[dict[str, object], ...] = (
    {},
    {"claim_stops_capture": False, "claim_holds_payout": False},
    {"advance_on_delivery": True},
    {"claim_stops_capture": False, "advance_on_delivery": True},
    {"refund_without_claim": False, "payout_cycle": 0},
    {"young_orders": 0, "young_for": 0, "prior_run_aways": 1, "payout_cycle": 0, "least_cover_bp": 0},
)

POLICIES: tuple[Policy, ...] = tuple(
    policy(release, **changes) for release in RELEASES for changes in VARIANTS
)
"""Each release rule, with and without what stops a debit, holds a payout and pays in advance."""


def opening() -> list[Command]:
    """Return the commands that bring the parties in."""
    joining: list[Command] = [
        RegisterMerchant(merchant_id=key, name=f"Shop {key}", currency="CNY", owner_ids=OWNERS[key])
        for key in MERCHANTS
    ]
    return joining + [OpenPayLater(consumer_id=key, currency="CNY") for key in CONSUMERS]


def sale(order_id: str, merchant_id: str, consumer_id: str, amount_minor: int, steps: int) -> list[Command]:
    """Return an order that is placed, shipped and delivered, as far as `steps` goes."""
    whole: list[Command] = [
        PlaceOrder(
            order_id=order_id,
            merchant_id=merchant_id,
            consumer_id=consumer_id,
            currency="CNY",
            amount_minor=amount_minor,
            listing=LISTING,
            confirmed=steps > 0,
        ),
        ShipOrder(order_id=order_id, tracking="SF1"),
        DeliverOrder(order_id=order_id),
    ]
    return whole[: max(1, steps)]


def course(order_id: str, merchant_id: str, consumer_id: str, amount_minor: int) -> PlaceOrder:
    """Return the order of a service in three steps, the last of which is a month away."""
    steps = (
        Part(id=f"{order_id}/2", amount_minor=max(1, amount_minor // 3), what="second lesson"),
        Part(id=f"{order_id}/3", amount_minor=max(1, amount_minor // 3), not_before=START + 30 * DAY),
    )
    return PlaceOrder(
        order_id=order_id,
        merchant_id=merchant_id,
        consumer_id=consumer_id,
        currency="CNY",
        amount_minor=amount_minor,
        listing=LISTING,
        service=True,
        what="first lesson",
        parts=steps,
    )


def standing(guarantee_id: str, merchant_id: str, limit_minor: int, **terms: object) -> RecordGuarantee:
    """Return a bank's guarantee for a year, on demand and without exclusions, but for other `terms`."""
    whole = {
        "kind": GuaranteeKind.BANK_GUARANTEE,
        "issuer": "a bank",
        "starts_at": START,
        "ends_at": START + 365 * DAY,
        "call": CallTerms.ON_DEMAND,
        **terms,
    }
    return RecordGuarantee(
        guarantee_id=guarantee_id,
        merchant_id=merchant_id,
        limit_minor=limit_minor,
        **whole,  # pyright: ignore[reportArgumentType]
    )
