"""What the room of claims has: commands and words. Its rows are settlement's. See `kernel.room`."""

from holdfast.claims import handlers, returns, withdrawn
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.claims.words import WHERE, WORDS
from holdfast.kernel.room import Room
from holdfast.orders.model import ConfirmReturn, WithdrawDelivery

ROOM = Room(
    "claims",
    handles={
        OpenClaim: handlers.open_claim,
        UpholdClaim: handlers.uphold,
        RejectClaim: handlers.reject,
        ConfirmReturn: returns.confirm,
        WithdrawDelivery: withdrawn.withdraw,
    },
    words=WORDS,
    words_where=WHERE,
)
