"""A form: the layout of an export of orders and the meanings of its words, as a TOML file.

The forms that are shipped and a user's own (`--map FILE`) are the same thing. docs/import.md says what each
setting does.
"""

import codecs
import tomllib
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from holdfast.importers.exports.refusals import BadForm
from holdfast.kernel.currencies import EXPONENTS
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text, same
from holdfast.kernel.zones import UTC
from holdfast.kernel.zones import zone as named_zone


class Kind(StrEnum):
    """The content of a table."""

    ORDERS = "orders"
    DETAILS = "details"
    REFUNDS = "refunds"
    STATEMENT = "statement"
    PLAIN = "plain"
    PLAIN_REFUNDS = "plain-refunds"


class Rows(StrEnum):
    """The granularity of a table: the thing that one row stands for."""

    ORDER = "order"
    LINE = "line"
    FIRST_LINE = "first-line"


class Lines(StrEnum):
    """How the lines of an order make its value: the first that has one, or the sum of all."""

    ONCE = "once"
    SUM = "sum"


class Meaning(StrEnum):
    """The meaning of a platform's word for a state, of an order or of a line of one."""

    NOTHING = "nothing"
    UNPAID = "unpaid"
    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CLOSED = "closed"
    REFUNDED = "refunded"
    REFUNDED_IN_PART = "refunded-in-part"


class Name(StrEnum):
    """The fields of an order that a form may find in a file."""

    ORDER_ID = "order_id"
    MERCHANT_ID = "merchant_id"
    CONSUMER_ID = "consumer_id"
    CURRENCY = "currency"
    AMOUNT = "amount"
    PAID = "paid"
    REFUNDED = "refunded_amount"
    PLACED_AT = "placed_at"
    PAID_AT = "paid_at"
    SHIP_BY = "ship_by"
    SHIPPED_AT = "shipped_at"
    DELIVERED_AT = "delivered_at"
    CANCELLED_AT = "cancelled_at"
    REFUNDED_AT = "refunded_at"
    TITLE = "title"
    PAY_LATER = "pay_later"
    PHONE = "phone"
    ADDRESS = "address"
    TRACKING = "tracking"
    DEVICE = "device"
    REFUND_ID = "refund_id"


MONTHS = 12

NEEDED = (Name.ORDER_ID, Name.AMOUNT, Name.PLACED_AT)
"""Without these nothing can be told of an order; everything else can be asked for, or be missing."""

NEEDED_OF_REFUNDS = (Name.REFUND_ID, Name.ORDER_ID, Name.AMOUNT)
"""Without these nothing can be told of a refund."""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where a field stands: the first of `columns` that the file has and that is not empty in the row.

    `add` are columns whose amounts are added to it, `subtract` those taken off. `words`: what a flag says
    where it is yes. `personal`: what stands there tells who somebody is, and becomes a pseudonym.
    """

    columns: tuple[str, ...]
    lines: Lines = Lines.ONCE
    add: tuple[str, ...] = ()
    subtract: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    personal: bool = False


class States(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column of states, and what its words mean. `optional`: a file may lack the column."""

    columns: tuple[str, ...]
    words: dict[str, Meaning]
    optional: bool = False


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows that are no orders: those in which a column says one of these words."""

    column: str
    words: tuple[str, ...]


class EntryKind(StrEnum):
    """The sort of an entry in a provider's statement."""

    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"
    DISPUTE = "dispute"
    PAYOUT = "payout"


class Entries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the entries of one kind stand in a statement: the rows in which `column` says one of `words`.

    Amounts are signed as the merchant sees them: `negative` where the file writes what went away as what it
    was; `fee_negative` where it writes fees below zero. `pending` is told of what is under way only.
    """

    kind: EntryKind
    column: str
    words: tuple[str, ...]
    entry_id: tuple[str, ...]
    amount: tuple[str, ...]
    at: tuple[str, ...]
    order_ref: tuple[str, ...] = ()
    fee: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()
    negative: bool = False
    fee_negative: bool = False
    pending: Mark | None = None


class Closing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The control totals in a statement's last lines: regular expressions whose group is the number.

    `kind` None: of all entries. Sums are compared without their signs.
    """

    kind: EntryKind | None = None
    count: str | None = None
    amount: str | None = None


