"""What each kind of fact is called on the cover, in 中文. A test sees to it that every kind has its words."""

import unicodedata
from typing import Any

import msgspec

from holdfast.kernel.clock import DAY, HOUR, MINUTE, Duration
from holdfast.kernel.money import Money
from holdfast.kernel.rows import Fact

KINDS: dict[str, str] = {
    "AbscondingDeclared": "一名工作人员认定商家跑路，货款打款随即冻结",
    "AccountOpened": "开立账户",
    "AdvanceTakenBack": "收回平台垫付的货款",
    "AfterSalesAnswered": "商家答复售后",
    "AfterSalesAsked": "消费者申请售后",
    "AfterSalesUnanswered": "商家逾期未答复售后",
    "CaptureAsked": "向支付机构发起扣款",
    "CaptureFailed": "扣款失败，订单逾期",
    "CaptureNoticeAsked": "安排扣款前通知",
    "CaptureNoticeSent": "扣款前通知已送达",
    "ClaimForgiven": "扣款前已免除，不再欠付",
    "ClaimInvited": "邀请消费者申请赔付",
    "ClaimOpened": "消费者提出赔付申请，扣款暂停，货款冻结",
    "ClaimPaid": "赔付消费者",
    "ClaimRecovered": "追回款项，补足赔付",
    "ClaimRejected": "赔付申请被驳回",
    "KeptForClaim": "为未决索赔留存商家到账款项",
    "ClaimUpheld": "赔付申请成立",
    "ClaimWaits": "赔付申请成立，待扣款完成后支付",
    "ClockConfirmed": "有人确认系统时钟无误",
    "ConsumerLimitSet": "调整消费者的先用后付额度",
    "CoverFellShort": "商家的担保不足，应补缴",
    "CoverFreed": "多余的保障转偿欠款",
    "CoverRestored": "商家的担保恢复充足",
    "CustodyRecorded": "登记证据的保管变动",
    "DeadlinePutAside": "系统故障，到期事项未能办理，稍后再办",
    "DebitPaused": "因商家跑路，扣款推迟",
    "DeclarationWithdrawn": "撤回跑路认定",
    "DepositPaid": "商家缴纳保证金",
    "DepositReturned": "退还保证金",
    "EvidenceRecorded": "登记证据",
    "FundCapitalised": "保障基金注资",
    "FundRecovered": "保障基金追偿到账",
    "GuaranteeBegan": "担保函（保单）开始生效",
    "GuaranteeCalled": "向开立人索赔（保函索款、保证保险理赔）",
    "GuaranteeLapsed": "担保函（保单）到期失效",
    "GuaranteePaid": "开立人付款到账",
    "GuaranteeRecorded": "登记保函或保证保险",
    "GuaranteeRefused": "开立人拒付，损失由平台先行承担并向商家追偿",
    "GuaranteeReleased": "担保函（保单）提前解除",
    "GuaranteeUncounted": "担保函（保单）临近到期，不再计入担保，到期前仍可索赔",
    "HoldEnded": "冻结结束",
    "HoldPlaced": "冻结款项",
    "HoldPosted": "冻结款项划付",
    "IssuerSettled": "商家向开立人清偿",
    "KeysDestroyed": "依申请销毁日志密钥，相关内容此后无人能够还原",
    "LogRestarted": "日志另起一本，此前的日志无法继续",
    "LossRecovered": "平台追回因开立人拒付而承担的损失",
    "MerchantAbsconded": "两名工作人员认定商家跑路，开始清退",
    "MerchantRegistered": "商家入驻",
    "MerchantReinstated": "商家恢复营业",
    "MerchantCleared": "人工核查后恢复向商家付款（其经营者名下另一店铺曾跑路）",
    "MerchantSuspended": "商家被暂停营业",
    "MoneyMoved": "款项划转",
    "OrderCancelled": "订单取消",
    "OrderCaptured": "向消费者扣款成功，货款留存",
    "OrderCompleted": "赔付期届满，订单完结",
    "OrderConfirmed": "消费者确认订单",
    "OrderDelivered": "商品送达，试用期开始",
    "OrderExpired": "消费者逾期未确认，订单失效",
    "OrderPlaced": "消费者下单",
    "OrderRefunded": "商家退款",
    "OrderReturned": "退货完成",
    "OrderShipped": "商家发货",
    "OrderWrittenOff": "欠款核销",
    "OwedReduced": "应付金额减少",
    "OrderSplit": "订单拆分，部分另行履行",
    "PartBegan": "拆分出的部分开始单独履行",
    "ServicePerformed": "服务完成，已出具结算清单",
    "ParcelLost": "包裹丢失或未能送达",
    "DeliveryWithdrawn": "撤回送达（完成）记录",
    "ArrivedAfterEnd": "订单结束后商品送达，不再付款",
    "ReturnRefused": "商家称未收到退货",
    "PayLaterClosed": "消费者关闭先用后付",
    "PayLaterOpened": "消费者开通先用后付",
    "PayoutAsked": "向支付机构发起打款",
    "PayoutConfirmed": "打款到达商家",
    "PayoutReturned": "打款被银行退回",
    "DebitedBeyond": "多扣、迟到或重复的扣款，属消费者所有，予以退还",
    "RestCaptured": "补扣此前未扣足的款项",
    "RepaymentAsked": "向支付机构发起退还",
    "RepaymentConfirmed": "款项退还到消费者",
    "RepaymentFailed": "退还失败，等待消费者另供账户",
    "RefundReturned": "退款被银行退回，等待消费者另供账户",
    "ChargedBack": "消费者的银行撤回扣款（拒付）",
    "MoneySeized": "有权机关扣划商家款项",
    "MoneyFrozen": "有权机关冻结商家款项",
    "MoreFrozen": "新到账款项依冻结令冻结",
    "FreezeLifted": "冻结解除",
    "ChargebackWon": "拒付申诉成功，款项退回",
    "PaidTwice": "向消费者重复支付，多付部分应予返还",
    "ClaimMet": "索赔未获部分已由消费者另行取得",
    "OwedBackReturned": "多得款项已返还",
    "DebitDoubted": "扣款存疑，待人工核实",
    "DoubtConfirmed": "存疑扣款经核实确有其事",
    "DoubtDismissed": "存疑扣款经核实为重复通知",
    "ReceiptRecorded": "收到来源不明款项，待认领",
    "ReceiptAssigned": "来源不明款项认领完毕",
    "ProviderFeeTaken": "支付机构收取手续费",
    "PayoutFailed": "打款失败",
    "PayoutHeld": "打款被暂缓",
    "PayoutScheduled": "安排打款",
    "PeersRecorded": "登记同类目商家的记录",
    "PolicyAdopted": "规则版本生效",
    "ProceedsAdvanced": "平台垫付货款，留存待付",
    "ProceedsReleased": "留存的货款解冻",
    "RecoveryRecorded": "从其他途径追回商家的款项",
    "RecoveryShared": "追回款项按比例分配完毕",
    "RecoveryStarted": "开始按比例分配追回款项",
    "ReminderDue": "逾期提醒",
    "ReserveReleased": "滚动准备金解冻",
    "ReturnAsked": "消费者申请退货",
    "ShipmentOverdue": "商家逾期未发货",
    "SweepStarted": "开始统一清偿",
    "TransferReversed": "划转被冲回",
    "WindDownFinished": "清退结束",
}

