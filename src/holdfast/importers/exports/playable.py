"""Orders of an export made orders of a history: who is meant, and when what the states tell of came.

Where a state says that something happened and no column says when, the time is estimated, and told as a
repair: what was shipped left `shipped_after_days` after it was placed, and so on (`Estimates` of the form).
"""

import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from holdfast.importers import cells
from holdfast.importers.cells import BadCell
from holdfast.importers.chronology import Place, in_order
from holdfast.importers.days import within_days
from holdfast.importers.exports.asking import Asked
from holdfast.importers.exports.form import Form, Name
from holdfast.importers.exports.found import Found, State
from holdfast.importers.history import HistoryOrder, HistoryRefund, Repair, RepairKind
from holdfast.kernel.clock import DAY, Instant, iso
from holdfast.kernel.text import Text

_PSEUDONYM_BYTES = 10
PSEUDONYM = 2 * _PSEUDONYM_BYTES
"""So many signs stand for a person."""

_LONGEST_KEY = hashlib.blake2b.MAX_KEY_SIZE


class Playable(NamedTuple):
    """An order of a history, in its currency, with its estimates."""

    currency: str
    order: HistoryOrder
    repairs: Sequence[Repair]


def as_it_happened(
    made: Playable, odd: Sequence[Repair], file: str, row: int
) -> tuple[HistoryOrder, list[Repair]]:
    """Return an order with possible times, and the estimates and repairs; `odd` is of its times."""
    order, moved = in_order(made.order, lambda field: Place(file, row, field))
    early = [refund for refund in order.refunds if refund.at < order.placed_at]
    if early:
        moved += [
            Repair(
                file,
                row,
                Name.REFUNDED_AT.value,
                iso(refund.at),
                RepairKind.REFUNDED_BEFORE_PLACED,
                iso(order.placed_at),
            )
            for refund in early
        ]
        order = order._replace(
            refunds=tuple(each._replace(at=max(each.at, order.placed_at)) for each in order.refunds)
        )
    return order, [*odd, *made.repairs, *moved]


class Maker:
    """Makes orders of a history of what one file says."""

    def __init__(self, form: Form, file: str, asked: Asked) -> None:
        self._form = form
        self._file = file
        self._asked = asked

    def make(self, found: Found) -> Playable:
        """Return the order; what was never paid is not for here.

        Raises:
            BadCell: it was for nothing, or its parties are not known.
        """
        if found.amount_minor == 0:
            fix = Text(
                "请去掉此行：没有应付的，也就没有可损失的",
                "Leave the row out: nothing was to be paid, so nothing can be lost",
            )
            raise BadCell("amount", "0", Text("订单金额为零", "the order is for nothing"), fix)
        if found.amount_minor < 0:
            raise BadCell(
                "amount",
                str(found.amount_minor),
                Text("金额为负", "the amount is negative"),
                Text("请核对金额", "Check the amount"),
            )
        estimating = _Estimating(self._form, self._file, found)
        order = HistoryOrder(
            id=found.order_id,
            merchant_id=self._merchant(found),
            consumer_id=self._consumer(found),
            amount_minor=found.amount_minor,
            title=found.title,
            placed_at=estimating.placed(),
            ship_by=found.times.get(Name.SHIP_BY),
            shipped_at=estimating.shipped(),
            delivered_at=estimating.delivered(),
            cancelled_at=estimating.cancelled(),
            reviewed_at=None,
            score=None,
            refunds=estimating.refunds(),
        )
        ends = {name.value: found.times[name] + DAY - 1 for name in found.days}
        return Playable(found.currency, within_days(order, ends), estimating.repairs)

    def _merchant(self, found: Found) -> str:
        if found.merchant_id:
            return party("merchant_id", found.merchant_id)
        if self._asked.merchant is None:
            fix = Text(
                "请用 --merchant NAME 说明是谁的订单，或填写",
                "Say whose orders these are with --merchant NAME, or fill it in",
            )
            raise BadCell(
                "merchant_id",
                "",
                Text("文件没有写明由哪个商家售出", "the file does not say which merchant sold it"),
                fix,
            )
        return cells.identity("--merchant", self._asked.merchant)

    def _consumer(self, found: Found) -> str:
        if found.consumer_id:
            field = self._form.fields[Name.CONSUMER_ID]
            if field.personal:
                return pseudonym(self._asked.key, found.consumer_id)
            return party("consumer_id", found.consumer_id)
        if not self._asked.each_consumer:
            fix = Text(
                "请用 --consumer each 说明每笔订单各算一位消费者，或填写",
                "Say with --consumer each that every order counts as another consumer's, or fill it in",
            )
            raise BadCell(
                "consumer_id", "", Text("文件没有写明由谁购买", "the file does not say who bought it"), fix
            )
        return f"of-{found.order_id}"


