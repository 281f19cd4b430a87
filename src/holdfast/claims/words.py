"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.claims.facts import ClaimOpened, ClaimRejected, ClaimUpheld, ClaimWaits, KeptForClaim
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    ClaimOpened: Text(
        "消费者提出赔付申请，扣款暂停，货款冻结",
        "claim {claim_id} for {amount_minor} was opened ({reason}); {payout_held_minor} of the "
        "merchant's balance was reserved for it",
    ),
    ClaimRejected: Text(
        "{actor}驳回赔付申请",
        "claim {claim_id} was rejected by {actor}: {reason}",
    ),
    ClaimUpheld: Text(
        "{actor}认定赔付申请成立",
        "claim {claim_id} was upheld for {amount_minor} by {actor}",
    ),
    ClaimWaits: Text(
        "{actor}认定赔付申请成立，待扣款完成后支付",
        "claim {claim_id} was upheld for {amount_minor} by {actor}; policy lets the debit come first",
    ),
    KeptForClaim: Text(
        "为未决索赔留存商家到账款项",
        "{amount_minor} of what came in is kept for claim {claim_id}; {lacking_minor} is lacking",
    ),
}

WHERE: Mapping[type[FactBody], Mapping[str, Text]] = {
    ClaimOpened: {
        "late": Text(
            "消费者提出赔付申请，扣款暂停，货款冻结",
            "claim {claim_id} for {amount_minor} was opened after the order's window ({reason}): it is paid "
            "from what the cover of others does not need, then by the fund to its bound; {payout_held_minor} "
            "of the merchant's balance was reserved for it",
        ),
    },
}
"""The words where a field has a value."""
