"""The check of all given files together: each gets its verdict, even where another one is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from holdfast.kernel.clock import Instant
from holdfast.kernel.refusal import Refusal
from holdfast.trail.bag.checking import examine
from holdfast.trail.consistency import Growing
from holdfast.trail.findings import Finding, proven
from holdfast.trail.heads import Head, Times, believed, of_witnesses
from holdfast.trail.note import Note
from holdfast.trail.policy import Trust
from holdfast.trail.proof import Receipt
from holdfast.verify import facts, given, heads, promises
from holdfast.verify.given import Entry, Given, Package, SignedPromise
from holdfast.verify.heads import Grown, LogFolder
from holdfast.verify.refusals import NotReceived, PolicyNeeded


class Asked(NamedTuple):
    """The parameters of a check: whom to trust, and further files.

    Args:
        trust: the trust policy; packages bring their own, which proves less.
        log: a folder with a log's files.
        promise_vkey: the key of the log's promises.
        tsa_roots: certificates of timestamp authorities.
        newer_than: the time at or after which a quorum must have seen a head.
        now: the present: a cosignature that is dated later counts as one without a time.
    """

    trust: Trust | None = None
    log: Path | None = None
    promise_vkey: str | None = None
    tsa_roots: list[bytes] | None = None
    newer_than: Instant | None = None
    now: Instant | None = None

    @property
    def times(self) -> Times:
        """Return the requirements on the times of cosignatures."""
        return Times(self.newer_than, self.now)


@dataclass
class Checked:
    """The verdict on a file: its findings, and its refusal where it is wrong."""

    file: str
    findings: list[Finding] = field(default_factory=list[Finding])
    wrong: list[Refusal] = field(default_factory=list[Refusal])


def check(names: Sequence[str], asked: Asked) -> list[Checked]:
    """Check files; each has its verdict, in the order of their names."""
    return _Checking([given.read(name) for name in dict.fromkeys(names)], asked).run()


class _Checking:
    def __init__(self, files: Sequence[Given], asked: Asked) -> None:
        self._files = files
        self._asked = asked
        self._checked = {one.name: Checked(one.name) for one in files}
        self._heads: list[Head] = []
        self._received: list[tuple[Receipt, Head]] = []
        self._named: list[tuple[str, Receipt]] = []
        self._grown: list[Grown] = []
        self._log: LogFolder | None = None

    def run(self) -> list[Checked]:
        for one in self._files:
            if isinstance(one.thing, Refusal):
                self._checked[one.name].wrong.append(one.thing)
        for name, package in given.of_kind(self._files, Package):
            self._attempt(name, lambda n=name, path=package.path: self._package(n, path))
        rest = [one.name for one in self._files if not isinstance(one.thing, Refusal | Package)]
        if self._asked.trust is not None:
            self._believe(self._asked.trust)
        else:
            for name in rest:
                self._checked[name].wrong.append(PolicyNeeded(name))
        return list(self._checked.values())

    def _attempt(self, name: str, job: Callable[[], list[Finding]]) -> None:
        """Run a job, and add its findings or its refusal to a file's verdict."""
        checked = self._checked.setdefault(name, Checked(name))
        try:
            checked.findings += job()
        except Refusal as refusal:
            checked.wrong.append(refusal)

    def _package(self, name: str, path: Path) -> list[Finding]:
        asked = self._asked
        found = examine(path, asked.trust, asked.tsa_roots, asked.times)
        if asked.trust is not None:
            self._heads += [head._replace(place=name) for head in found.heads]
        return found.findings

    def _believe(self, trust: Trust) -> None:
        if self._asked.log is not None:
            self._attempt(str(self._asked.log), lambda: self._take_log(trust))
        entries = given.of_kind(self._files, Entry)
        receipts = given.of_kind(self._files, Receipt)
        for name, receipt in receipts:
            alone = not entries and bool(given.of_kind(self._files, SignedPromise))
            self._attempt(
                name, lambda n=name, r=receipt, a=alone: self._receipt(n, r, entries, trust, alone=a)
            )
        for name, entry in entries:
            self._attempt(name, lambda n=name, e=entry: [facts.of_entry(e, self._named, NotReceived(n))])
        for name, note in given.of_kind(self._files, Note):
            self._attempt(name, lambda n=name, o=note: self._checkpoint(n, o, trust))
        for name, growing in given.of_kind(self._files, Growing):
            self._attempt(name, lambda n=name, g=growing: self._growing(n, g, trust))
        for place, verdict in heads.compare(self._heads, self._grown, self._log):
            checked = self._checked[place]
            if isinstance(verdict, Refusal):
                checked.wrong.append(verdict)
            else:
                checked.findings.append(verdict)
        for name, promise in given.of_kind(self._files, SignedPromise):
            self._attempt(
                name,
                lambda n=name, p=promise: promises.check(
                    n, p, self._asked.promise_vkey, trust, self._received, self._log
                ),
            )

    def _take_log(self, trust: Trust) -> list[Finding]:
        assert self._asked.log is not None
        self._log = LogFolder(self._asked.log, trust, self._asked.times)
        self._heads.append(self._log.head)
        return [_head(self._log.head), of_witnesses(self._log.head)]

    def _receipt(
        self, name: str, receipt: Receipt, entries: Sequence[tuple[str, Entry]], trust: Trust, *, alone: bool
    ) -> list[Finding]:
        """Check a receipt; without an opening only where a promise says which leaf it is for."""
        head = believed(name, receipt.note, trust, self._asked.times)
        findings = [_head(head)] if alone else facts.of_receipt(name, receipt, head, entries)
        self._heads.append(head)
        self._received.append((receipt, head))
        self._named.append((name, receipt))
        return findings

    def _checkpoint(self, name: str, note: Note, trust: Trust) -> list[Finding]:
        head = believed(name, note, trust, self._asked.times)
        self._heads.append(head)
        return [_head(head), of_witnesses(head)]

    def _growing(self, name: str, growing: Growing, trust: Trust) -> list[Finding]:
        head = believed(name, growing.note, trust, self._asked.times)
        self._heads.append(head)
        self._grown.append(Grown(growing, head))
        return [_head(head), of_witnesses(head)]


def _head(head: Head) -> Finding:
    found = head.checkpoint
    return proven(
        f"日志 {found.origin} 签署了含 {found.size} 条记录的状态。",
        f"The log {found.origin} signed this head of {found.size} leaves.",
    )
