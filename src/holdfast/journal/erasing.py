"""The rules of erasure: records of a deal are retained for three years after it, and then erased on request.

电子商务法 art. 31 asks for the three years; after them the subject may have its data erased (个人信息保护法
art. 47). Erasure is crypto-shredding: without the key nobody can show the content of a leaf, and every proof
still holds.
"""

from typing import NamedTuple

from holdfast.journal.held import KeysHeld
from holdfast.kernel.clock import DAY, Duration, Instant

KEPT_FOR: Duration = 1_096 * DAY
"""Three years, with a day for the leap year: 不少于三年."""

_SUBJECTS = ("consumer", "merchant")


class Deal(NamedTuple):
    """A dealing that is retained, and the end of its retention; None while the dealing has not ended."""

    order_id: str
    kept_until: Instant | None


class Plan(NamedTuple):
    """The plan of an erasure: the deals that are `due` now, ascending, and those that are retained."""

    subject: str
    pseudonym: str
    due: tuple[str, ...]
    kept: tuple[Deal, ...]

    @property
    def whole(self) -> bool:
        """Tell whether nothing is retained, so that the subject's own key is destroyed, too."""
        return not self.kept

    @property
    def kept_until(self) -> Instant | None:
        """Return the end of the last retention; None where nothing is retained, or a deal has not ended."""
        times = [deal.kept_until for deal in self.kept if deal.kept_until is not None]
        return max(times) if times and len(times) == len(self.kept) else None

    @property
    def going(self) -> tuple[str, ...]:
        """Return the deals whose keys are to be destroyed; the subject's own is the empty one."""
        return (*self.due, "") if self.whole else self.due


def plan(held: KeysHeld, now: Instant) -> Plan:
    """Return the plan of an erasure at this instant.

    Retention runs from the last fact about a deal: a claim that came late is part of it.
    """
    deals = [Deal(each.order_id, each.last_at + KEPT_FOR if each.ended else None) for each in held.dealings]
    kept = tuple(deal for deal in deals if deal.kept_until is None or deal.kept_until > now)
    mine = {deal for deal in held.tags if deal}
    due = tuple(sorted(mine - {deal.order_id for deal in kept}))
    return Plan(held.id, held.pseudonym, due, kept)


def is_subject(text: str) -> bool:
    """Tell whether a text is a subject with keys in the log: consumer:ID or merchant:ID."""
    kind, _, key = text.partition(":")
    return kind in _SUBJECTS and bool(key)