class Estimates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is taken for a time that the file does not hold, where its states say that it came; in days."""

    shipped_after_days: int = 2
    delivered_after_days: int = 3
    ended_after_days: int = 1


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a table is laid out. Names of columns are compared as `heading` writes them.

    `offsets`: its times carry their offsets. `months` are the names of the twelve, where `times` say `%m`.
    `purpose` and `purpose_zh`: what a table is for that holds no orders; `refunds_of`: the form of the orders
    whose refunds it tells. `alone`: a table that has other columns beside those of the header is of another
    form.
    """

    name: str
    zh: str
    en: str
    kind: Kind = Kind.ORDERS
    seen: str
    tried: bool = False
    header: tuple[str, ...]
    encodings: tuple[str, ...] = ("utf-8", "gb18030")
    delimiter: str = ","
    zone: str | None = None
    offsets: bool = False
    currency: str | None = None
    rows: Rows = Rows.ORDER
    times: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ","
    marks: tuple[str, ...] = ()
    empty: tuple[str, ...] = ("-", "--")
    totals: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    id_date: str | None = None
    fields: dict[Name, Field] = {}
    states: tuple[States, ...] = ()
    leave_out: tuple[Mark, ...] = ()
    entries: tuple[Entries, ...] = ()
    closing: tuple[Closing, ...] = ()
    estimates: Estimates = Estimates()
    purpose: str = ""
    purpose_zh: str = ""
    refunds_of: str = ""
    alone: bool = False

    def for_what(self) -> Text:
        """Return what a table is for that holds no orders, in both languages."""
        return Text(self.purpose_zh or self.purpose, self.purpose)

    @property
    def personal(self) -> bool:
        """Tell whether whoever bought is named by what becomes a pseudonym."""
        consumer = self.fields.get(Name.CONSUMER_ID)
        return consumer is not None and consumer.personal

    def columns(self) -> Iterator[str]:
        """Give every column that it names."""
        for field in self.fields.values():
            yield from (*field.columns, *field.add, *field.subtract)
        for states in self.states:
            yield from states.columns


def parse(text: str, where: str) -> Form:
    """Read a form out of TOML.

    Raises:
        BadForm: it is no TOML, a setting is unknown or of another type, or two contradict each other.
    """
    try:
        form = msgspec.convert(tomllib.loads(text), Form)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadForm(where, reason=same(error)) from error
    for reason in _flaws(form):
        raise BadForm(where, reason=reason)
    return form


def _flaws(form: Form) -> Iterator[Text]:
    if not form.header:
        yield Text(
            "header 没有写列名：无从认出此格式的文件",
            "header names no column: nothing tells a file of this form",
        )
    if form.refunds_of and form.kind is not Kind.REFUNDS:
        yield Text('refunds_of 需要 kind = "refunds"', 'refunds_of needs kind = "refunds"')
    needed = NEEDED if form.kind is Kind.ORDERS else NEEDED_OF_REFUNDS if form.refunds_of else ()
    yield from (
        Text(f"缺少 fields.{name.value}", f"fields.{name.value} is missing")
        for name in needed
        if name not in form.fields
    )
    if form.kind is not Kind.ORDERS and not form.purpose:
        yield Text("缺少 purpose：请写明此类文件的用途", "purpose is missing: say what such a file is for")
    if form.rows is Rows.ORDER and any(field.lines is Lines.SUM for field in form.fields.values()):
        yield Text(
            'lines = "sum" 需要 rows = "line"：一行是整笔订单',
            'lines = "sum" needs rows = "line": one row is a whole order',
        )
    yield from _flaws_of_values(form)
    if len(form.months) not in {0, MONTHS}:
        yield Text("months 应为十二个名称，或不写", "months are twelve names, or none")
    for name, field in form.fields.items():
        if not field.columns:
            yield Text(f"fields.{name.value} 没有写列名", f"fields.{name.value} names no column")
        if bool(field.words) is not (name is Name.PAY_LATER):
            yield Text(
                f"fields.{name.value}：words 只用于 pay_later，且须写明",
                f"fields.{name.value}: words are for pay_later, which needs them",
            )


def _flaws_of_values(form: Form) -> Iterator[Text]:
    if form.currency is not None and form.currency not in EXPONENTS:
        yield Text(
            f"currency：{form.currency} 不是 ISO 4217 币种",
            f"currency: {form.currency} is not an ISO 4217 currency",
        )
    if form.decimal not in {".", ","} or form.decimal == form.thousands:
        yield Text("decimal 为 . 或 ,，且不得与 thousands 相同", "decimal is . or , and is not thousands")
    try:
        named_zone(form.zone or UTC)
    except Refusal as refusal:
        yield Text("zone：{said}", "zone: {said}").fill(said=refusal.told())
    for encoding in form.encodings:
        try:
            codecs.lookup(encoding)
        except LookupError:
            yield Text(f"encodings：不认识 {encoding}", f"encodings: {encoding} is not known")
