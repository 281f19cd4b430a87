"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.enforcement.model import (
    AbscondingDeclared,
    ClaimInvited,
    DebitPaused,
    DeclarationWithdrawn,
    MerchantAbsconded,
    SweepStarted,
    WindDownFinished,
)
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    AbscondingDeclared: Text(
        "{actor}认定商家跑路，货款打款随即冻结",
        "{actor} declared that the merchant ran away ({reason}); its payouts are held",
    ),
    ClaimInvited: Text(
        "邀请消费者申请赔付",
        "the consumer was invited to claim up to {amount_minor} until {until}",
    ),
    DebitPaused: Text(
        "因商家跑路，扣款推迟",
        "the debit of {amount_minor} was put off to {capture_at}, as the merchant ran away",
    ),
    DeclarationWithdrawn: Text(
        "{actor}撤回跑路认定",
        "{actor} withdrew the declaration; {left} are left, and with none payouts go on",
    ),
    MerchantAbsconded: Text(
        "两名工作人员认定商家跑路，开始清退",
        "the merchant was declared absconded by {declared_by} ({reason}): {exposure_minor} exposed, "
        "{cover_minor} covered; the wind-down began",
    ),
    SweepStarted: Text(
        "开始统一清偿",
        "the sweep began: {rest_minor} to be paid beyond the orders' own proceeds, {pool_minor} "
        "there, {fund_set_aside_minor} of it from the fund",
    ),
    WindDownFinished: Text(
        "清退结束",
        "the wind-down ended: {claims} claims, {paid_minor} paid, {missing_minor} missing, "
        "{owed_to_fund_minor} owed to the fund",
    ),
}
