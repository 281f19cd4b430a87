"""Witnesses that lie or do not answer, on real ports: none stops a log but by showing what the log signed.

No time is measured here. A witness may take an hour to answer before it is given up, so that a log which
waited for one that is held would not come to the end of its test.
"""

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from attacking import NOW, Operator, entry, refused, running
from holdfast.kernel.clock import SECOND, SimulatedClock
from holdfast.kernel.refusal import Refusal
from holdfast.publishing import place, standing
from holdfast.publishing.head import UNSIGNED
from holdfast.publishing.place import Place
from holdfast.publishing.publisher import Prove, Publisher
from holdfast.publishing.refusals import HeadUnknown, NoQuorum
from holdfast.publishing.witnesses import Witnesses
from holdfast.trail import checkpoint, note
from holdfast.trail.cosignature import WitnessSigner, WitnessVerifier, times_of
from holdfast.trail.keys import LogSigner
from holdfast.trail.note import BadNote, Note, Signature
from holdfast.trail.policy import BadTrust
from holdfast.witness.refusals import Shown
from lying import FAILING, SIGNER, Liar, forged, lying

HOUR_SECONDS = 3_600.0
CLOCK = SimulatedClock(NOW * SECOND)


def asking(log: Operator) -> Witnesses:
    """The witnesses of a log, of which each would be waited for as long as it takes."""
    return Witnesses(log.trust, log.where.urls, timeout=HOUR_SECONDS, pause=0, clock=CLOCK)


def opened(log: Operator, witnesses: Witnesses) -> Publisher:
    writer = Publisher(log.where.store(), log.where.head(), log.where.signer, log.trust, witnesses)
    writer.resume(len(log.openings), log.compact())
    return writer


@contextmanager
def beside(folder: Path, word: str, quorum: str = "both") -> Generator[tuple[Operator, Liar]]:
    """A log with two honest witnesses that are its quorum, and a liar."""
    with lying(word) as liar:
        more = (liar.line,) if quorum == "both" else (liar.line, "group three all w1 w2 w3")
        with running(folder, more=more, quorum=quorum) as log:
            yield log, liar


@pytest.mark.parametrize("word", FAILING)
def test_a_log_goes_on_without_a_witness_that_lies_and_says_which(tmp_path: Path, word: str) -> None:
    with beside(tmp_path, word) as (log, liar):
        witnesses = asking(log)
        writer = opened(log, witnesses)
        for last in (3, 300, 301):
            log.append((entry(number) for number in range(len(log.openings), last)), writer)
            assert checkpoint.of(log.out()).size == last
        assert list(witnesses.failing) == ["w3"]
        while witnesses.failing["w3"].code != FAILING[word]:  # it may have been late, too
            writer.refresh()
        assert liar.asked
        for verifier in log.trust.witnesses.values():
            assert len(times_of(log.out(), verifier)) <= 1
        names = log.trust.check(note.parse(log.out().encode()))[1]
        assert names == (["w1", "w2", "w3"] if word in {"many", "right and wrong"} else ["w1", "w2"])


SHOWN = {
    "nothing": None,
    "no note": b"no note\n",
    "another log": forged("log.example/other", 10**15),
    "a stranger's signature": forged("log.example/holdfast", 10**15),
}


@pytest.mark.parametrize("word", ["huge", "409", "422"])
@pytest.mark.parametrize("shown", [*SHOWN, "an old head", "this head"])
def test_a_claim_is_worth_what_is_shown_for_it(tmp_path: Path, word: str, shown: str) -> None:
    with beside(tmp_path, "honest") as (log, liar):
        witnesses = asking(log)
        writer = opened(log, witnesses)
        log.append((entry(number) for number in range(10)), writer)
        old = log.out().encode()
        log.append((entry(number) for number in range(10, 300)), writer)
        liar.word = word
        liar.shown = {**SHOWN, "an old head": old, "this head": log.out().encode()}[shown]
        log.append((entry(number) for number in range(300, 400)), writer)
        assert checkpoint.of(log.out()).size == 400
        assert witnesses.failing["w3"].code == "witness_unproven"
        liar.word = "honest"
        log.append((entry(number) for number in range(400, 401)), writer)
        assert checkpoint.of(log.out()).size == 401
        while witnesses.failing:  # the quorum may have been there before this one answered
            writer.refresh()


