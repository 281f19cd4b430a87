"""The declaration of the room of claims: commands and words. Its rows are settlement's. See `kernel.room`."""

from holdfast.claims import handlers, returns, withdrawn
from holdfast.claims.model import OpenClaim, RejectClaim, UpholdClaim
from holdfast.claims.settings import SETTINGS
from holdfast.claims.words import WHERE, WORDS
from holdfast.kernel.actor import Role
from holdfast.kernel.index import among
from holdfast.kernel.money import Money
from holdfast.kernel.room import Room
from holdfast.kernel.task import Find, May, TaskKind
from holdfast.kernel.text import Text
from holdfast.orders.model import ConfirmReturn, WithdrawDelivery
from holdfast.settlement.model import Claim, ClaimState


def _claimed(claim: Claim, _find: Find) -> Money:
    return Money(claim.claimed_minor, claim.currency)


CLAIM = TaskKind(
    "claim",
    Claim,
    (among("state", ClaimState.OPEN),),
    since="opened_at",
    within="claim_decided_within",
    role=Role.STAFF,
    at_stake=_claimed,
    may=(May(UpholdClaim, {"claim_id": "id"}), May(RejectClaim, {"claim_id": "id"})),
    words=Text("消费者提出索赔：请裁定", "a consumer claims: decide it"),
)

ROOM = Room(
    "claims",
    handles={
        OpenClaim: handlers.open_claim,
        UpholdClaim: handlers.uphold,
        RejectClaim: handlers.reject,
        ConfirmReturn: returns.confirm,
        WithdrawDelivery: withdrawn.withdraw,
    },
    settings=SETTINGS,
    words=WORDS,
    words_where=WHERE,
    tasks=(CLAIM,),
)
