"""What the provider says of amounts and currencies: compared with what was asked, never taken for granted."""

from holdfast.parties.rules import check_currency
from holdfast.settlement.refusals import ToldAmount, ToldOtherwise


def is_in_another(where: str, amount_minor: int | None, currency: str, asked_currency: str) -> bool:
    """Tell whether what moved is in another currency than was asked; what cannot have moved is refused.

    Raises:
        ToldAmount: it is not above zero.
        ToldOtherwise: it is in another currency, and no amount is said.
        UnknownCurrency: it is in none.
    """
    if amount_minor is not None and amount_minor <= 0:
        raise ToldAmount(where, amount=amount_minor)
    if not currency or currency == asked_currency:
        return False
    check_currency(currency)
    if amount_minor is None:
        raise ToldOtherwise(where, asked=asked_currency, told=currency)
    return True
