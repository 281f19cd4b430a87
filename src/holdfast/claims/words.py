"""The sentences that tell this room's facts. Names in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.claims.facts import ClaimOpened, ClaimRejected, ClaimUpheld, ClaimWaits, KeptForClaim
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    ClaimOpened: Text(
        (
            "消费者提出赔付申请 {claim_id}，金额 {amount_minor}（{reason}）"
            "，扣款暂停；为此冻结商家余额 {payout_held_minor}"
        ),
        "claim {claim_id} for {amount_minor} was opened ({reason}); {payout_held_minor} of the "
        "merchant's balance was reserved for it",
    ),
    ClaimRejected: Text(
        "赔付申请 {claim_id} 被{actor}驳回：{reason}",
        "claim {claim_id} was rejected by {actor}: {reason}",
    ),
    ClaimUpheld: Text(
        "赔付申请 {claim_id} 获{actor}支持，金额 {amount_minor}",
        "claim {claim_id} was upheld for {amount_minor} by {actor}",
    ),
    ClaimWaits: Text(
        "赔付申请 {claim_id} 获{actor}支持，金额 {amount_minor}；规则要求先完成扣款",
        "claim {claim_id} was upheld for {amount_minor} by {actor}; policy lets the debit come first",
    ),
    KeptForClaim: Text(
        "到账款项中 {amount_minor} 为赔付申请 {claim_id} 留存；尚缺 {lacking_minor}",
        "{amount_minor} of what came in is kept for claim {claim_id}; {lacking_minor} is lacking",
    ),
}

WHERE: Mapping[type[FactBody], Mapping[str, Text]] = {
    ClaimOpened: {
        "late": Text(
            (
                "消费者在窗口期后提出赔付申请 {claim_id}，金额 {amount_minor}（{reason}）"
                "：由其他订单的担保所不需要的款项支付，再由基金在限额内支付；"
                "为此冻结商家余额 {payout_held_minor}"
            ),
            "claim {claim_id} for {amount_minor} was opened after the order's window ({reason}): it is paid "
            "from what the cover of others does not need, then by the fund to its bound; {payout_held_minor} "
            "of the merchant's balance was reserved for it",
        ),
    },
}
"""The words where a field has a value."""
