"""The sentences that tell this room's facts. Names in braces are fields of the fact's body."""

from collections.abc import Mapping

from holdfast.guarantees.model import (
    GuaranteeBegan,
    GuaranteeCalled,
    GuaranteeLapsed,
    GuaranteePaid,
    GuaranteeRecorded,
    GuaranteeRefused,
    GuaranteeReleased,
    GuaranteeUncounted,
    IssuerSettled,
)
from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text

WORDS: Mapping[type[FactBody], Text] = {
    GuaranteeBegan: Text(
        (
            "{issuer} 的担保函（保单）{guarantee_id} 开始生效：限额 {limit_minor}，"
            "其中 {counted_minor} 计入担保"
        ),
        "the term of guarantee {guarantee_id} of {issuer} began: {counted_minor} of {limit_minor} "
        "counts as cover",
    ),
    GuaranteeCalled: Text(
        (
            "就担保函（保单）{guarantee_id} 向 {issuer} 索款 {amount_minor}（{why}）"
            "；尚余 {left_minor}，其中 {counted_minor} 计入担保"
        ),
        "{amount_minor} of guarantee {guarantee_id} was called from {issuer} ({why}); {left_minor} "
        "is left, and {counted_minor} of it counts as cover",
    ),
    GuaranteeLapsed: Text(
        "{issuer} 的担保函（保单）{guarantee_id} 到期失效；{left_minor} 未曾索款",
        "guarantee {guarantee_id} of {issuer} ended with its term; {left_minor} was not called",
    ),
    GuaranteePaid: Text(
        ("{issuer} 就担保函（保单）{guarantee_id} 付款 {amount_minor} 到账；尚待付 {open_minor}"),
        "{issuer} paid {amount_minor} of what was called of guarantee {guarantee_id}; {open_minor} is open",
    ),
    GuaranteeRecorded: Text(
        (
            "{issuer} 为商家担保，限额 {limit_minor}，自 {starts_at} 至 {ends_at}，"
            "担保函（保单）{guarantee_id}（{form}，{call}，不赔：{excludes}）"
            "；{counted_minor} 计入担保，至 {counts_until}"
        ),
        "{issuer} stands for the merchant up to {limit_minor}, from {starts_at} to {ends_at}, by "
        "guarantee {guarantee_id} ({form}, payable {call}, not paid: {excludes}); {counted_minor} "
        "counts as cover, until {counts_until}",
    ),
    GuaranteeRefused: Text(
        (
            "{issuer} 拒付担保函（保单）{guarantee_id} 的索款 {amount_minor}（{reason}）"
            "：损失由平台先行承担并向商家追偿；尚待付 {open_minor}，不再计入担保"
        ),
        "{issuer} refused {amount_minor} that was called of guarantee {guarantee_id} ({reason}): "
        "the platform lost it, and the merchant owes it; {open_minor} is open, and the guarantee "
        "counts as cover no more",
    ),
    GuaranteeReleased: Text(
        "{issuer} 的担保函（保单）{guarantee_id} 提前解除；{left_minor} 未曾索款",
        "guarantee {guarantee_id} of {issuer} ended before its term; {left_minor} was not called",
    ),
    GuaranteeUncounted: Text(
        ("{issuer} 的担保函（保单）{guarantee_id} 不再计入担保；{left_minor} 在 {ends_at} 前仍可索款"),
        "guarantee {guarantee_id} of {issuer} counts as cover no more; {left_minor} can be called "
        "until {ends_at}",
    ),
    IssuerSettled: Text(
        ("商家就担保函（保单）{guarantee_id} 向 {issuer} 清偿 {amount_minor}；尚欠 {owed_minor}"),
        "the merchant settled {amount_minor} with {issuer} for guarantee {guarantee_id}; "
        "{owed_minor} is still owed to it",
    ),
}
