"""The promise to a merchant's consumers at a moment: by the policy in force, and by changes of its cover."""

from collections.abc import Iterable

from msgspec.structs import replace

from holdfast.coverage.model import Coverage
from holdfast.coverage.rules import required_cover
from holdfast.kernel.clock import Instant
from holdfast.orders.facts import OrderPlaced, PartBegan
from holdfast.policy.model import Policy
from holdfast.policy.release import Covered, Full, Release


class Promise:
    """The policy that is judged, and the exposure of each merchant that may stand uncovered, in minor units.

    The line is exposure less required cover, as published. It is more where cover was less than that through
    no act of a merchant's or of the engine's: exposure that stood uncovered within the line when a stricter
    policy was adopted, and cover that an authority took from reserve and deposit. Neither ever grows again:
    exposure that closes, is paid, or is covered anew, is under the promise as anything else.
    """

    def __init__(self, policy: Policy, judged_as: Release | None = None) -> None:
        self.policy = policy
        self.made = _promises(policy)
        self._judged_as = judged_as
        self._beyond: dict[str, int] = {}
        self._versions = {policy.version: policy}
        self._of_order: dict[str, Policy] = {}

    def line(self, row: Coverage | None, at: Instant) -> int:
        """Return the exposure of a merchant that may stand uncovered, its line."""
        if row is None or not self.made:
            return 0
        published = row.exposure_minor - required_cover(row, self.policy, at)
        return max(0, published, min(row.exposure_minor, self._beyond.get(row.id, 0)))

    def required(self, row: Coverage, at: Instant) -> int:
        """Return the part of a merchant's exposure that has to be covered."""
        return required_cover(row, self.policy, at) and max(0, row.exposure_minor - self.line(row, at))

    def placed(self, body: OrderPlaced | PartBegan) -> None:
        """Note under which policy an order was placed: its windows are as long as that says."""
        self._of_order[body.order_id] = self._versions.get(body.policy_version, self.policy)

    def of_order(self, order_id: str) -> Policy:
        """Return the policy that an order was placed under."""
        return self._of_order.get(order_id, self.policy)

    def adopted(self, policy: Policy, rows: Iterable[Coverage], at: Instant) -> None:
        """Judge by another policy from now on: exposure uncovered within the line closes with its windows.

        Nothing is judged any more once a policy was in force that promises nothing.
        """
        for row in rows:
            self._beyond[row.id] = min(row.uncovered_minor, self.line(row, at))
        self.policy = policy if self._judged_as is None else replace(policy, release=self._judged_as)
        self.made = self.made and _promises(self.policy)
        self._versions[self.policy.version] = self.policy

    def seized(self, row: Coverage, before: Coverage, of_cover_minor: int, at: Instant) -> None:
        """Promise no cover that an authority took, but the part of it beyond the required cover."""
        allowed = self.line(before, at) + of_cover_minor
        self._beyond[row.id] = min(row.uncovered_minor, allowed)

    def settle(self, rows: Iterable[Coverage]) -> None:
        """Let the exposure uncovered beyond the line go down with the exposure that is uncovered still."""
        for row in rows:
            if self._beyond.get(row.id):
                self._beyond[row.id] = min(self._beyond[row.id], row.uncovered_minor)


def _promises(policy: Policy) -> bool:
    return isinstance(policy.release, Full | Covered)
