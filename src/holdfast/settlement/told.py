"""Amounts and currencies that the provider reports: compared with the request, never taken for granted."""

from holdfast.parties.rules import check_currency
from holdfast.settlement.refusals import ToldAmount, ToldOtherwise


def is_in_another(where: str, amount_minor: int | None, currency: str, asked_currency: str) -> bool:
    """Tell whether money moved in another currency than was asked for.

    Raises:
        ToldAmount: the amount is not above zero.
        ToldOtherwise: the currency is another, and no amount is given.
        UnknownCurrency: there is no such currency.
    """
    if amount_minor is not None and amount_minor <= 0:
        raise ToldAmount(where, amount=amount_minor)
    if not currency or currency == asked_currency:
        return False
    check_currency(currency)
    if amount_minor is None:
        raise ToldOtherwise(where, asked=asked_currency, told=currency)
    return True
