"""Options of an import for data that a file lacks: the shop, the buyers, the zone and the currency."""

from typing import NamedTuple

from holdfast.importers.exports.columns import Columns
from holdfast.importers.exports.form import Form, Name
from holdfast.kernel.text import Text


class Asked(NamedTuple):
    """What was said by option. Where it is None, the file has to tell, or is refused with the option.

    `each_consumer`: where the file hides buyers, every order counts as another consumer's. `only_pay_later`:
    orders that the platform does not mark as paid after use are left out. `key` makes the pseudonyms of names
    and addresses of buyers. `links`: what orders may have in common is wanted, as keyed hashes.
    """

    merchant: str | None = None
    zone: str | None = None
    currency: str | None = None
    each_consumer: bool = False
    only_pay_later: bool = False
    key: bytes = b""
    links: bool = False


class Need(NamedTuple):
    """A missing datum of a file, and the option that supplies it."""

    lacks: Text
    option: str


def needed(form: Form, columns: Columns, asked: Asked) -> list[Need]:
    """Return the options that are still needed before the orders of a file can be read."""
    has = columns.fields.keys()
    needs = {
        Need(Text("由哪个商家售出", "which merchant sold what is in it"), "--merchant NAME"): (
            Name.MERCHANT_ID not in has and asked.merchant is None
        ),
        Need(Text("由谁购买", "who bought it"), "--consumer each"): (
            Name.CONSUMER_ID not in has and not asked.each_consumer
        ),
        Need(Text("时间是何处的", "where its times were shown"), "--zone Asia/Shanghai"): (
            form.zone is None and not form.offsets and asked.zone is None
        ),
        Need(Text("金额的币种", "in which currency its amounts are"), "--currency CNY"): (
            Name.CURRENCY not in has and form.currency is None and asked.currency is None
        ),
    }
    return [need for need, is_needed in needs.items() if is_needed]
