"""From entries to a checkpoint that is out: files, signature, head, witnesses, checkpoint, in this order."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from holdfast.kernel.refusal import Refusal
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
"""Proves that the log of the second size grew out of that of the first."""

Ask = Callable[[Note, Prove, int], list[Signature]]
"""Asks the witnesses to cosign a note; the last is the size that they have likely seen.

Raises a refusal where one has seen a larger log.
"""


class Published(NamedTuple):
    """How far a log is signed, and how far what is out goes: less where witnesses are missing."""

    signed: int
    published: int


class Publisher:
    """The one writer of a log's files and of its head."""

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
        """Take up the log where its head is, and return that size.

        Witnesses are asked for the head once more, so that one that has seen more stops us before we sign;
        without a quorum that confirms it nothing is signed. Where nothing was signed yet, or the head is
        lost, they are asked for the empty tree: one that knows this log shows what it has seen.

        Args:
            known: how many leaves are sequenced.
            compact: the compact range of these.

        Raises:
            HeadAhead: the head is beyond what is sequenced.
            HeadBehind: more is out than the head says.
            HeadForeign: it is not of this log.
            HeadForked: the files, or what is sequenced, do not lead to its root; or not to what is out.
            TilesMissing: the files are not there.
            WitnessAhead, WitnessDisagrees: a witness shows a head of this log that it does not lead to.
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
            raise HeadForked("trail", place="the log's files", size=forked_at)
        self._partial = edge_of(signed.size)
        if signed.size == known and merkle.CompactRange(known, compact).root() != signed.root:
            raise HeadForked("trail", place="the database", size=known)
        self._confirmed = False
        self.retry()
        return signed.size

    def _forked_at(self, signed: Checkpoint, out: Checkpoint) -> int | None:
        """Return the size at which the files do not lead to the root of the head, or of what is out."""
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
        """Write entries, sign the head, have it witnessed, and put the checkpoint out.

        Without enough cosignatures the head is signed, and the checkpoint that is out stays.

        Raises:
            NoQuorum: the head that was taken up is not confirmed yet; `retry` asks again.
            HeadMoved: another process has signed.
            HeadForked: the tree is not the one that was sequenced, whose compact range is `compact`.
            Unreadable: a verifier could not read it: nothing is signed, or nothing comes out.
        """
        self.confirm()
        grown = self._files.grow(entries)
        if compact is not None and grown.compact != list(compact):
            raise HeadForked("trail", place="the database", size=grown.size)
        self._store.write_all(grown.files)
        self._partial += [name for name, _ in grown.files if PARTIAL in name]
        signed = self._signed(Checkpoint(self._signer.verifier.name, grown.size, grown.root))
        if not self._head.swap(self._last, signed.encode()):
            raise HeadMoved("trail")
        self._last = signed.encode()
        return self._publish(signed)

    def retry(self) -> Published:
        """Ask the witnesses once more for the head that is signed and not out; or for the empty tree."""
        head = self._head_note()
        if head is None and not self._confirmed:
            self._confirmed = self._is_new()
        if head is None or (self._confirmed and self.published == self._files.size):
            return Published(self._files.size, self.published)
        return self._publish(head)

    def refresh(self) -> Published:
        """Have the head that is signed cosigned anew, so that what is out shows that it is no old one."""
        head = self._head_note()
        return Published(0, 0) if head is None else self._publish(head)

    def confirm(self) -> None:
        """See that the head that was taken up is confirmed.

        Raises:
            NoQuorum: too few witnesses answer.
            HeadUnknown: there is no head, and too few say that there never was one.
        """
        if not self._confirmed:
            self.retry()
        if not self._confirmed:
            raise NoQuorum("trail") if self._last is not None else HeadUnknown("trail")

    def _signed(self, head: Checkpoint) -> Note:
        """Sign a head that can be read: after that it stands for ever.

        Raises:
            Unreadable: our own reader does not take it.
        """
        text = head.text()
        try:
            if checkpoint.parse_text(text) != head:
                raise Unreadable("trail", reason="it says something else than was meant")
            signed = Note(text, (self._signer.sign(text),))
            if self._read_head(signed.encode()) != head:
                raise Unreadable("trail", reason="it is read as something else")
        except (BadNote, UnicodeEncodeError, HeadForeign) as error:
            reason = error.record().what if isinstance(error, Refusal) else str(error)
            raise Unreadable("trail", reason=reason) from error
        return signed

    def _is_new(self) -> bool:
        """Tell whether enough witnesses cosign the empty tree: they never saw a head of this log.

        Where the head is lost this is all that can be known, and no quorum may be left without one of them:
        it may have seen what was out. The empty tree is the beginning of every log: to sign it says nothing.
        """
        empty = self._signed(Checkpoint(self._signer.verifier.name, 0, EMPTY_ROOT))
        found = self._newest(empty, self._ask(empty, self._prove, 0))
        return self._trust.is_met(found) and (self._last == UNSIGNED or self._trust.outweighs(found))

    def _newest(self, signed: Note, lines: Sequence[Signature]) -> dict[str, Signature]:
        """Return of each witness of the policy that cosigned the newest line, by its name in the policy."""
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
            self._store.write(CHECKPOINT, data)
            self.published = size
            self._clear(size)
        return Published(size, self.published)

    def _read_back(self, cosigned: Note) -> bytes:
        """Return what goes out, after it was read as whoever is shown it reads it.

        Raises:
            Untrusted: too few witnesses cosigned it.
            Unreadable: it cannot be read.
        """
        data = cosigned.encode()
        try:
            self._trust.check(note.parse(data))
        except BadNote as error:
            raise Unreadable("trail", reason=error.told()) from error
        return data

    def _clear(self, size: int) -> None:
        """Delete the partial files of those that are full in what is out: readers take the full ones."""
        growing = {_full(name) for name in edge_of(size)}
        outgrown = [name for name in self._partial if _full(name) not in growing]
        if outgrown:
            self._store.delete(outgrown)
            self._partial = [name for name in self._partial if _full(name) in growing]

    def _prove(self, old: int, size: int) -> list[Hash]:
        return merkle.prove_consistency(old, size, node_at(size, tiles_of(self._store)))


def _full(name: str) -> str:
    """Return the name of a tile or bundle when it is full."""
    return name.partition(PARTIAL)[0]
