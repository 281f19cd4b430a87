"""The check of promises: each promised fact is proven to be in the log in time, or proven to be missing."""

from collections.abc import Sequence

from holdfast.trail import promise as promises
from holdfast.trail.findings import Finding, proven, unproven, when
from holdfast.trail.heads import Head, in_time, since
from holdfast.trail.merkle import BadProof, root_of_inclusion
from holdfast.trail.policy import Trust
from holdfast.trail.promise import Promised
from holdfast.trail.proof import Receipt
from holdfast.verify.given import SignedPromise
from holdfast.verify.heads import LogFolder
from holdfast.verify.refusals import PromiseBroken, PromiseKeyNeeded

Received = tuple[Receipt, Head]
"""A receipt, and the trusted head that it leads to."""


def check(
    name: str,
    given: SignedPromise,
    vkey: str | None,
    trust: Trust,
    received: Sequence[Received],
    log: LogFolder | None,
) -> list[Finding]:
    """Return the findings about a promise.

    Raises:
        PromiseKeyNeeded, BadNote: the key is not known, or the promise is not this log's.
        PromiseBroken: a fact is proven to be missing.
        LogWrong: see `LogFolder.missing`.
    """
    promise, note = given
    if vkey is None:
        raise PromiseKeyNeeded(name)
    promises.check(promise, note, vkey)
    own = [one for one in received if one[1].checkpoint.origin == promise.origin]
    findings: list[Finding] = []
    open_: list[Promised] = []
    for fact in promise.facts:
        heads = [head for receipt, head in own if _is_for(receipt, fact)]
        if not heads:
            open_.append(fact)
        elif any(in_time(head, trust, promise.by) for head in heads):
            findings.append(_kept(fact, in_time=True, by=when(promise.by)))
        else:
            findings.append(_kept(fact, in_time=False, by=when(promise.by)))
    return findings + (_of_open(name, given, open_, trust, log) if open_ else [])


def _is_for(receipt: Receipt, fact: Promised) -> bool:
    found = receipt.checkpoint
    try:
        root = root_of_inclusion(fact.leaf_hash, receipt.leaf_index, found.size, receipt.path)
    except BadProof:
        return False
    return root == found.root


def _kept(fact: Promised, *, in_time: bool, by: str) -> Finding:
    if in_time:
        return proven(
            f"承诺已兑现：事实 {fact.fact_id} 在期限 {by} 之前已写入日志，并有见证人看到。",
            f"Kept: fact {fact.fact_id} stood in the log by {by}, and witnesses had seen it.",
        )
    return unproven(
        f"事实 {fact.fact_id} 已写入日志；是否在期限 {by} 之前，未被证明：没有见证人在此之前看到它。",
        f"Fact {fact.fact_id} stands in the log; that it did by {by} is not proven: too few witnesses had "
        "seen it then.",
    )


def _is_all_there_was(trust: Trust, late: Sequence[str]) -> bool:
    """Tell whether no larger head can have been published before these witnesses cosigned this one.

    Each of them states that it had seen no larger one. Where the other witnesses alone could be a quorum, a
    larger head may have been published without these, who were shown an old one.
    """
    others = trust.witnesses.keys() - set(late)
    return bool(late) and trust.is_met(late) and not trust.is_met(others)


def _of_open(
    name: str, given: SignedPromise, facts: Sequence[Promised], trust: Trust, log: LogFolder | None
) -> list[Finding]:
    """Search all leaves of the log for promised facts that came without a receipt."""
    promise = given.promise
    if log is None or log.head.checkpoint.origin != promise.origin:
        return [
            unproven(
                f"其中 {len(facts)} 条没有收据，也没有给出日志（--log）：是否兑现，未被证明。",
                f"{len(facts)} of its facts have no receipt, and no log was given (--log): whether the "
                "promise was kept is not proven.",
            )
        ]
    missing = log.missing(fact.leaf_hash for fact in facts)
    lacking = [fact for fact in facts if fact.leaf_hash in missing]
    late = since(log.head, promise.by + 1)
    if lacking and _is_all_there_was(trust, late):
        at = max(log.head.seen[name][-1] for name in late)
        raise PromiseBroken(
            name,
            fact_id=lacking[0].fact_id,
            by=when(promise.by),
            size=log.head.checkpoint.size,
            at=when(at),
        )
    findings = [
        _kept(fact, in_time=in_time(log.head, trust, promise.by), by=when(promise.by))
        for fact in facts
        if fact not in lacking
    ]
    if lacking:
        findings.append(
            unproven(
                f"{len(lacking)} 条尚未写入所给的日志；没有见证人在期限 {when(promise.by)} 之后看过它，"
                "不能证明承诺被违反。",
                f"{len(lacking)} of its facts do not stand in the log that was given; too few witnesses saw "
                f"it after {when(promise.by)}: that the promise was broken is not proven.",
            )
        )
    return findings
