"""Why a party may not do something."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class AlreadyRegistered(Refusal):
    """The id is taken."""

    code = "already_registered"
    sort = Sort.CONFLICT
    what = Text("已有此编号的{kind}", "a {kind} with this id is registered")
    fix = Text("请换一个编号，或使用已有的{kind}", "Use another id, or the {kind} that exists")


class BadId(Refusal):
    """An id is empty, too long, or has characters that ids do not have."""

    code = "bad_id"
    sort = Sort.MALFORMED
    what = Text("{value!r} 不能作为编号：{reason}", "{value!r} is no id: it {reason}")
    fix = Text(
        "请用 1 至 128 个可见字符，不含空格，采用 Unicode NFKC 形式；~ 之前只写其所属商家的编号",
        "Use 1 to 128 visible characters without spaces, in Unicode's form NFKC;"
        " before a ~ write the merchant that it belongs to, and nothing else",
    )


class OwnerNeeded(Refusal):
    """A merchant without a person behind it."""

    code = "owner_needed"
    sort = Sort.MALFORMED
    what = Text("没有写明所有人", "no owner is named")
    fix = Text(
        "请写明商家背后的人：电子商务法第二十七条要求核验经营者身份",
        "Name the people behind the merchant: 电子商务法 art 27 asks to verify who sells",
    )


class OwnerRanAway(Refusal):
    """A person behind the merchant was behind one that ran away."""

    code = "owner_ran_away"
    sort = Sort.FORBIDDEN
    what = Text(
        "此人名下的商家曾跑路；尚欠：{debt}", "this owner's earlier merchant ran away; still owed: {debt}"
    )
    fix = Text(
        "跑路者不得换名重来；登记有误可以申诉",
        "Who ran does not come back under another name; a wrong entry can be contested",
    )


class OwnerRanElsewhere(Refusal):
    """A person behind the merchant ran away with another, and nobody has looked at this one since."""

    code = "owner_ran_elsewhere"
    sort = Sort.FORBIDDEN
    what = Text(
        "{owners} 名下另一商家跑路，此后无人审查过本商家",
        "{owners} ran away with another merchant, and nobody has looked at this one since",
    )
    fix = Text(
        "经人审查之前不予打款；准予继续，请用 ClearMerchant",
        "Nothing is paid until a person has looked at the merchant; where it is to go on: ClearMerchant",
    )


class NothingToClear(Refusal):
    """No owner of the merchant ran away, or a person has looked at it since."""

    code = "nothing_to_clear"
    sort = Sort.CONFLICT
    what = Text("自上次审查以来，没有所有人跑路", "no owner ran away since somebody looked at this merchant")
    fix = Text("无须再做什么", "Nothing is to be done")


class MerchantNotActive(Refusal):
    """The merchant is suspended, or has run away."""

    code = "merchant_not_active"
    sort = Sort.FORBIDDEN
    what = Text("商家状态为“{status}”", "the merchant is {status}")
    fix = Text(
        "请另选商家；此前的订单照常处理", "Choose another merchant; what was ordered before is handled"
    )


class NotOptedIn(Refusal):
    """The consumer has not opened pay-later."""

    code = "not_opted_in"
    sort = Sort.FORBIDDEN
    what = Text("此消费者未开通先用后付", "this consumer has not opened pay-later")
    fix = Text("请先取得同意：OpenPayLater", "Ask for the consent first: OpenPayLater")


class LimitExceeded(Refusal):
    """The consumer would owe more than its limit."""

    code = "limit_exceeded"
    sort = Sort.UNMET
    what = Text(
        "未结 {outstanding}，将增加 {amount}，额度为 {limit}（最小货币单位）",
        "{outstanding} is outstanding, {amount} would be added, the limit is {limit} minor units",
    )
    fix = Text("请现在付款，或结清一部分后再下单", "Pay now, or order once something is settled")


class LimitMustNotBeNegative(Refusal):
    """A limit below zero."""

    code = "limit_must_not_be_negative"
    sort = Sort.MALFORMED
    what = Text("额度为 {limit}", "the limit is {limit}")
    fix = Text(
        "零即停止新订单；请填不小于零的数，单位为最小货币单位",
        "Zero stops new orders; send zero or more minor units",
    )


class PayoutsHeld(Refusal):
    """A person has this merchant's payouts held."""

    code = "payouts_held"
    sort = Sort.UNMET
    what = Text("此商家的打款已被暂停", "the merchant's payouts are held")
    fix = Text("请等待决定暂停的人作出决定", "Wait until the people who had them held decide")
