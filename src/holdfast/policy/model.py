"""The policy: settings in canonical units, and the row that keeps each adopted version."""

import msgspec

from holdfast.kernel import zones
from holdfast.kernel.clock import DAY, HOUR, Duration, Instant
from holdfast.kernel.desk import Desk
from holdfast.kernel.rows import Command, FactBody, Row
from holdfast.kernel.text import Text
from holdfast.policy.refusals import NoPolicyInForce
from holdfast.policy.release import Release


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one version. Times in milliseconds, shares in basis points, money in minor units.

    What each means, its bounds and its place in a file stand in the room that reads it (`Room.settings`).
    Policies are kept for ever, and orders point to them. A setting that is added has a default: what policies
    of before are taken to say. A file must name it all the same.
    """

    version: str
    release: Release

    confirm_within: Duration
    ship_within: Duration
    ship_grace: Duration
    deliver_within: Duration
    trial: Duration
    claim_window: Duration
    after_sales_answer: Duration
    return_confirm: Duration
    notice_before: Duration
    reminder_every: Duration
    reminders: int
    quiet_from_hour: int
    quiet_to_hour: int
    zone: str = ""
    write_off_after: Duration

    consumer_limit_minor: int

    fee_bp: int
    fund_share_bp: int
    payout_cycle: Duration
    advance_on_delivery: bool
    fund_capital_minor: int

    claim_stops_capture: bool
    claim_holds_payout: bool
    claim_within: Duration
    claim_within_durable: Duration = 184 * DAY
    late_fund_minor: int = 20_000

    deposit_minor: int
    least_cover_bp: int
    young_for: Duration
    young_orders: int
    floor_bp: int
    prior_run_aways: int
    # Policies without these two (of before 3f2c4a5) estimated cover by another rule, which is gone with the
    # databases of its time: of the first they say the standard now, and of the second that no growth counts
    # as a surge, as it was then.
    peer_windows: int = 500
    prior_windows: int
    line_bp: int = 9_000
    guarantee_call_within: Duration = 10 * DAY
    guarantee_ruling_within: Duration = 30 * DAY
    guarantee_conditional_bp: int = 5_000
    release_retry: Duration

    declarations: int
    refund_without_claim: bool
    sweep_after: Duration

    notice_answer_within: Duration = 12 * HOUR
    capture_answer_within: Duration = 3 * DAY
    payout_answer_within: Duration = 3 * DAY
    repayment_answer_within: Duration = 3 * DAY
    issuer_answer_within: Duration = 30 * DAY
    look_within: Duration = 3 * DAY
    claim_decided_within: Duration = 15 * DAY
    second_declaration_within: Duration = 48 * HOUR
    proposal_stands: Duration = 7 * DAY
    erasure_people: int = 1
    log_restart_people: int = 1
    access_people: int = 1

    utc_offset: Duration | msgspec.UnsetType = msgspec.UNSET
    """The fixed offset in policies from before `zone`; files do not have it."""

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
    """The version that is in force for whatever begins now, and since when: one row a home.

    It is read with every transaction and written at a change only, so it is read without a lock: who began
    before a change still works under the version before it, who begins after it under the new one.
    """

    called = Text("生效规则", "policy in force")

    version: str
    since: Instant


class AdoptedPolicy(Row, frozen=True, kw_only=True):
    """A version that was in force. `id` is the policy's version; orders point to it for ever."""

    called = Text("规则版本", "version of the policy")

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