@pytest.mark.parametrize("word", ["huge", "409", "422"])
@pytest.mark.parametrize(("grows", "code"), [(500, "witness_ahead"), (400, "witness_disagrees")])
def test_a_head_that_the_log_signed_stops_it(tmp_path: Path, word: str, grows: int, code: str) -> None:
    with beside(tmp_path, "honest") as (log, liar):
        log.append(entry(number) for number in range(300))
        fork = log.copied(tmp_path / "fork")
        witnesses = asking(fork)
        writer = opened(fork, witnesses)
        log.append(entry(number) for number in range(300, grows))
        liar.word, liar.shown = word, log.out().encode()
        private = fork.where.private
        with pytest.raises(Shown) as found, standing.keeping(private):
            fork.append((entry(number, "x") for number in range(300, 400)), writer)
        assert found.value.code == code
        assert "do not publish" in str(found.value).lower()
        (kept,) = (private / "shown").iterdir()
        assert checkpoint.of(note.parse(kept.read_bytes())) == checkpoint.of(log.out())


def signed(log: Operator, size: int) -> bytes:
    """A head of another tree, with the signature of the log's own key."""
    text = checkpoint.Checkpoint(log.where.signer.verifier.name, size, b"\x07" * 32).text()
    return Note(text, (log.where.signer.sign(text),)).encode()


def test_a_smaller_head_of_another_tree_stops_it_too(tmp_path: Path) -> None:
    with beside(tmp_path, "honest") as (log, liar):
        log.append(entry(number) for number in range(300))
        liar.word, liar.shown = "422", signed(log, 7)
        refused(lambda: log.append([entry(300)]), "witness_disagrees", "a head of 7 leaves")


def test_what_is_shown_late_stops_the_log_all_the_same(tmp_path: Path) -> None:
    """The quorum did not wait for it."""
    with beside(tmp_path, "late") as (log, liar):
        liar.shown = signed(log, 1_000_000)
        writer = opened(log, asking(log))
        log.append((entry(number) for number in range(300)), writer)
        assert liar.holding.is_set()
        liar.stop.set()
        refused(lambda: [writer.refresh() for _ in count()], "witness_ahead", "1000000 leaves against")


def test_a_late_answer_with_a_head_that_came_out_since_stops_nothing(tmp_path: Path) -> None:
    """It was asked for the head before, and shows the one after: the log signed both, and leads to both."""
    with beside(tmp_path, "late") as (log, liar):
        witnesses = asking(log)
        writer = opened(log, witnesses)
        for last in (300, 301):
            log.append((entry(number) for number in range(len(log.openings), last)), writer)
        assert [checkpoint.of(one).size for one in liar.asked] == [0]
        liar.shown = log.out().encode()
        liar.stop.set()
        while witnesses.failing["w3"].code != "witness_unproven":
            writer.refresh()
        assert checkpoint.of(log.out()).size == 301


@pytest.mark.parametrize("word", ["many", "two", "right and wrong"])
def test_of_a_key_one_line_goes_out_the_newest(tmp_path: Path, word: str) -> None:
    with beside(tmp_path, word, quorum="three") as (log, _):
        writer = opened(log, asking(log))
        for last in (3, 300):
            log.append((entry(number) for number in range(len(log.openings), last)), writer)
            out = note.parse((log.where.log / "checkpoint").read_bytes())
            assert log.trust.check(out)[1] == ["w1", "w2", "w3"]
            assert times_of(out, WitnessVerifier(SIGNER.verifier)) == [NOW]
            assert len(out.signatures) == 4
            opened(log, asking(log))


def test_a_cosignature_that_is_needed_is_waited_for(tmp_path: Path) -> None:
    with beside(tmp_path, "hold", quorum="three") as (log, liar):
        witnesses = Witnesses(log.trust, log.where.urls, timeout=0.5, pause=0, clock=CLOCK)
        writer = opened(log, witnesses)
        with pytest.raises(NoQuorum):
            writer.publish([b"0"])
        assert witnesses.failing["w3"].code == "witness_unreachable"
        assert log.where.head().read() == UNSIGNED
        liar.word = "honest"
        liar.stop.set()
        patient = opened(log, asking(log))
        assert patient.publish([b"0"]) == (1, 1)


def test_what_comes_late_is_taken_with_the_next_round(tmp_path: Path) -> None:
    with beside(tmp_path, "hold") as (log, liar):
        witnesses = asking(log)
        writer = opened(log, witnesses)
        log.append((entry(number) for number in range(3)), writer)
        assert witnesses.failing["w3"].code == "witness_slow"
        assert liar.holding.is_set()
        liar.word = "honest"
        liar.stop.set()
        while len(log.out().signatures) < 4:
            writer.refresh()
        assert (checkpoint.of(log.out()).size, witnesses.failing) == (3, {})


def unwitnessed(_note: Note, _prove: Prove, _hint: int) -> list[Signature]:
    return []


