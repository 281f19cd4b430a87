"""The publisher: it turns entries into a published checkpoint, by five steps in a crash-safe order.

Files, signature, swap of the head, witnesses, checkpoint. A crash after any step leaves a log that `resume`
recovers: no two trees of one size are ever signed, and no checkpoint is published without files or witnesses.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.text import Text
from holdfast.publishing.files import Files, edge_of
from holdfast.publishing.head import UNSIGNED, Head
from holdfast.publishing.refusals import (
    HeadAhead,
    HeadBehind,
    HeadForeign,
    HeadForked,
    HeadMoved,
    HeadUnknown,
    NoQuorum,
    TilesMissing,
    Unreadable,
)
from holdfast.publishing.store import Store, tiles_of
from holdfast.trail import checkpoint, merkle, note
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.cosignature import newest
from holdfast.trail.folder import CHECKPOINT
from holdfast.trail.keys import LogSigner, LogVerifier, VerifierKey
from holdfast.trail.merkle import EMPTY_ROOT, Hash
from holdfast.trail.note import MAX_SIGNATURES, BadNote, Note, Signature, with_signatures
from holdfast.trail.policy import Trust, Untrusted
from holdfast.trail.tile import PARTIAL, node_at

Prove = Callable[[int, int], list[Hash]]
"""A function that returns the consistency proof from the log's first size to the second."""

Ask = Callable[[Note, Prove, int], list[Signature]]
"""A function that asks the witnesses to cosign a note; its last argument is the size they likely saw last.

Raises a refusal where one has seen a larger log.
"""


class Published(NamedTuple):
    """The sizes of a log: of its signed head, and of its published checkpoint, less where witnesses miss."""

    signed: int
    published: int