def party(column: str, said: str) -> str:
    """Return the id of whoever a file names.

    Raises:
        BadCell: it is none.
    """
    return cells.identity(column, "_".join(said.split()))


class Pseudonyms:
    """What stands for persons' names, addresses or numbers: the same for the same, under one key.

    BLAKE2b under a key (RFC 7693, 2.9), of 80 bits: who has not the key cannot find out by trying.
    """

    def __init__(self, key: bytes) -> None:
        """Take the key, of any length."""
        if len(key) > _LONGEST_KEY:
            key = hashlib.blake2b(key).digest()
        self._keyed = hashlib.blake2b(key=key, digest_size=_PSEUDONYM_BYTES)

    def of(self, said: Iterable[str]) -> str:
        """Return what stands for each of these, one after the other, `PSEUDONYM` signs long each."""
        begun = self._keyed.copy
        digests: list[bytes] = []
        for each in said:
            hashed = begun()
            hashed.update(each.casefold().encode())
            digests.append(hashed.digest())
        return b"".join(digests).hex()


def pseudonym(key: bytes, said: str) -> str:
    """Return the pseudonym of a personal text, under a key."""
    return Pseudonyms(key).of([said])


class _Estimating:
    """The times of one order; those that the file lacks are put after what is known, and told."""

    def __init__(self, form: Form, file: str, found: Found) -> None:
        self.repairs: list[Repair] = []
        self._days = form.estimates
        self._file = file
        self._found = found
        self._last = found.times[Name.PLACED_AT]

    def placed(self) -> Instant:
        at = self._found.times[Name.PLACED_AT]
        if self._found.placed_by_id:
            repair = Repair(
                self._file, self._found.row, Name.PLACED_AT.value, "", RepairKind.PLACED_BY_ID, iso(at)
            )
            self.repairs.append(repair)
        return at

    def shipped(self) -> Instant | None:
        found = self._found
        came = found.state in {State.SHIPPED, State.DELIVERED} or Name.DELIVERED_AT in found.times
        return self._time(
            Name.SHIPPED_AT, RepairKind.SHIPPED_WITHOUT_DATE, self._days.shipped_after_days, came=came
        )

    def delivered(self) -> Instant | None:
        came = self._found.state is State.DELIVERED
        days = self._days.delivered_after_days
        return self._time(Name.DELIVERED_AT, RepairKind.DELIVERED_WITHOUT_DATE, days, came=came)

    def cancelled(self) -> Instant | None:
        found = self._found
        if found.state is not State.CANCELLED:
            return None
        days = self._days.ended_after_days
        told = found.times.get(Name.CANCELLED_AT, found.times.get(Name.REFUNDED_AT))
        if told is not None:
            return told
        return self._time(Name.CANCELLED_AT, RepairKind.CANCELLED_WITHOUT_DATE, days, came=True)

    def refunds(self) -> tuple[HistoryRefund, ...]:
        """Return the refunds of an order that they did not end."""
        found = self._found
        if found.part_unknown:
            reason = RepairKind.REFUND_WITHOUT_AMOUNT
            self.repairs.append(Repair(self._file, found.row, "refunded_amount", "", reason, ""))
        if found.state is State.CANCELLED or not found.refunded_minor:
            return ()
        days = self._days.ended_after_days
        at = self._time(Name.REFUNDED_AT, RepairKind.REFUNDED_UNKNOWN, days, came=True)
        assert at is not None
        return (HistoryRefund(found.refunded_minor, at),)

    def _time(self, name: Name, kind: RepairKind, days: int, *, came: bool) -> Instant | None:
        at = self._found.times.get(name)
        if at is None and came:
            at = self._last + days * DAY
            later = [self._found.times[each] for each in (Name.DELIVERED_AT,) if each in self._found.times]
            at = min([at, *(moment for moment in later if name is Name.SHIPPED_AT)])
            self.repairs.append(Repair(self._file, self._found.row, name.value, "", kind, iso(at)))
        if at is not None:
            self._last = max(self._last, at)
        return at