def test_a_head_that_nobody_could_read_is_never_signed(tmp_path: Path) -> None:
    for origin in ("log.example/" + "x" * 17_000, "log.example/" + "长" * 90, "log.example/\udcff"):
        with pytest.raises(BadNote):
            place.make(tmp_path / "log", origin)
        assert not (tmp_path / "log").exists()
    made = place.make(tmp_path / "log", "log.example/x")
    signer = LogSigner("log.example/" + "x" * 17_000, Ed25519PrivateKey.generate())
    writer = Publisher(made.store(), made.head(), signer, made.trust, unwitnessed)
    refused(lambda: writer.resume(0, []), "unreadable", "16,384 characters")
    assert made.head().read() == UNSIGNED


def test_a_checkpoint_has_room_for_the_cosignatures_of_its_policy(tmp_path: Path) -> None:
    signers = [WitnessSigner(f"w.example/{one}", Ed25519PrivateKey.generate()) for one in range(64)]

    def made(folder: Path, count: int) -> Place:
        lines = [f"witness w{at} {one.verifier.encode()}" for at, one in enumerate(signers[:count])]
        names = " ".join(f"w{at}" for at in range(count))
        return place.make(folder, "log.example/x", (*lines, f"group most 40 {names}"), "most")

    def ask(head: Note, _prove: Prove, _hint: int) -> list[Signature]:
        return [one.sign(head.text, NOW - old) for one in signers for old in range(3)]

    with pytest.raises(BadTrust, match="room for 63"):
        made(tmp_path / "many", 64)
    where = made(tmp_path / "log", 63)
    writer = Publisher(where.store(), where.head(), where.signer, where.trust, ask)
    writer.resume(0, [])
    writer.publish([b"0"])
    out = note.parse(where.store().read("checkpoint") or b"")
    assert len(where.trust.check(out)[1]) == 63


def lost_of(log: Operator, folder: Path) -> Operator:
    """The log as it is restored from a copy of its keys and policy."""
    lost = log.copied(folder)
    shutil.rmtree(lost.where.log)
    (lost.where.private / "head").unlink()
    lost.openings.clear()
    return lost


def test_a_lost_head_is_not_taken_for_a_new_log(tmp_path: Path) -> None:
    """Keys restored, head and files lost, a database of before the first publishing."""
    with beside(tmp_path, "honest") as (log, liar):
        log.append(entry(number) for number in range(300))
        lost = lost_of(log, tmp_path / "lost")
        before = len(liar.asked)
        liar.word, liar.shown = "huge", log.out().encode()
        with pytest.raises(Refusal, match="witness_ahead") as found, standing.keeping(lost.where.private):
            lost.append(entry(number, "x") for number in range(300))
        assert "300 leaves against 0" in str(found.value)
        assert lost.where.head().read() is None
        assert not lost.where.log.exists()
        assert {checkpoint.of(one).size for one in liar.asked[before:]} <= {0}
        (kept,) = (lost.where.private / "shown").iterdir()
        assert checkpoint.of(note.parse(kept.read_bytes())) == checkpoint.of(log.out())


@contextmanager
def either(folder: Path, word: str) -> Generator[Operator]:
    """A log for which one of two witnesses is enough; one of these is a liar."""
    with lying(word) as liar:
        more = (liar.line, "group either any w1 w3")
        with running(folder, more=more, quorum="either") as log:
            yield log


def test_where_quorums_need_not_meet_a_lost_head_waits_for_who_may_have_seen_it(tmp_path: Path) -> None:
    with either(tmp_path, "honest") as log:
        log.append(entry(number) for number in range(300))
        lost = lost_of(log, tmp_path / "lost")
        text = (lost.where.path / "policy").read_text()
        for each in ("w1", "w2"):
            text = text.replace(log.where.urls[each], "http://127.0.0.1:9")
        (lost.where.path / "policy").write_text(text)
        away = lost._replace(where=place.load(lost.where.path))
        # The one that is there has forgotten; the other, which would tell, cannot be reached.
        writer = opened(away, asking(away))
        with pytest.raises(HeadUnknown, match="Put the newest head back"):
            writer.publish([b"0"])
        assert away.where.head().read() is None


def test_where_nobody_witnesses_a_lost_head_is_not_begun_anew(tmp_path: Path) -> None:
    made = place.make(tmp_path / "log", "log.example/x")
    writer = Publisher(made.store(), made.head(), made.signer, made.trust, unwitnessed)
    writer.resume(0, [])
    writer.publish([b"0"])
    (made.private / "head").unlink()
    shutil.rmtree(made.log)
    again = Publisher(made.store(), made.head(), made.signer, made.trust, unwitnessed)
    again.resume(0, [])
    refused(lambda: again.publish([b"1"]), "head_unknown", "nobody can tell: begin a new log")
    assert made.head().read() is None


def test_a_new_log_begins_with_its_quorum(tmp_path: Path) -> None:
    with either(tmp_path, "hold") as log:
        assert log.where.head().read() == UNSIGNED
        log.append((entry(number) for number in range(3)), opened(log, asking(log)))
        assert checkpoint.of(log.out()).size == 3