class Publisher:
    """The single writer of a log's files and of its head."""

    def __init__(self, store: Store, head: Head, signer: LogSigner, trust: Trust, ask: Ask) -> None:
        self._store = store
        self._head = head
        self._signer = signer
        self._trust = trust
        self._ask = ask
        self._files = Files()
        self._partial: list[str] = []
        self._last: bytes | None = None
        self._confirmed = False
        self.published = 0

    @property
    def log(self) -> VerifierKey:
        """Return the key of the log."""
        return self._signer.verifier

    def resume(self, known: int, compact: Sequence[Hash]) -> int:
        """Recover the log at its signed head, and return the head's size.

        The witnesses have to confirm the head before anything new is signed: one that has seen a larger log
        shows that this head is a rollback. Where nothing was signed yet, or the head is lost, they are asked
        to cosign the empty tree: one that knows this log answers with the head that it has seen.

        Args:
            known: the number of sequenced leaves.
            compact: their compact range.

        Raises:
            HeadAhead: the head has more leaves than are sequenced.
            HeadBehind: the published checkpoint is larger than the head.
            HeadForeign: the head is not signed by this log.
            HeadForked: files, sequenced leaves and published checkpoint do not belong to one tree.
            TilesMissing: files of the log are missing.
            WitnessAhead, WitnessDisagrees: a witness shows a head of this log that contradicts this one.
        """
        self._last = self._head.read()
        self._files = Files()
        signed = self._read_head(self._last)
        out = self._read_head(self._store.read(CHECKPOINT))
        self.published = out.size
        if max(signed.size, out.size) > known:
            raise HeadAhead("trail", signed=max(signed.size, out.size), known=known)
        if out.size > signed.size:
            raise HeadBehind("trail", signed=signed.size, published=out.size)
        try:
            self._files = Files.of_store(signed.size, self._store)
            forked_at = self._forked_at(signed, out)
        except FileNotFoundError as error:
            raise TilesMissing("trail", name=str(error)) from error
        if forked_at is not None:
            raise HeadForked("trail", place=Text("日志的文件", "the log's files"), size=forked_at)
        self._partial = edge_of(signed.size)
        if signed.size == known and merkle.CompactRange(known, compact).root() != signed.root:
            raise HeadForked("trail", place=Text("数据库", "the database"), size=known)
        self._confirmed = False
        self.retry()
        return signed.size

    def _forked_at(self, signed: Checkpoint, out: Checkpoint) -> int | None:
        """Return the size at which the files have another root than the head or the published checkpoint."""
        if self._files.root() != signed.root:
            return signed.size
        if out.size == signed.size:
            return None if out.root == signed.root else out.size
        try:
            shown = merkle.root_at(out.size, node_at(signed.size, tiles_of(self._store)))
        except (IndexError, ValueError):  # a tile is cut off
            return out.size
        return None if shown == out.root else out.size

    def _head_note(self) -> Note | None:
        return None if self._last is None or self._last == UNSIGNED else note.parse(self._last)

    def _read_head(self, data: bytes | None) -> Checkpoint:
        origin = self._signer.verifier.name
        if data is None or data == UNSIGNED:
            return Checkpoint(origin, 0, EMPTY_ROOT)
        read = note.parse(data)
        found = checkpoint.of(read)
        if found.origin != origin or not note.verified(read, [LogVerifier(self._signer.verifier)]):
            raise HeadForeign("trail", origin=origin)
        return found

    def publish(self, entries: Sequence[bytes], compact: Sequence[Hash] | None = None) -> Published:
        """Write entries, sign the head, have it witnessed, and publish the checkpoint.

        Without a quorum of cosignatures the head is signed, and the published checkpoint stays as it is.

        Raises:
            NoQuorum: the recovered head is not confirmed yet; `retry` asks again.
            HeadMoved: another process has signed.
            HeadForked: the tree is not the one that was sequenced, whose compact range is `compact`.
            Unreadable: a verifier could not read it: nothing is signed, or nothing published.
        """
        self.confirm()
        grown = self._files.grow(entries)
        if compact is not None and grown.compact != list(compact):
            raise HeadForked("trail", place=Text("数据库", "the database"), size=grown.size)
        # The files come first: nothing signed commits to them yet, so that after a crash here they are simply
        # written again. A head that was signed before its files could be one whose leaves nobody ever has.
        self._store.write_all(grown.files)
        self._partial += [name for name, _ in grown.files if PARTIAL in name]
        signed = self._signed(Checkpoint(self._signer.verifier.name, grown.size, grown.root))
        # The point of no return. Before it the signature exists in this process alone; after it the log has
        # said so for ever, and grows from here or not at all. It is before the witnesses: were they asked
        # first, a second writer, or this one after a crash, could have them see another tree of this size.
        if not self._head.swap(self._last, signed.encode()):
            raise HeadMoved("trail")
        self._last = signed.encode()
        return self._publish(signed)

    def retry(self) -> Published:
        """Ask the witnesses again to cosign the head that is signed and not published; or the empty tree."""
        head = self._head_note()
        if head is None and not self._confirmed:
            self._confirmed = self._is_new()
        if head is None or (self._confirmed and self.published == self._files.size):
            return Published(self._files.size, self.published)
        return self._publish(head)

    def refresh(self) -> Published:
        """Ask the witnesses for fresh cosignatures of the current head, which show that it is the newest."""
        head = self._head_note()
        return Published(0, 0) if head is None else self._publish(head)

    def confirm(self) -> None:
        """Require that witnesses have confirmed the recovered head; ask them where they have not.

        Raises:
            NoQuorum: too few witnesses answer.
            HeadUnknown: there is no head, and too few witnesses confirm that there never was one.
        """
        if not self._confirmed:
            self.retry()
        if not self._confirmed:
            raise NoQuorum("trail") if self._last is not None else HeadUnknown("trail")

    def _signed(self, head: Checkpoint) -> Note:
        """Sign a head, after a check that our own parser reads it back: a signature cannot be withdrawn.

        Raises:
            Unreadable: the parser does not take it, or reads something else.
        """
        text = head.text()
        try:
            if checkpoint.parse_text(text) != head:
                raise Unreadable(
                    "trail", reason=Text("所说的不是所指的", "it says something else than was meant")
                )
            signed = Note(text, (self._signer.sign(text),))
            if self._read_head(signed.encode()) != head:
                raise Unreadable("trail", reason=Text("读出的是另一内容", "it is read as something else"))
        except (BadNote, UnicodeEncodeError, HeadForeign) as error:
            reason = error.record().what if isinstance(error, Refusal) else str(error)
            raise Unreadable("trail", reason=reason) from error
        return signed

    def _is_new(self) -> bool:
        """Tell whether enough witnesses cosign the empty tree, as they never saw a head of this log.

        Where the head is lost they are the only evidence. Every possible quorum must then have one of them:
        a quorum without them may have cosigned an earlier head. Signing the empty tree commits to nothing, as
        every log begins with it.
        """
        empty = self._signed(Checkpoint(self._signer.verifier.name, 0, EMPTY_ROOT))
        found = self._newest(empty, self._ask(empty, self._prove, 0))
        return self._trust.is_met(found) and (self._last == UNSIGNED or self._trust.outweighs(found))

    def _newest(self, signed: Note, lines: Sequence[Signature]) -> dict[str, Signature]:
        """Return the newest cosignature of each witness that has one, by its name in the policy."""
        found = {name: newest(witness, signed.text, lines) for name, witness in self._trust.witnesses.items()}
        return {name: one for name, one in found.items() if one is not None}

    def _publish(self, signed: Note) -> Published:
        size = checkpoint.of(signed).size
        found = self._newest(signed, self._ask(signed, self._prove, self.published))
        room = MAX_SIGNATURES - len(signed.signatures)
        cosigned = with_signatures(signed, list(found.values())[:room])
        try:
            data = self._read_back(cosigned)
        except Untrusted:
            return Published(size, self.published)
        self._confirmed = True
        if size >= self.published:
            # Last of all: readers begin at the checkpoint, so it appears when its files are there and a
            # quorum has seen it. Partial files go after it: until now readers of the old one needed them.
            self._store.write(CHECKPOINT, data)
            self.published = size
            self._clear(size)
        return Published(size, self.published)

    def _read_back(self, cosigned: Note) -> bytes:
        """Return the bytes to publish, after they were verified as any client verifies them.

        Raises:
            Untrusted: too few witnesses cosigned it.
            Unreadable: it cannot be parsed.
        """
        data = cosigned.encode()
        try:
            self._trust.check(note.parse(data))
        except BadNote as error:
            raise Unreadable("trail", reason=error.told()) from error
        return data

    def _clear(self, size: int) -> None:
        """Delete partial files whose full ones are published: readers take the full ones."""
        growing = {_full(name) for name in edge_of(size)}
        outgrown = [name for name in self._partial if _full(name) not in growing]
        if outgrown:
            self._store.delete(outgrown)
            self._partial = [name for name in self._partial if _full(name) in growing]

    def _prove(self, old: int, size: int) -> list[Hash]:
        return merkle.prove_consistency(old, size, node_at(size, tiles_of(self._store)))


def _full(name: str) -> str:
    """Return the name of the full tile or bundle of a partial one."""
    return name.partition(PARTIAL)[0]
