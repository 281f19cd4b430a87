"""The policy: settings in canonical units, and the row that keeps each adopted version."""

from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec

from holdfast.kernel import zones
from holdfast.kernel.clock import DAY, Duration, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.policy.refusals import NoPolicyInForce
from holdfast.policy.release import Release


class Dimension(StrEnum):
    """What a setting measures; it fixes the units in which it may be written."""

    TIME = "time"
    SHARE = "share"
    MONEY = "money"
    COUNT = "count"
    FLAG = "flag"
    ZONE = "zone"


class Setting(NamedTuple):
    """Where a setting stands in the file, what it measures, its bounds (canonical units), and its meaning."""

    group: str
    dimension: Dimension
    low: int
    high: int
    meaning: str


def _time(group: str, meaning: str) -> Setting:
    return Setting(group, Dimension.TIME, 0, 3650 * DAY, meaning)


def _share(group: str, meaning: str) -> Setting:
    return Setting(group, Dimension.SHARE, 0, 10_000, meaning)


def _money(group: str, meaning: str) -> Setting:
    return Setting(group, Dimension.MONEY, 0, 10**15, meaning)


def _count(group: str, meaning: str) -> Setting:
    return Setting(group, Dimension.COUNT, 0, 10**6, meaning)


def _flag(group: str, meaning: str) -> Setting:
    return Setting(group, Dimension.FLAG, 0, 1, meaning)


