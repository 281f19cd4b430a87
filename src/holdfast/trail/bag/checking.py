"""A package of evidence, checked without anybody's help (BagIt, RFC 8493, with receipts and timestamps).

An error is a refusal; a correct part that shows less than one may think is a finding that is not proven.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.kernel.text import Text
from holdfast.trail import policy, timestamp
from holdfast.trail.bag import facts as bag_facts
from holdfast.trail.bag import manifests
from holdfast.trail.bag.facts import Facts
from holdfast.trail.bag.files import BagFolder, Files, read
from holdfast.trail.bag.manifests import Digests
from holdfast.trail.bag.media import ending_of
from holdfast.trail.bag.names import COVERED, CUSTODY, POLICY, evidence_in, is_stamped, stamps_in
from holdfast.trail.bag.refusals import (
    BagCustodyWrong,
    BagEvidenceUnnamed,
    BagEvidenceWrong,
    BagFileMissing,
    BagTimestampsWrong,
    BagTooLarge,
)
from holdfast.trail.bag.zip import unzipped
from holdfast.trail.findings import Finding, proven, unproven, when
from holdfast.trail.heads import ANY_TIME, Head, Times, TwoStories, of_witnesses
from holdfast.trail.policy import MAX_POLICY, Trust

MAX_STAMPS = 16


class Examined(NamedTuple):
    """The findings of a package, and the heads that its receipts lead to."""

    findings: list[Finding]
    heads: list[Head]


def check(path: Path, trust: Trust | None, tsa_roots: list[bytes] | None = None) -> list[Finding]:
    """Check a package in a folder or a .zip, and say what it proves. See `examine`."""
    return examine(path, trust, tsa_roots).findings


def examine(
    path: Path,
    trust: Trust | None,
    tsa_roots: list[bytes] | None = None,
    times: Times = ANY_TIME,
) -> Examined:
    """Check a package in a folder or a .zip.

    Args:
        path: the folder, or the .zip; it is never unpacked.
        trust: whom to believe; without it the policy in the package is taken, which proves much less.
        tsa_roots: root certificates of timestamp authorities, PEM or DER.
        times: requirements on the times of cosignatures.

    Raises:
        Refusal: a part is wrong; see `bag.refusals`, `heads`, `note`, `leaf`, `merkle`, `policy`,
            `timestamp`.
    """
    with _opened(path) as files:
        measured = manifests.check(files)
        believed = trust if trust is not None else _own_policy(files)
        facts = bag_facts.check(files, believed, times)
        _check_heads(facts.heads)
        enclosed = _check_evidence(measured, facts)
        _check_custody(measured, facts)
        findings = [
            _of_manifests(measured),
            *_of_facts(facts, trusted=trust is not None, named=believed is not None),
            *_of_evidence(facts, enclosed, trusted=trust is not None),
            _of_custody(),
            *_of_stamps(files, measured, facts, tsa_roots),
            *_of_limits(facts, measured),
        ]
        return Examined(findings, facts.heads)


def _check_heads(heads: Sequence[Head]) -> None:
    """Refuse two heads of a log that have one size and two roots."""
    for one, other in combinations(heads, 2):
        if one.checkpoint[:2] == other.checkpoint[:2] and one.checkpoint.root != other.checkpoint.root:
            found = other.checkpoint
            raise TwoStories(other.place, origin=found.origin, size=found.size, other=one.place)


def _opened(path: Path) -> AbstractContextManager[Files]:
    return nullcontext(BagFolder(path)) if path.is_dir() else unzipped(path)


def _own_policy(files: Files) -> Trust | None:
    if POLICY not in files.sizes:
        return None
    return policy.read(read(files, POLICY, MAX_POLICY))


def _check_evidence(measured: Mapping[str, Digests], facts: Facts) -> set[str]:
    """Check each file of evidence against every fact that recorded it; return the hashes of the files."""
    enclosed = evidence_in(measured)
    named = {each.sha256 for each in facts.recorded}
    for key, name in enclosed.items():
        if measured[name].sha256 != key:
            raise BagEvidenceWrong(
                name,
                field="SHA-256",
                found=measured[name].sha256,
                fact_id=Text("文件名", "its name"),
                recorded=key,
            )
        if key not in named:
            raise BagEvidenceUnnamed(name)
    for each in facts.recorded:
        if each.sha256 not in enclosed:
            continue
        name = enclosed[each.sha256]
        ending = f".{name.rpartition('.')[2]}"
        for field, found, recorded in (
            ("ending", ending, ending_of(each.media_type)),
            ("SM3", measured[name].sm3, each.sm3),
            ("size", measured[name].size, each.size_bytes),
        ):
            if found != recorded:
                raise BagEvidenceWrong(
                    name, field=field, found=found, fact_id=each.fact_id, recorded=recorded
                )
    return set(enclosed)


def _check_custody(measured: Mapping[str, Digests], facts: Facts) -> None:
    if CUSTODY not in measured:
        raise BagFileMissing(CUSTODY)
    if measured[CUSTODY].sha256 != facts.custody_sha256:
        raise BagCustodyWrong(CUSTODY)


def covered(measured: Mapping[str, Digests]) -> bytes:
    """Return the bytes that a timestamp covers: a manifest with the SHA-256 of every file that is proof."""
    return manifests.written({name: digests.sha256 for name, digests in measured.items() if is_stamped(name)})


def _of_manifests(measured: Mapping[str, Digests]) -> Finding:
    count = len(measured) + 1
    return proven(
        f"包内 {count} 个文件与清单（SHA-256 与 SM3）逐一相符，不多也不少。",
        f"The {count} files in it are those that its manifests (SHA-256, SM3) list, no more and no less.",
    )


def _of_facts(facts: Facts, *, trusted: bool, named: bool) -> list[Finding]:
    findings: list[Finding] = []
    if facts.received and trusted:
        findings += [_believed(facts), *_witnessed(facts)]
    elif facts.received and named:
        findings.append(
            unproven(
                f"{facts.received} 条事实与包内自带的信任名单相符。名单是制作者自己写的：这只说明前后一致，"
                "不能证明日志与见证人可信。请用您自己取得的名单（--policy）再核验一次。",
                f"{facts.received} facts are consistent with the trust policy in the package. Its maker "
                "chose that policy: this shows consistency with whom the package itself names, and no more. "
                "Check again with a policy that you got elsewhere (--policy).",
            )
        )
    elif facts.received:
        findings.append(
            unproven(
                f"{facts.received} 条事实各有收据，但没有信任名单：无法判断签发收据的日志是谁的。",
                f"{facts.received} facts have receipts, and nobody said whom to believe: whose log is it?",
            )
        )
    if facts.told:
        findings.append(
            unproven(
                f"{facts.told} 条事实没有收据：只是制作者的陈述，未证明曾写入日志。",
                f"{facts.told} facts have no receipt: the maker says them, and no log is shown to.",
            )
        )
    return findings


def _believed(facts: Facts) -> Finding:
    names = sorted({head.checkpoint.origin for head in facts.heads})
    zh, en = "、".join(names), ", ".join(names)
    return proven(
        f"{facts.received} 条事实写在日志 {zh} 中，写入后未被改动。",
        f"{facts.received} facts stand in the log {en}, and were not changed since they were put there.",
    )


def _witnessed(facts: Facts) -> list[Finding]:
    """Say who saw the heads: one by one, since who saw one of them has not seen the others."""
    told = list(dict.fromkeys(of_witnesses(head) for head in facts.heads))
    count = len({head.checkpoint for head in facts.heads})
    if count > 1:
        told.append(
            unproven(
                f"收据通向 {count} 个不同的树头，包内没有把它们连起来：较大的是否包含较小的，未被证明。",
                f"The receipts lead to {count} different heads, and nothing in the package connects them: "
                "that the larger grew out of the smaller is not proven.",
            )
        )
    return told


def _of_evidence(facts: Facts, enclosed: set[str], *, trusted: bool) -> list[Finding]:
    received = {each.sha256 for each in facts.recorded if each.received} & enclosed
    findings: list[Finding] = []
    if received:
        say = proven if trusted else unproven
        findings.append(
            say(
                f"{len(received)} 件证据的字节与日志中登记的 SHA-256、SM3 和大小一致：登记之后未被改动。",
                f"The bytes of {len(received)} files are those whose SHA-256, SM3 and size were recorded in "
                "the log: they were not changed since.",
            )
        )
    if told := len(enclosed - received):
        findings.append(
            unproven(
                f"{told} 件证据只有制作者的陈述，登记它的事实没有收据。",
                f"{told} files were recorded by facts that have no receipt: only the maker says so.",
            )
        )
    if missing := len({each.sha256 for each in facts.recorded} - enclosed):
        findings.append(
            unproven(
                f"{missing} 件已登记的证据没有装入本包。",
                f"{missing} files that were recorded are not enclosed.",
            )
        )
    return findings


def _of_custody() -> Finding:
    return unproven(
        "保管记录与包内的事实逐条一致；未装入本包的、没有登记的经手，无从得知。",
        "The list of custody says what the enclosed facts say; what was left out of the package, or never "
        "recorded, is not in it.",
    )


def _of_stamps(
    files: Files, measured: Mapping[str, Digests], facts: Facts, tsa_roots: list[bytes] | None
) -> list[Finding]:
    stamps = stamps_in(files.sizes)
    message = covered(measured)
    if COVERED in measured and measured[COVERED].sha256 != hashlib.sha256(message).hexdigest():
        raise BagTimestampsWrong(COVERED)
    if not stamps:
        return [
            unproven(
                "包内没有第三方时间戳（RFC 3161）。",
                "There is no timestamp of a third party (RFC 3161) in it.",
            )
        ]
    if COVERED not in measured:
        raise BagFileMissing(COVERED)
    if len(stamps) > MAX_STAMPS:
        raise BagTooLarge(
            "data/timestamps",
            reason=Text(f"时间戳超过 {MAX_STAMPS} 个", f"there are more than {MAX_STAMPS} timestamps"),
        )
    if not timestamp.available():
        return [
            unproven(
                "时间戳未核验：本机没有安装 rfc3161-client。",
                "The timestamps were not checked: rfc3161-client is not installed here.",
            )
        ]
    return [
        _of_stamp(name, read(files, path, timestamp.MAX_STAMP), message, facts.newest, tsa_roots)
        for name, path in stamps.items()
    ]


def _of_stamp(
    name: str, data: bytes, message: bytes, newest: Instant | None, tsa_roots: list[bytes] | None
) -> Finding:
    found = timestamp.check(data, message, tsa_roots)
    if newest is not None:
        found.check_after(newest)
    at, by = when(found.at), found.authority or name
    if found.proven:
        return proven(
            f"时间戳 {name}：{by} 确认包内证据在 {at} 已经存在。",
            f"Timestamp {name}: {by} confirms that what proves was there at {at}.",
        )
    return unproven(
        f"时间戳 {name} 写着 {at}（{by}），但没有给出时间戳机构的根证书（--tsa-root），签名未核验。",
        f"Timestamp {name} says {at} ({by}), and no root certificate of an authority was given (--tsa-root): "
        "its signature was not checked.",
    )


def _of_limits(facts: Facts, measured: Mapping[str, Digests]) -> list[Finding]:
    """Return the limits of any package, whatever its signatures, as findings."""
    findings = [
        unproven(
            "封面是给人看的说明，不是证明；以事实和收据为准。",
            "The cover explains, and proves nothing; the facts and the receipts do.",
        )
    ]
    if evidence_in(measured) or facts.recorded:
        findings.insert(
            0,
            unproven(
                "登记之前是否真实，本包不能证明（《人民法院在线诉讼规则》第十八条）：请结合来源、设备、经手人"
                "和其他证据判断。",
                "Whether a file was true before it was recorded, no package can show: judge by its source, "
                "device, people and other evidence.",
            ),
        )
    return findings
