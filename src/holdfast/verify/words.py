"""What each refusal of a check says in 中文, and which of them say that nothing was checked at all.

A test sees to it that every refusal of the trail and of a check has its words. A reason that a reader of a
format gives is in English alone.
"""

from typing import NamedTuple

from holdfast.kernel.refusal import Refusal

UNCHECKED = frozenset(
    {
        "bad_time",
        "bad_tsa_root",
        "bad_trust_policy",
        "file_missing",
        "not_received",
        "opening_needed",
        "policy_needed",
        "promise_key_needed",
        "unknown_file",
    }
)
"""Refusals that are for want of something: what was handed over may be as genuine as anything."""

_AGAIN = "请重新索取，并保留两份"
_REPACK = "请索取原样的证据包"

WORDS: dict[str, tuple[str, str]] = {
    "bad_bundle": ("日志条目文件有误：{reason}", "请重新获取；仍然如此，则该日志没有提供它所签署的内容"),
    "bad_consistency": ("增长证明的格式有误：{reason}", "格式见 c2sp.org/tlog-witness"),
    "bad_leaf": (
        "日志条目或原文有误：{reason}",
        "请重新索取该事实的原文；没有盐值，条目只能证明有事发生，不能证明何事",
    ),
    "bad_note": ("签名文件有误：{reason}", f"请勿采信；{_AGAIN}"),
    "bad_proof": ("默克尔证明不成立：{reason}", f"请勿采信；{_AGAIN}"),
    "bad_time": ("{text!r} 不是时间", "请按 ISO 8601 书写：2026-11-23T09:30:00+08:00"),
    "bad_timestamp": ("时间戳不成立：{reason}", "请勿采信；请核对根证书是否为该机构所有，并索取新的时间戳"),
    "bad_trust_policy": ("信任名单的格式有误：{reason}", "格式见 c2sp.org/tlog-policy"),
    "bad_tsa_root": ("这不是 PEM 或 DER 格式的证书", "根证书须向时间戳机构本身取得，不要用包内的"),
    "bag_custody_wrong": ("保管记录与事实推出的不一致", "请以事实本身为准；记录被改过，或出自其他事实"),
    "bag_evidence_unnamed": ("包内没有事实登记过此文件", "请勿作为证据：无从得知其来源和存在的时间"),
    "bag_evidence_wrong": (
        "其 {field} 为 {found}，而事实 {fact_id} 登记的是 {recorded}",
        "请勿采信；请索取当初登记的文件，并保留两份",
    ),
    "bag_fact_wrong": ("包内的事实有误：{reason}", "请勿采信；请重新索取该事实的原文"),
    "bag_file_changed": (
        "其 {algorithm} 为 {found}，清单所列为 {listed}",
        "请勿采信：制包之后文件被改动；请重新索取，并保留两份",
    ),
    "bag_file_missing": ("包内缺少此文件", "请索取完整的证据包；残缺的包什么也不能证明"),
    "bag_file_unexpected": ("证据包中不应有此文件", f"{_REPACK}；其他文件请在包外另行移交"),
    "bag_file_unlisted": ("包内有此文件，但 {manifest} 没有列出", f"{_REPACK}；此文件是后来放入的"),
    "bag_form_wrong": ("证据包的形式有误：{reason}", "请重新索取；形式见 docs/evidence.md"),
    "bag_manifest_wrong": ("证据包的清单有误：{reason}", "请重新索取；形式见 RFC 8493"),
    "bag_path_unsafe": ("文件名 {name!r} 不安全：{reason}", "请勿解包；Holdfast 所制的包只有普通的文件名"),
    "bag_paths_collide": (
        "文件名 {first!r} 与 {second!r} 在有的机器上是同一个",
        "请勿解包：看到哪一个取决于机器",
    ),
    "bag_timestamps_wrong": ("加盖时间戳的清单与本包文件不符", "请勿采信时间戳；请索取加盖时的原包"),
    "bag_too_large": ("证据包过大：{reason}", "请勿解包；请对方分成几个包移交"),
    "bag_unreadable": ("证据包无法读取：{reason}", "请给出原样移交的文件夹或 .zip；已损坏的请重新索取"),
    "file_missing": ("无法读取：{reason}", "请检查路径和访问权限"),
    "file_wrong": ("文件有误：{reason}", "请确认是否为所指的文件，是否已完整收到"),
    "growth_wrong": ("增长证明不成立：{reason}", "请重新获取；仍然如此，请保留两个树头"),
    "line_ends_changed": (
        "行尾为 CR LF：途中被当作文本改动，而签名针对的是 LF",
        "请按原样重新索取：用附件或 .zip，不要粘贴文字",
    ),
    "log_wrong": ("日志文件有误：{reason}", "请重新获取日志文件，也可从镜像获取"),
    "not_its_receipt": (
        "所给的事实中，没有一条在该日志的第 {index} 条",
        "请索取这一条事实的收据；一份收据只对应一本日志中的一处、一条事实",
    ),
    "not_received": (
        "所给的收据中没有它的收据：它是否曾写入日志，未被证明",
        "请一并给出其收据（FACT.tlog-proof）",
    ),
    "opening_needed": (
        "只有收据，不能说明哪一条事实写入了日志",
        "请连同事实的原文（FACT.json）或条目一起给出",
    ),
    "policy_needed": (
        "没有指明相信谁：任何人都可以签署自己的日志",
        "请用 --policy FILE 给出该日志的信任名单，并且不要从交来的文件中取得",
    ),
    "promise_broken": (
        "承诺在 {by} 前写入的事实 {fact_id}，不在见证人于 {at} 看到的 {size} 条之中",
        "请保留承诺和树头：二者合在一起，可以向任何人证明承诺没有兑现",
    ),
    "promise_key_needed": (
        "没有指明日志用哪个密钥签署承诺",
        "请用 --promise-key FILE 给出日志的 promise.vkey；与信任名单放在一起时会自动找到",
    ),
    "stale_checkpoint": (
        "在 {newer_than} 或以后看到此树头的见证人不足；最后一次为 {last}",
        "请索取通向更新树头的收据：此后发生的事，这一份没有显示",
    ),
    "timestamp_back_dated": (
        "时间戳所载为 {at}，却涵盖 {newest} 发生的事",
        "请勿采信：两个时钟中有一个不准，或曾被拨回；请重新加盖",
    ),
    "timestamp_of_other": ("时间戳针对的是另外的内容", "请勿采信；请索取针对这些内容的时间戳"),
    "two_stories": (
        "日志 {origin} 签署了含 {size} 条的此树头，而 {other} 中有一个与之矛盾",
        "请保留两个文件：合在一起，可以向任何人证明该日志说了两套话",
    ),
    "unknown_file": (
        "既不是收据、原文、树头、增长证明、承诺，也不是证据包",
        "请重新索取由 holdfast receipt、evidence pack 或日志写出的原文件",
    ),
    "untrusted": ("签名不符合信任名单：{reason}", "请索取有更多见证人签名的较新收据，或确认信任名单是否正确"),
}


class Told(NamedTuple):
    """A refusal as it is told, in one language: what it comes to, what is the matter, and what to do."""

    verdict: str
    what: str
    fix: str


def zh(refusal: Refusal) -> Told:
    """Say a refusal in 中文."""
    patterns = WORDS.get(refusal.code, (refusal.what, refusal.fix))
    what, fix = (text.format(**refusal.details) for text in patterns)
    return Told("未核对：" if refusal.code in UNCHECKED else "不成立，不能采信：", f"{what}。", f"{fix}。")


def en(refusal: Refusal) -> Told:
    """Say a refusal in English."""
    record = refusal.record()
    verdict = "Not checked: " if refusal.code in UNCHECKED else "Wrong, not to be relied on: "
    return Told(verdict, f"{record.what}.", f"{record.fix}.")
