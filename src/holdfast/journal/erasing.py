"""Who may be forgotten, and of what: what a deal was is kept for three years after it, then goes when asked.

电子商务法 art. 31 asks for the three years; after them, whoever asks is forgotten (个人信息保护法 art. 47):
without the key nobody, we included, can show what a leaf says; every proof holds.
"""

from typing import NamedTuple

from holdfast.journal.held import KeysHeld
from holdfast.kernel.clock import DAY, Duration, Instant

KEPT_FOR: Duration = 1_096 * DAY
"""Three years, with a day for the leap year: 不少于三年."""

_SUBJECTS = ("consumer", "merchant")


class Deal(NamedTuple):
    """A dealing that is kept: until when; None while it has not ended."""

    order_id: str
    kept_until: Instant | None


class Plan(NamedTuple):
    """What can be destroyed now, and what is kept. `due` are deals, ascending."""

    subject: str
    pseudonym: str
    due: tuple[str, ...]
    kept: tuple[Deal, ...]

    @property
    def whole(self) -> bool:
        """Tell whether nothing is kept, so that the subject's own key goes, too."""
        return not self.kept

    @property
    def kept_until(self) -> Instant | None:
        """Return when the last deal may go; None where none is kept, or one has not ended."""
        times = [deal.kept_until for deal in self.kept if deal.kept_until is not None]
        return max(times) if times and len(times) == len(self.kept) else None

    @property
    def going(self) -> tuple[str, ...]:
        """Return the deals whose keys are to be destroyed; the subject's own is the empty one."""
        return (*self.due, "") if self.whole else self.due


def plan(held: KeysHeld, now: Instant) -> Plan:
    """Return what an erasure would do now.

    The last fact about a deal counts: a claim that came late is part of it.
    """
    deals = [Deal(each.order_id, each.last_at + KEPT_FOR if each.ended else None) for each in held.dealings]
    kept = tuple(deal for deal in deals if deal.kept_until is None or deal.kept_until > now)
    mine = {deal for deal in held.tags if deal}
    due = tuple(sorted(mine - {deal.order_id for deal in kept}))
    return Plan(held.id, held.pseudonym, due, kept)


def is_subject(text: str) -> bool:
    """Tell whether a text names whom the log has keys of: consumer:ID or merchant:ID."""
    kind, _, key = text.partition(":")
    return kind in _SUBJECTS and bool(key)
