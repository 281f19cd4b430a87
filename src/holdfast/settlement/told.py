"""What the provider says of amounts and currencies: compared with what was asked, never taken for granted."""

from holdfast.settlement.refusals import ToldAmount, ToldOtherwise


def check_told(where: str, amount_minor: int | None, currency: str, asked_currency: str) -> None:
    """Refuse an answer that cannot be one to what was asked: in another currency, or of no amount.

    Raises:
        ToldOtherwise: it is in another currency.
        ToldAmount: it is not above zero.
    """
    if currency and currency != asked_currency:
        raise ToldOtherwise(where, asked=asked_currency, told=currency)
    if amount_minor is not None and amount_minor <= 0:
        raise ToldAmount(where, amount=amount_minor)