def _zone(group: str, meaning: str) -> Setting:
    return Setting(group, Dimension.ZONE, 0, 0, meaning)


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one version. Times in milliseconds, shares in basis points, money in minor units.

    Policies are kept for ever, and orders point to them. A setting that is added has a default: what policies
    of before are taken to say. A file must name it all the same.
    """

    version: str
    release: Release

    confirm_within: Annotated[
        Duration, _time("orders", "the consumer confirms a placed order, or it expires")
    ]
    ship_within: Annotated[Duration, _time("orders", "the merchant ships, unless it promised another time")]
    ship_grace: Annotated[Duration, _time("orders", "after the time to ship, until the order is cancelled")]
    deliver_within: Annotated[Duration, _time("orders", "from shipping, until goods count as lost")]
    trial: Annotated[Duration, _time("orders", "from delivery to the debit: the goods may be tried")]
    claim_window: Annotated[
        Duration,
        _time(
            "orders",
            "from delivery: claims are covered in full; after a late debit, as long as after one on time",
        ),
    ]
    after_sales_answer: Annotated[Duration, _time("orders", "the merchant answers an after-sales request")]
    return_confirm: Annotated[Duration, _time("orders", "the merchant confirms returned goods")]
    notice_before: Annotated[Duration, _time("orders", "the notice goes out before the debit")]
    reminder_every: Annotated[Duration, _time("orders", "between two reminders of an overdue order")]
    reminders: Annotated[int, _count("orders", "reminders of an overdue order, at most")]
    quiet_from_hour: Annotated[
        int, Setting("orders", Dimension.COUNT, 0, 23, "no reminder from this hour on")
    ]
    quiet_to_hour: Annotated[int, Setting("orders", Dimension.COUNT, 0, 23, "no reminder before this hour")]
    zone: Annotated[str, _zone("orders", "where the consumers' clocks are read, over their changes")] = ""
    write_off_after: Annotated[Duration, _time("orders", "from overdue to the write-off")]

    consumer_limit_minor: Annotated[int, _money("consumers", "what a consumer may owe in all, at first")]

    fee_bp: Annotated[int, _share("settlement", "the platform's fee, taken when proceeds are released")]
    fund_share_bp: Annotated[int, _share("settlement", "the fund's share, taken with the fee")]
    payout_cycle: Annotated[Duration, _time("settlement", "payouts leave at multiples of it; 0: at once")]
    advance_on_delivery: Annotated[bool, _flag("settlement", "the platform pays before the consumer does")]
    fund_capital_minor: Annotated[int, _money("fund", "the guarantee fund's initial capital")]

    claim_stops_capture: Annotated[bool, _flag("claims", "an open claim stops the debit and all timers")]
    claim_holds_payout: Annotated[bool, _flag("claims", "an open claim holds the merchant's payout")]
    claim_within: Annotated[Duration, _time("claims", "from delivery or capture: a claim may be filed")]
    claim_within_durable: Annotated[
        Duration, _time("claims", "from delivery or capture: a claim on durable goods may be filed")
    ] = 184 * DAY
    late_fund_minor: Annotated[
        int,
        _money(
            "claims",
            "of late claims on one merchant: what the fund pays at most, beside what its sales brought in",
        ),
    ] = 20_000

    deposit_minor: Annotated[int, _money("coverage", "the deposit that is due on joining")]
    least_cover_bp: Annotated[int, _share("coverage", "of the required cover: below it no new orders")]
    young_for: Annotated[Duration, _time("coverage", "a merchant counts as young: all exposure is covered")]
    young_orders: Annotated[int, _count("coverage", "orders completed before a merchant is not young")]
    floor_bp: Annotated[int, _share("coverage", "of the exposure: covered always, whatever the record")]
    prior_run_aways: Annotated[
        int, _count("coverage", "run-aways assumed per 1,000 windows, before any record")
    ]
    # Policies without these two (of before 3f2c4a5) estimated cover by another rule, which is gone with the
    # databases of its time: of the first they say the standard now, and of the second that no growth counts
    # as a surge, as it was then.
    peer_windows: Annotated[int, _count("coverage", "windows of a category's that the assumption weighs")] = (
        500
    )
    prior_windows: Annotated[
        int, _count("coverage", "windows of its own after which a merchant's hazard is half")
    ]
    line_bp: Annotated[
        int,
        Setting(
            "coverage",
            Dimension.SHARE,
            0,
            100_000,
            "of the fees and fund shares that a merchant's sales paid: no more may stand uncovered, "
            "and the fund pays no more for its claims after their window",
        ),
    ] = 9_000
    guarantee_call_within: Annotated[
        Duration, _time("coverage", "from calling a guarantee until its issuer has the demand in order")
    ] = 10 * DAY
    guarantee_ruling_within: Annotated[
        Duration,
        _time(
            "coverage", "from the window's end to the payment of a claim, where the issuer waits for a ruling"
        ),
    ] = 30 * DAY
    guarantee_conditional_bp: Annotated[
        int, _share("coverage", "of a guarantee whose issuer waits for a ruling: what counts as cover")
    ] = 5_000
    release_retry: Annotated[Duration, _time("coverage", "between two looks whether cover allows a release")]

    declarations: Annotated[
        int, Setting("enforcement", Dimension.COUNT, 2, 9, "people who declare absconded")
    ]
    refund_without_claim: Annotated[
        bool, _flag("enforcement", "captured orders of an absconded merchant are refunded unasked")
    ]
    sweep_after: Annotated[Duration, _time("enforcement", "invited consumers claim, before the sweep")]

    utc_offset: Duration | msgspec.UnsetType = msgspec.UNSET
    """What policies of before `zone` say in its place; no file does."""

    def __post_init__(self) -> None:
        """Keep a zone from being told twice, or not at all.

        Raises:
            ValueError: it is.
        """
        if bool(self.zone) == isinstance(self.utc_offset, int):
            raise ValueError(
                "a policy says its zone once: `zone`, or `utc_offset` where it is of before zones"
            )

    @property
    def local_zone(self) -> str:
        """Return the name of the consumers' zone; `UTC+8` where the policy is of before zones."""
        return self.zone if isinstance(self.utc_offset, msgspec.UnsetType) else zones.fixed(self.utc_offset)


IN_FORCE = "policy"
"""The id of the one row that says which version is in force."""


class InForce(Row, frozen=True, kw_only=True):
    """Which version is in force for what begins now, and since when: one row a home.

    It is read with every transaction and written at a change only, so it is read without a lock: who began
    before a change still works under the version before it, who begins after it under the new one.
    """

    version: str
    since: Instant


class AdoptedPolicy(Row, frozen=True, kw_only=True):
    """A version that was in force. `id` is the policy's version; orders point to it for ever."""

    immutable = True

    policy: Policy


class AdoptPolicy(Command, frozen=True, kw_only=True):
    """Bring a policy into force for new orders; those placed before keep theirs."""

    policy: Policy


class PolicyAdopted(FactBody, frozen=True, kw_only=True):
    """A version came into force, for the first time or again."""

    version: str
    policy: Policy


def version_in_force(desk: Desk) -> str:
    """Return the version that is in force.

    Raises:
        NoPolicyInForce: none is yet.
    """
    row = desk.find(InForce, IN_FORCE)
    if row is None:
        raise NoPolicyInForce("policy")
    return row.version


def adopted(desk: Desk, version: str) -> Policy:
    """Return the policy of `version`.

    Raises:
        NotFound: it was never adopted.
    """
    return desk.need(AdoptedPolicy, version).policy
