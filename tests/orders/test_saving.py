"""An order is saved from the version that was read: what somebody else saved since is not lost silently."""

import pytest

from holdfast.ledger.model import Account
from holdfast.orders.book import find, save
from holdfast.orders.model import Order
from holdfast.parties.book import free
from holdfast.parties.model import Consumer
from one_market import OneMarket


def test_an_order_is_not_saved_over_what_was_saved_since_it_was_read() -> None:
    market = OneMarket()
    market.sell()
    desk = market.home.desk
    order, policy = find(desk, "o1")
    newer = save(desk, order, policy, reminders=1)
    with pytest.raises(AssertionError, match="Order o1: written since it was read"):
        save(desk, order, policy, reminders=2)
    assert save(desk, newer, policy, reminders=3).reminders == 3
    assert desk.need(Order, "o1").reminders == 3


@pytest.mark.parametrize(("kind", "key"), [(Consumer, "c1"), (Account, "merchant/m1/held/CNY")])
def test_so_it_is_with_other_rows(kind: type[Consumer | Account], key: str) -> None:
    market = OneMarket()
    market.sell_captured()
    desk = market.home.desk
    read = desk.need(kind, key)
    desk.put(type(read)(**{name: getattr(read, name) for name in read.__struct_fields__}), read)
    with pytest.raises(AssertionError, match=f"{kind.__name__} {key}: written since it was read"):
        desk.put(read, read)
    free(desk, "c1", -1)  # reads for itself
