"""The sentences that tell this room's facts. Names in braces are fields; `{actor}` is who acted."""

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
        "{actor}认定商家跑路（{reason}），其打款随即暂停",
        "{actor} declared that the merchant ran away ({reason}); its payouts are held",
    ),
    ClaimInvited: Text(
        "邀请消费者在 {until} 前申请赔付，至多 {amount_minor}",
        "the consumer was invited to claim up to {amount_minor} until {until}",
    ),
    DebitPaused: Text(
        "因商家跑路，扣款 {amount_minor} 推迟到 {capture_at}",
        "the debit of {amount_minor} was put off to {capture_at}, as the merchant ran away",
    ),
    DeclarationWithdrawn: Text(
        "{actor}撤回跑路认定；尚有 {left} 人认定，无人认定时恢复打款",
        "{actor} withdrew the declaration; {left} are left, and with none payouts go on",
    ),
    MerchantAbsconded: Text(
        ("商家被 {declared_by} 认定跑路（{reason}）：敞口 {exposure_minor}，担保 {cover_minor}；开始清算"),
        "the merchant was declared absconded by {declared_by} ({reason}): {exposure_minor} exposed, "
        "{cover_minor} covered; the wind-down began",
    ),
    SweepStarted: Text(
        (
            "开始统一清偿：各订单自有款项之外应付 {rest_minor}，可用 {pool_minor}，"
            "其中基金 {fund_set_aside_minor}"
        ),
        "the sweep began: {rest_minor} to be paid beyond the orders' own proceeds, {pool_minor} "
        "there, {fund_set_aside_minor} of it from the fund",
    ),
    WindDownFinished: Text(
        (
            "清算结束：{claims} 件赔付申请，赔付 {paid_minor}，尚缺 {missing_minor}，"
            "欠基金 {owed_to_fund_minor}"
        ),
        "the wind-down ended: {claims} claims, {paid_minor} paid, {missing_minor} missing, "
        "{owed_to_fund_minor} owed to the fund",
    ),
}
