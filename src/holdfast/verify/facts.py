"""Receipts, openings and leaves: which fact was logged where, and what it says."""

from collections.abc import Sequence

from holdfast.kernel.refusal import Refusal
from holdfast.trail import leaf
from holdfast.trail.findings import Finding, proven, unproven, when
from holdfast.trail.heads import Head, of_witnesses
from holdfast.trail.merkle import BadProof
from holdfast.trail.proof import Receipt
from holdfast.verify.given import Entry
from holdfast.verify.refusals import NotItsReceipt, OpeningNeeded


def holds(receipt: Receipt, entry: Entry) -> bool:
    """Tell whether a receipt proves the inclusion of a leaf."""
    try:
        receipt.check(entry.leaf)
    except BadProof:
        return False
    return True


def of_receipt(
    name: str, receipt: Receipt, head: Head, entries: Sequence[tuple[str, Entry]]
) -> list[Finding]:
    """Return the findings of a receipt about the facts that were given with it.

    Raises:
        OpeningNeeded: no fact was given.
        NotItsReceipt: the receipt is for none of them.
    """
    if not entries:
        raise OpeningNeeded(name)
    mine = [entry for _, entry in entries if holds(receipt, entry)]
    if not mine:
        raise NotItsReceipt(name, index=receipt.leaf_index)
    best = next((entry for entry in mine if entry.said is not None), mine[0])
    return [_logged(receipt, head, best), *_said(best), of_witnesses(head)]


def _logged(receipt: Receipt, head: Head, entry: Entry) -> Finding:
    found, index, size = leaf.read(entry.leaf), receipt.leaf_index, head.checkpoint.size
    at = when(found.at)
    origin = head.checkpoint.origin
    return proven(
        f"日志 {origin} 的第 {index} 条（共 {size} 条）是 {found.kind}，时间 {at}；记录后未被改动。",
        f"Leaf {index} of {size} of {origin} says {found.kind}, at {at}; it was not changed since.",
    )


def _said(entry: Entry) -> list[Finding]:
    if entry.said is None:
        return [
            unproven(
                "只给出了日志条目，没有给出原文：其内容未被证明。",
                "The leaf came without its opening: what it said is not proven.",
            )
        ]
    return [
        proven(f"记录的内容正是：{entry.said}", f"What was logged is exactly: {entry.said}"),
        unproven(
            "日志只证明记录后未被改动；记录之前是否真实，须另行判断。",
            "The log proves what was recorded, and since when; whether it was true is another question.",
        ),
    ]


def of_entry(entry: Entry, receipts: Sequence[tuple[str, Receipt]], wrong: Refusal) -> Finding:
    """Return the finding that names the receipt of an opening or a leaf.

    Raises:
        Refusal: `wrong`, where it has none.
    """
    names = [name for name, receipt in receipts if holds(receipt, entry)]
    if not names:
        raise wrong
    places = ", ".join(dict.fromkeys(names))
    return proven(f"其收据见 {places}。", f"Its receipt is {places}.")
