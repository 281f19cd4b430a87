"""Why an order may not go on."""

from holdfast.kernel.refusal import Refusal


class OrderExists(Refusal):
    """The order's id is taken."""

    code = "order_exists"
    what = "an order with this id exists"
    fix = "Use the id of a new order; to repeat a request, send its idempotency key again"


class OrderAmountMustBePositive(Refusal):
    """An order of nothing."""

    code = "order_amount_must_be_positive"
    what = "the amount is {amount}"
    fix = "Send a whole number of minor units above zero"


class OrderCurrencyMismatch(Refusal):
    """The order's currency is not the merchant's and the consumer's."""

    code = "order_currency_mismatch"
    what = "the order is in {asked}, the {party} has {kept}"
    fix = "Order in the currency of both"


class ShipByPassed(Refusal):
    """A promise to ship in the past."""

    code = "ship_by_passed"
    what = "the promised time to ship, {ship_by}, has passed"
    fix = "Promise a time to come, or none"


class NotConfirmed(Refusal):
    """The consumer has not confirmed the order."""

    code = "not_confirmed"
    heals = True
    what = "the consumer has not confirmed this order"
    fix = "Wait for ConfirmOrder"


class AlreadyConfirmed(Refusal):
    """The order is confirmed."""

    code = "already_confirmed"
    what = "the consumer has confirmed this order"
    fix = "Nothing is to be done"


class ParcelOnItsWay(Refusal):
    """The order is shipped, and nobody says that the parcel was refused or taken back."""

    code = "parcel_on_its_way"
    heals = True
    what = "the parcel is on its way since {shipped}"
    fix = "Cancel with taken_back once it was refused or came back; or let it arrive, and return the goods"


class OwedOnlyGoesDown(Refusal):
    """More would be owed than before."""

    code = "owed_only_goes_down"
    what = "{owed} is owed, {asked} was asked for"
    fix = "Send less than what is owed; more needs a new order"


class TrialOver(Refusal):
    """The time to send the goods back has passed."""

    code = "trial_over"
    what = "the trial ended at {ended}"
    fix = "File a claim where the goods are not what was shown"


class NothingAsked(Refusal):
    """There is no request to answer, no return to confirm, no notice to send."""

    code = "nothing_asked"
    heals = True
    what = "no {thing} is open on this order"
    fix = "Check the order's story with `holdfast show order`"


class AlreadyAsked(Refusal):
    """The same request is open."""

    code = "already_asked"
    what = "a {thing} is open on this order"
    fix = "Wait for its answer"


class Disputed(Refusal):
    """A claim is open: the order's timers stand still."""

    code = "disputed"
    heals = True
    what = "a claim is open on this order since {since}"
    fix = "Wait for its end"


class CaptureOnItsWay(Refusal):
    """The provider was asked to debit and has not answered: what it takes can no longer be changed."""

    code = "debit_on_its_way"
    heals = True
    what = "the debit was asked for at {asked}, and the provider has not answered"
    fix = "Wait for its answer; then refund or claim what was debited"


class PartsDoNotFit(Refusal):
    """Parts that are nothing, or leave nothing of the order."""

    code = "parts_do_not_fit"
    what = "{owed} is owed, and the parts are for {asked}"
    fix = "Name 1 to {most} parts, each above zero, that leave something of the order"


class TermNotOfService(Refusal):
    """Goods have no time before which they may not be performed, or the time is years away."""

    code = "term_not_of_service"
    what = "a part is not to be performed before {not_before}, and {problem}"
    fix = "Name times within three years, for a service only"


class NotAService(Refusal):
    """Goods are not performed."""

    code = "not_a_service"
    what = "this order is of goods"
    fix = "Ship and deliver it; a service is placed as one"


class IsAService(Refusal):
    """A service is not shipped."""

    code = "is_a_service"
    what = "this order is a service"
    fix = "State what was performed with PerformOrder"


class NotYetPerformed(Refusal):
    """A step whose time has not come: nothing is debited that is not performed."""

    code = "not_yet_performed"
    heals = True
    what = "this part of the service runs until {not_before}"
    fix = "State it once it has been performed"


class StatementDoesNotFit(Refusal):
    """A statement of nothing, or of more than is owed."""

    code = "statement_does_not_fit"
    what = "{lines} lines state {stated}, and {owed} is owed"
    fix = "State what was performed, each line with its price, and no more than is owed"


class NothingToCancel(Refusal):
    """All parts of the order have begun or ended."""

    code = "nothing_to_cancel"
    what = "no part of this order is still to be shipped or performed"
    fix = "Return the goods, or file a claim"


class ArrivedAlready(Refusal):
    """It was told before that the goods arrived after the end."""

    code = "arrived_already"
    what = "the goods arrived at {arrived}, after the order had ended"
    fix = "Nothing is to be done"