ACTIONS: dict[str, str] = {
    "captured": "取证",
    "handed_over": "移交",
    "exported": "导出",
    "viewed": "查阅",
    "copied": "复制",
    "verified": "核验",
}

MEDIA: dict[str, str] = {
    "image/jpeg": "照片（JPEG）",
    "image/png": "图片（PNG）",
    "image/gif": "动图（GIF）",
    "image/webp": "图片（WebP）",
    "image/heic": "照片（HEIC）",
    "application/pdf": "文档（PDF）",
    "video/mp4": "视频（MP4）",
    "video/quicktime": "视频（MOV）",
    "audio/mpeg": "录音（MP3）",
    "audio/wav": "录音（WAV）",
    "audio/amr": "录音（AMR）",
    "application/ogg": "音视频（Ogg）",
    "application/zip": "压缩包（ZIP，未打开）",
    "application/json": "数据（JSON）",
    "text/html": "网页（HTML）",
    "text/plain": "文本",
}

_AMOUNTS = ("amount_minor", "held_minor", "released_minor", "by_minor", "owed_minor")
_REASONS = ("reason", "question", "answer", "source")


_LONGEST = 300
"""Characters of a text that are shown; more are in the fact's file."""

_STACKED = 4
"""Marks above or below one letter: more would be drawn over the lines around it."""


def tell(fact: Fact, currency: str, number: int | None = None) -> str:
    """Say in a line what happened, with its amount and its reason where it has them.

    Args:
        fact: what happened.
        currency: of amounts that name none.
        number: of the piece of evidence that it is about.
    """
    body: dict[str, Any] = msgspec.structs.asdict(fact.body)
    text = KINDS.get(fact.kind, fact.kind)
    if number is not None:
        text += f"：证据 {number}"
    amount = next((body[name] for name in _AMOUNTS if isinstance(body.get(name), int)), None)
    if amount is not None:
        text += f" {Money(amount, str(body.get('currency', currency))).format('zh')}"
    reason = next((body[name] for name in _REASONS if body.get(name)), None)
    return text if reason is None else f"{text}（{shown(str(reason))}）"


def shown(text: str, most: int = _LONGEST) -> str:
    """Return a text of people as it can be printed: nothing in it is unseen, turned or drawn over others.

    What has no form of its own is named by its code point: ⟨U+202E⟩ turns round what follows it.
    """
    signs: list[str] = []
    stacked = 0
    for sign in text[:most]:
        stacked = stacked + 1 if unicodedata.category(sign).startswith("M") else 0
        if sign.isspace():
            signs.append(" ")
        elif sign.isprintable() and stacked <= _STACKED:
            signs.append(sign)
        else:
            signs.append(f"⟨U+{ord(sign):04X}⟩")
    if len(text) > most:
        signs.append(f"……（共 {len(text):,} 字，全文见该事实的文件）")
    return "".join(signs)


def span(duration: Duration) -> str:
    """Say how long something took, in its two largest units."""
    if duration < MINUTE:
        return "不到 1 分钟"
    parts = [
        (duration // DAY, "天"),
        (duration % DAY // HOUR, "小时"),
        (duration % HOUR // MINUTE, "分钟"),
    ]
    while not parts[0][0]:
        parts.pop(0)
    return " ".join(f"{count} {unit}" for count, unit in parts[:2] if count)
