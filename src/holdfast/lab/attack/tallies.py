"""The oracle's sums of each merchant, and of the ring together. All amounts in minor units."""

from collections import defaultdict

from holdfast.kernel.clock import Instant
from holdfast.lab.attack.schedule import ACCOMPLICES, CURRENCY, RING
from holdfast.ledger import chart
from holdfast.ledger.model import Transfer

PSP = chart.house(chart.PSP, CURRENCY)
FUND = chart.house(chart.FUND, CURRENCY)
FEES = chart.house(chart.FEES, CURRENCY)
ADVANCES = chart.house(chart.ADVANCES, CURRENCY)
LOSSES = chart.house(chart.LOSSES, CURRENCY)


class Tally:
    """The sums of one merchant.

    `loss_*` is the amount that claims of running windows missed, or the fund paid for them, net of nothing;
    `made_good` the part that the merchant paid back before it vanished. `missing` of running windows and
    `short` of all claims still miss. `line` is the published line at the instant of vanishing, and
    `published` how it came about; `peak_line` is the most that it ever was. `seized` is the cover that
    authorities took.
    """

    def __init__(self) -> None:
        self.gone_at: Instant | None = None
        self.line = 0
        self.published = ""
        self.peak_line = 0
        self.loss_before = 0
        self.loss_after = 0
        self.made_good = 0
        self.missing = 0
        self.short = 0
        self.captured = 0
        self.fees = 0
        self.fund_out = 0
        self.fund_back = 0
        self.seized = 0

    @property
    def loss(self) -> int:
        """Return the losses of running windows, net of the sums that the merchant has made good itself."""
        return max(0, self.loss_before - self.made_good) + self.loss_after

    @property
    def paid(self) -> int:
        """Return the sum that its sales have paid and cover taken from it: losses are not beyond that."""
        return self.fees + self.fund_back + self.seized

    @property
    def unearned(self) -> int:
        """Return the excess of the losses that others bore for the merchant over the fees of its sales."""
        return self.fund_out + self.missing - self.fund_back - self.fees


class Tallies(defaultdict[str, Tally]):
    """The sums of all merchants, and whose order is whose."""

    def __init__(self) -> None:
        super().__init__(Tally)
        self.shop_of: dict[str, str] = {}
        self.consumer_of: dict[str, str] = {}

    def add(self, transfer: Transfer) -> None:
        """Take a transfer: fees, payments of the fund by merchant, and money that came back to it."""
        source, target = transfer.from_id, transfer.to_id
        if target == FEES:
            self[self._shop(transfer, source)].fees += transfer.amount_minor
        elif target == FUND and source != PSP:
            self[self._shop(transfer, source)].fund_back += transfer.amount_minor
        if source == FEES:
            self[self._shop(transfer, target)].fees -= transfer.amount_minor
        elif source == FUND:
            self[self._shop(transfer, target)].fund_out += transfer.amount_minor

    def _shop(self, transfer: Transfer, account_id: str) -> str:
        if transfer.order_id is not None:
            return self.shop_of[transfer.order_id]
        return account_id.split("/")[1]


class Cash:
    """The money that crossed the border of the ring: its shops and their accomplices.

    `gain` is the money that came to the ring less its payments. An advance stands for the debit that is to
    come: a part that its consumer never pays is the platform's loan, and no gain of this kind; nor is the
    platform's loss to banks. `legitimate` is the money that honest consumers paid to the ring's shops and did
    neither get back nor claim with right in its window.
    """

    def __init__(self, tallies: Tallies) -> None:
        self._tallies = tallies
        self.gain = 0
        self.legitimate = 0

    def add(self, transfer: Transfer) -> None:
        """Take a transfer."""
        outside = {PSP, ADVANCES, LOSSES}
        source, target, amount = transfer.from_id, transfer.to_id, transfer.amount_minor
        if source in outside and target in outside:
            return  # a debit that repays an advance, or a write-off
        by = amount if target in outside else -amount if source in outside else 0
        if not by:
            return
        if transfer.order_id is None:
            if target == LOSSES:
                return  # what the platform had lost to a bank, an issuer or an authority comes back to it
            account = source if by > 0 else target
            if account.startswith(_RING_ACCOUNTS):
                self.gain += by
        elif self._tallies.consumer_of[transfer.order_id] in ACCOMPLICES:
            self.gain += by
        elif self._tallies.shop_of[transfer.order_id] in RING:
            self.legitimate -= by

    def seized(self, shop: str, amount_minor: int) -> None:
        """Count a seizure from a shop: the money left the ring, and is no gain of it."""
        if shop in RING:
            self.gain -= amount_minor

    def miss(self, order: str, by_minor: int) -> None:
        """Take the missing part of a claim of a running window, or its later payment (below 0)."""
        honest = self._tallies.consumer_of[order] not in ACCOMPLICES
        if honest and self._tallies.shop_of[order] in RING:
            self.legitimate -= by_minor


_RING_ACCOUNTS = tuple(f"merchant/{shop}/" for shop in RING)
