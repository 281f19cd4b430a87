"""What is said of the facts of this room. Places in braces are its fields; `{actor}` is who acted."""

from collections.abc import Mapping

from holdfast.kernel.rows import FactBody
from holdfast.kernel.text import Text
from holdfast.parties.model import (
    ConsumerLimitSet,
    MerchantCleared,
    MerchantRegistered,
    MerchantReinstated,
    MerchantSuspended,
    PayLaterClosed,
    PayLaterOpened,
)

WORDS: Mapping[type[FactBody], Text] = {
    ConsumerLimitSet: Text(
        "消费者 {consumer_id} 的先用后付额度调整为 {limit_minor}",
        "consumer {consumer_id} may owe up to {limit_minor}",
    ),
    MerchantCleared: Text(
        "{actor}核查后恢复向商家付款，虽然其经营者名下另一店铺曾跑路：{reason}",
        "{actor} looked at it; it is paid again, though an owner ran away elsewhere: {reason}",
    ),
    MerchantRegistered: Text(
        "商家 {name} 入驻；应缴保证金 {deposit_due_minor}",
        "merchant {name} joined; a deposit of {deposit_due_minor} is due",
    ),
    MerchantReinstated: Text(
        "{actor}恢复商家营业",
        "{actor} ended the suspension",
    ),
    MerchantSuspended: Text(
        "{actor}暂停商家营业：{reason}",
        "{actor} suspended the merchant: {reason}",
    ),
    PayLaterClosed: Text(
        "消费者 {consumer_id} 关闭先用后付，尚欠 {outstanding_minor}",
        "consumer {consumer_id} closed pay-later, owing {outstanding_minor}",
    ),
    PayLaterOpened: Text(
        "消费者 {consumer_id} 开通先用后付，额度 {limit_minor}",
        "consumer {consumer_id} opened pay-later, up to {limit_minor}",
    ),
}
