"""What is said of the facts of this room. Places in braces are fields of the fact's body."""

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
        "担保函（保单）开始生效",
        "the term of guarantee {guarantee_id} of {issuer} began: {counted_minor} of {limit_minor} "
        "counts as cover",
    ),
    GuaranteeCalled: Text(
        "向开立人索赔（保函索款、保证保险理赔）",
        "{amount_minor} of guarantee {guarantee_id} was called from {issuer} ({why}); {left_minor} "
        "is left, and {counted_minor} of it counts as cover",
    ),
    GuaranteeLapsed: Text(
        "担保函（保单）到期失效",
        "guarantee {guarantee_id} of {issuer} ended with its term; {left_minor} was not called",
    ),
    GuaranteePaid: Text(
        "开立人付款到账",
        "{issuer} paid {amount_minor} of what was called of guarantee {guarantee_id}; {open_minor} is open",
    ),
    GuaranteeRecorded: Text(
        "登记保函或保证保险",
        "{issuer} stands for the merchant up to {limit_minor}, from {starts_at} to {ends_at}, by "
        "guarantee {guarantee_id} ({form}, payable {call}, not paid: {excludes}); {counted_minor} "
        "counts as cover, until {counts_until}",
    ),
    GuaranteeRefused: Text(
        "开立人拒付，损失由平台先行承担并向商家追偿",
        "{issuer} refused {amount_minor} that was called of guarantee {guarantee_id} ({reason}): "
        "the platform lost it, and the merchant owes it; {open_minor} is open, and the guarantee "
        "counts as cover no more",
    ),
    GuaranteeReleased: Text(
        "担保函（保单）提前解除",
        "guarantee {guarantee_id} of {issuer} ended before its term; {left_minor} was not called",
    ),
    GuaranteeUncounted: Text(
        "担保函（保单）临近到期，不再计入担保，到期前仍可索赔",
        "guarantee {guarantee_id} of {issuer} counts as cover no more; {left_minor} can be called "
        "until {ends_at}",
    ),
    IssuerSettled: Text(
        "商家向开立人清偿",
        "the merchant settled {amount_minor} with {issuer} for guarantee {guarantee_id}; "
        "{owed_minor} is still owed to it",
    ),
}
