"""Takings of a bank or an authority: from whose money they came, and the consumer's refunds before."""

from collections import defaultdict
from collections.abc import Sequence

from holdfast.claims.facts import ClaimUpheld
from holdfast.kernel.rows import FactBody
from holdfast.lab.attack.schedule import CURRENCY
from holdfast.lab.attack.tallies import FUND, LOSSES, PSP
from holdfast.ledger import chart
from holdfast.ledger.model import Transfer
from holdfast.settlement.facts import ClaimPaid, ClaimRecovered, OrderCaptured, OrderRefunded, RestCaptured
from holdfast.settlement.otherwise_facts import ChargedBack, ClaimMet, MoneySeized

TO_CONSUMER = (ClaimPaid, ClaimRecovered, OrderRefunded, ChargedBack)
"""Facts about sums that a consumer was paid back of an order."""


class Takings:
    """The debits and refunds of each order, and the unpaid part of its claims. Minor units."""

    def __init__(self) -> None:
        self._captured: defaultdict[str, int] = defaultdict(int)
        self._given: defaultdict[str, int] = defaultdict(int)
        self._due: defaultdict[str, dict[str, int]] = defaultdict(dict)

    def hear(self, body: FactBody, transfers: Sequence[Transfer], *, gone: bool) -> str | None:
        """Take a fact; return the fault in it, if there is one."""
        wrong = None
        match body:
            case OrderCaptured(order_id=order) | RestCaptured(order_id=order):
                self._captured[order] += body.amount_minor
            case ClaimUpheld(order_id=order):
                self._due[order][body.claim_id] = body.amount_minor
            case ClaimPaid(order_id=order):
                self._due[order][body.claim_id] = body.missing_minor
            case ClaimRecovered(order_id=order) | ClaimMet(order_id=order):
                self._due[order][body.claim_id] -= body.amount_minor
            case ChargedBack():
                wrong = self._charged_back(body, transfers, gone=gone)
            case MoneySeized():
                wrong = _seized(body, transfers, gone=gone)
            case _:
                pass
        if isinstance(body, TO_CONSUMER):
            self._given[body.order_id] += body.amount_minor
        return wrong

    def _charged_back(self, body: ChargedBack, transfers: Sequence[Transfer], *, gone: bool) -> str | None:
        sources = _sources(transfers, body.order_id)
        told = {
            chart.merchant(body.merchant_id, chart.HELD, CURRENCY): body.from_order_minor,
            chart.merchant(body.merchant_id, chart.AVAILABLE, CURRENCY): body.from_available_minor,
            chart.merchant(body.merchant_id, chart.RESERVE, CURRENCY): body.from_reserve_minor,
            chart.merchant(body.merchant_id, chart.DEPOSIT, CURRENCY): body.from_deposit_minor,
            chart.consumer(body.consumer_id, CURRENCY, chart.CREDIT): body.from_credit_minor,
            LOSSES: body.from_platform_minor + body.twice_minor,
        }
        if wrong := _differs(sources, told):
            return wrong
        shared = body.from_available_minor + body.from_reserve_minor + body.from_deposit_minor
        if gone and shared:
            return f"{body.order_id}: a bank had {shared} of what sweeps share"
        order = body.order_id
        most = self._given[order] + body.amount_minor - self._captured[order]
        if body.twice_minor > max(0, most):
            return f"{order}: {body.twice_minor} is told as given back before, and at most {most} was"
        return None


def _seized(body: MoneySeized, transfers: Sequence[Transfer], *, gone: bool) -> str | None:
    sources = _sources(transfers, None)
    told = {
        chart.merchant(body.merchant_id, chart.AVAILABLE, CURRENCY): body.from_available_minor,
        chart.merchant(body.merchant_id, chart.RESERVE, CURRENCY): body.from_reserve_minor,
        chart.merchant(body.merchant_id, chart.DEPOSIT, CURRENCY): body.from_deposit_minor,
        LOSSES: body.from_platform_minor,
    }
    if wrong := _differs(sources, told):
        return wrong
    shared = body.amount_minor - body.from_platform_minor
    return f"{body.merchant_id}: an authority had {shared} of what sweeps share" if gone and shared else None


def _sources(transfers: Sequence[Transfer], order: str | None) -> dict[str, int]:
    found: defaultdict[str, int] = defaultdict(int)
    for transfer in transfers:
        if transfer.to_id == PSP and transfer.order_id == order:
            found[transfer.from_id] += transfer.amount_minor
    return found


def _differs(sources: dict[str, int], told: dict[str, int]) -> str | None:
    if FUND in sources:
        return f"the fund paid {sources[FUND]} of what was taken"
    for account in sorted(sources.keys() | told.keys()):
        if sources.get(account, 0) != told.get(account, 0):
            return f"{account}: {told.get(account, 0)} is told as taken, and {sources.get(account, 0)} was"
    return None
