"""What a stranger is told: of files that are right, that do not belong together, of a log that lies."""

import json
import os
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import holdfast.trail
import holdfast.verify
from attacking import NOW, WITNESSES, Operator, entry, running
from evidence_packages import AT, TRUST, Log, finished, in_folder, payload, story
from holdfast.kernel.clock import HOUR, SECOND, iso
from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.publishing import place
from holdfast.publishing.store import tiles_of
from holdfast.trail import promise
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.consistency import Growing
from holdfast.trail.merkle import leaf_hash, prove_consistency
from holdfast.trail.note import Note, with_signatures
from holdfast.trail.policy import Group
from holdfast.trail.promise import Promised
from holdfast.trail.tile import node_at
from holdfast.verify.checking import Asked, Checked, check
from holdfast.verify.main import Options, run

SEEN = NOW * SECOND

WANTING = {
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
"""Refusals that are for want of something: what was handed over may be as genuine as anything."""


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Operator]:
    with running(tmp_path) as operator:
        operator.append(entry(number) for number in range(300))
        yield operator


class Handed:
    """Files that somebody was handed, and what he is told of them."""

    def __init__(self, log: Operator, folder: Path) -> None:
        self.log = log
        self.folder = folder

    def put(self, name: str, data: bytes) -> str:
        path = self.folder / name
        path.write_bytes(data)
        return str(path)

    def receipt(self, index: int) -> str:
        return self.put(f"{index}.tlog-proof", self.log.receipt(index).encode())

    def opening(self, index: int) -> str:
        return self.put(f"{index}.json", self.log.openings[index].encode())

    def checkpoint(self, name: str = "checkpoint.txt") -> str:
        return self.put(name, self.log.out().encode())

    def vkey(self) -> str:
        return (self.log.where.path / place.PROMISE_KEY).read_text().strip()

    def told(self, *files: str, **asked: Any) -> dict[str, Checked]:
        whole: dict[str, Any] = {"trust": self.log.trust, **asked}
        found = check(files, Asked(**whole))
        return {Path(one.file).name: one for one in found}


@pytest.fixture
def handed(log: Operator, tmp_path: Path) -> Handed:
    folder = tmp_path / "handed"
    folder.mkdir()
    return Handed(log, folder)


def proven(one: Checked) -> str:
    assert one.wrong == []
    return " ".join(finding.en for finding in one.findings if finding.proven)


def unproven(one: Checked) -> str:
    return " ".join(finding.en for finding in one.findings if not finding.proven)


def codes(*checked: Checked) -> list[str]:
    return [refusal.code for one in checked for refusal in one.wrong]


def test_a_receipt_and_its_opening_prove_what_was_logged(handed: Handed) -> None:
    told = handed.told(handed.receipt(7), handed.opening(7))
    assert "Leaf 7 of 300 of log.example/holdfast says OrderPlaced" in proven(told["7.tlog-proof"])
    assert '"amount_minor":1007' in proven(told["7.tlog-proof"])
    assert "w1 (2026-09-21T" in proven(told["7.tlog-proof"])
    assert "whether it was true is another question" in unproven(told["7.tlog-proof"])
    assert "Its receipt is" in proven(told["7.json"])


def test_a_bare_leaf_proves_that_it_was_logged_and_not_what_it_said(handed: Handed) -> None:
    leaf = handed.put("7.leaf", handed.log.openings[7].leaf.encode())
    told = handed.told(handed.receipt(7), leaf)
    assert "what it said is not proven" in unproven(told["7.tlog-proof"])
    assert proven(told["7.leaf"])


def test_files_that_do_not_belong_together_are_told_apart(handed: Handed) -> None:
    assert codes(*handed.told(handed.receipt(7)).values()) == ["opening_needed"]
    assert codes(*handed.told(handed.opening(7)).values()) == ["not_received"]
    told = handed.told(handed.receipt(7), handed.opening(8))
    assert codes(*told.values()) == ["not_its_receipt", "not_received"]
    told = handed.told(handed.receipt(7), handed.opening(7), trust=None)
    assert codes(*told.values()) == ["policy_needed", "policy_needed"]
    told = handed.told(handed.put("x", b"hello"), str(handed.folder / "absent"), handed.put("y", b"{}"))
    assert codes(*told.values()) == ["unknown_file", "file_missing", "bad_leaf"]
    assert codes(*handed.told(handed.put("z", b"a" * 2_000_000)).values()) == ["file_wrong"]


def test_what_was_taken_for_text_on_its_way_is_told_as_that(handed: Handed) -> None:
    crlf = handed.put("crlf.tlog-proof", handed.log.receipt(7).encode().replace(b"\n", b"\r\n"))
    told = handed.told(crlf, handed.opening(7))
    assert codes(told["crlf.tlog-proof"]) == ["line_ends_changed"]


def test_a_log_that_grew_is_connected_by_its_proof_or_by_its_files(handed: Handed) -> None:
    old = handed.checkpoint("old.txt")
    handed.log.append(entry(number) for number in range(300, 700))
    new = handed.checkpoint("new.txt")
    assert "Nothing connects the heads of 300 and 700" in unproven(handed.told(old, new)["new.txt"])
    for folder in (handed.log.where.log, handed.log.where.path):
        told = handed.told(old, new, log=folder)
        assert "grew from 300 to 700" in " ".join(proven(one) for one in told.values())
    proof = prove_consistency(300, 700, node_at(700, tiles_of(handed.log.where.store())))
    growing = handed.put("growth", Growing(300, tuple(proof), handed.log.out()).encode())
    assert "grew from 300 to 700" in proven(handed.told(old, growing)["growth"])
    wrong = handed.put("wrong", Growing(300, tuple(reversed(proof)), handed.log.out()).encode())
    assert codes(handed.told(old, wrong)["wrong"]) == ["growth_wrong"]


def cosigned(log: Operator, size: int, root: bytes) -> bytes:
    """A head that the log and both witnesses signed, whatever it says: the worst that can be."""
    from attacking import WITNESSES

    text = Checkpoint(log.where.signer.verifier.name, size, root).text()
    signed = Note(text, (log.where.signer.sign(text),))
    return with_signatures(signed, [witness.sign(text, NOW) for witness in WITNESSES]).encode()


def test_two_stories_are_a_proof_against_the_log(handed: Handed) -> None:
    told = handed.told(handed.checkpoint(), handed.put("other", cosigned(handed.log, 300, b"\1" * 32)))
    assert codes(*told.values()) == ["two_stories"]
    assert "together they prove to anybody" in str(next(one for one in told.values() if one.wrong).wrong[0])
    smaller = handed.put("smaller", cosigned(handed.log, 200, b"\1" * 32))
    told = handed.told(handed.checkpoint(), smaller, log=handed.log.where.log)
    assert "two_stories" in codes(*told.values())


def test_files_of_a_log_are_not_believed(handed: Handed) -> None:
    old = handed.checkpoint("old.txt")
    handed.log.append(entry(number) for number in range(300, 700))
    handed.log.flip("tile/1/000.p/2", 5)
    told = handed.told(old, log=handed.log.where.log)
    assert codes(*told.values()) == ["log_wrong"]
    (handed.log.where.log / "tile/1/000.p/2").unlink()
    assert "log_wrong" in codes(*handed.told(old, log=handed.log.where.log).values())
    assert codes(*handed.told(old, log=handed.folder).values()) == ["log_wrong"]


def promised(handed: Handed, index: int, by: int) -> str:
    one = Promised(handed.log.openings[index].fact["id"], leaf_hash(handed.log.openings[index].leaf.encode()))
    note = promise.make(handed.log.where.promiser, handed.log.where.signer.verifier.name, by, [one])
    return handed.put("fact.promise", note.encode())


def test_a_promise_that_was_kept(handed: Handed) -> None:
    given = promised(handed, 7, SEEN)
    told = handed.told(given, handed.receipt(7), promise_vkey=handed.vkey())
    assert "Kept: fact" in proven(told["fact.promise"])
    told = handed.told(given, promise_vkey=handed.vkey(), log=handed.log.where.log)
    assert "Kept: fact" in proven(told["fact.promise"])
    early = promised(handed, 7, SEEN - HOUR)
    told = handed.told(early, handed.receipt(7), handed.opening(7), promise_vkey=handed.vkey())
    assert "is not proven" in unproven(told["fact.promise"])
    assert "Kept" not in proven(told["fact.promise"])
    assert "no receipt" in unproven(handed.told(given, promise_vkey=handed.vkey())["fact.promise"])


def test_a_promise_that_was_broken_is_proven_to_be(handed: Handed) -> None:
    name = handed.log.where.signer.verifier.name

    def absent(by: int) -> str:
        note = promise.make(handed.log.where.promiser, name, by, [Promised("a" * 32, b"\2" * 32)])
        return handed.put("fact.promise", note.encode())

    told = handed.told(absent(SEEN - HOUR), promise_vkey=handed.vkey(), log=handed.log.where.log)
    assert codes(told["fact.promise"]) == ["promise_broken"]
    told = handed.told(absent(SEEN + HOUR), promise_vkey=handed.vkey(), log=handed.log.where.log)
    assert "that the promise was broken is not proven" in unproven(told["fact.promise"])
    assert codes(*handed.told(absent(SEEN)).values()) == ["promise_key_needed"]
    vkey = handed.log.where.signer.verifier.encode()
    assert codes(*handed.told(absent(SEEN), promise_vkey=vkey).values()) == ["bad_note"]


def test_a_promise_is_not_broken_by_witnesses_that_may_have_been_away(handed: Handed) -> None:
    """Any of two may make a head: the other one, shown the old head after the deadline, proves nothing."""
    name = handed.log.where.signer.verifier.name
    note = promise.make(handed.log.where.promiser, name, SEEN - HOUR, [Promised("a" * 32, b"\2" * 32)])
    given = handed.put("fact.promise", note.encode())
    out = handed.log.out()
    one = Note(out.text, tuple(line for line in out.signatures if line.name != WITNESSES[1].verifier.name))
    log = handed.folder / "log"
    shutil.copytree(handed.log.where.log, log)
    (log / "checkpoint").write_bytes(one.encode())
    either = handed.log.trust._replace(groups={"any": Group(1, ("w1", "w2"))}, quorum="any")
    told = handed.told(given, promise_vkey=handed.vkey(), log=log, trust=either)
    assert codes(told["fact.promise"]) == []
    assert "that the promise was broken is not proven" in unproven(told["fact.promise"])
    (log / "checkpoint").write_bytes(out.encode())
    told = handed.told(given, promise_vkey=handed.vkey(), log=log, trust=either)
    assert codes(told["fact.promise"]) == ["promise_broken"]


def test_a_cosignature_of_no_time_says_of_none(handed: Handed) -> None:
    out = handed.log.out()
    signed = Note(out.text, (out.signatures[0], *(one.sign(out.text, 0) for one in WITNESSES)))
    told = handed.told(handed.put("head", signed.encode()))
    assert "w1 (at no time that it names)" in proven(told["head"])
    told = handed.told(handed.put("head", signed.encode()), newer_than=1)
    assert codes(told["head"]) == ["stale_checkpoint"]
    receipt = handed.log.receipt(7)._replace(note=signed)
    told = handed.told(
        promised(handed, 7, SEEN), handed.put("7.tlog-proof", receipt.encode()), promise_vkey=handed.vkey()
    )
    assert "Kept" not in proven(told["fact.promise"])


@pytest.mark.parametrize("at", [2**62, NOW + 12 * 3_600])
def test_a_cosignature_of_a_time_that_has_not_come_says_of_none(handed: Handed, at: int) -> None:
    out = handed.log.out()
    signed = Note(out.text, (out.signatures[0], *(one.sign(out.text, at) for one in WITNESSES)))
    given = handed.put("head", signed.encode())
    told = handed.told(given, now=SEEN)
    assert "w1 (at no time that it names)" in proven(told["head"])
    assert codes(handed.told(given, now=SEEN, newer_than=SEEN - HOUR)["head"]) == ["stale_checkpoint"]
    assert codes(handed.told(handed.checkpoint(), now=SEEN, newer_than=SEEN - HOUR)["checkpoint.txt"]) == []
    (handed.log.where.log / "checkpoint").write_bytes(signed.encode())
    told = handed.told(given, log=handed.log.where.log, now=SEEN, newer_than=SEEN - HOUR)
    assert codes(told["log"]) == ["stale_checkpoint"]


def test_the_heads_of_logs_and_packages_may_be_too_old_too(handed: Handed, tmp_path: Path) -> None:
    told = handed.told(handed.checkpoint(), log=handed.log.where.log, newer_than=SEEN + 1)
    assert codes(told["log"]) == ["stale_checkpoint"]
    package = in_folder(finished(payload()), tmp_path / "bag")
    asked = Asked(TRUST, newer_than=AT + 61_000)
    assert codes(*check([str(package)], asked)) == ["stale_checkpoint"]
    assert codes(*check([str(package)], asked._replace(newer_than=AT))) == []


def test_the_head_of_a_package_is_compared_with_all_others(handed: Handed, tmp_path: Path) -> None:
    package = in_folder(finished(payload()), tmp_path / "bag")
    other = Log([{**one, "at": one["at"] + 1} for one in story()])
    head = handed.put("head", other.note.encode())
    assert codes(*check([str(package), head], Asked(TRUST))) == ["two_stories"]


def test_a_head_that_is_too_old_is_refused(handed: Handed) -> None:
    files = (handed.receipt(7), handed.opening(7))
    assert codes(*handed.told(*files, newer_than=SEEN).values()) == []
    assert codes(handed.told(*files, newer_than=SEEN + 1)["7.tlog-proof"]) == ["stale_checkpoint"]


def test_the_command_says_it_in_the_language_that_was_asked_for(
    handed: Handed, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = handed.log.where.path / "policy"
    files = [handed.receipt(7), handed.opening(7)]
    assert run(Options(files, policy, lang="zh")) == 0
    told = capsys.readouterr().out
    assert "第 7 条（共 300 条）" in told
    assert "Leaf 7" not in told
    assert run(Options(files, policy, lang="en", newer_than=iso(SEEN))) == 0
    assert "第 7 条" not in capsys.readouterr().out
    assert run(Options(files, policy, newer_than="tomorrow")) == 1
    assert "[bad_time]" in capsys.readouterr().out
    assert run(Options(files, handed.folder / "absent")) == 1
    assert "[file_missing]" in capsys.readouterr().out
    assert run(Options([promised(handed, 7, SEEN), files[0]], policy)) == 0
    assert "承诺已兑现" in capsys.readouterr().out


def test_a_genuine_receipt_without_a_policy_is_not_checked_and_not_wrong(
    handed: Handed, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [handed.receipt(7), handed.opening(7)]
    assert run(Options(files)) == 1
    told = capsys.readouterr().out
    assert "? 未核对：没有指明相信谁" in told
    assert "Not checked: nobody said whom to believe" in told
    assert "[policy_needed]" in told
    assert "✗" not in told
    assert "不成立" not in told
    assert run(Options(files, as_json=True)) == 1
    [refusal, _] = [one["refusals"][0] for one in json.loads(capsys.readouterr().out)["files"]]
    assert (refusal["code"], refusal["checked"]) == ("policy_needed", False)


def test_a_refusal_is_told_in_the_language_that_was_asked_for(
    handed: Handed, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = handed.log.where.path / "policy"
    files = [handed.receipt(7), handed.opening(8)]
    assert run(Options(files, policy, lang="zh")) == 1
    zh = capsys.readouterr().out
    assert "✗ 不成立，不能采信：所给的事实中，没有一条在该日志的第 7 条。 [not_its_receipt]" in zh
    assert "none of the facts" not in zh
    assert run(Options(files, policy, lang="en")) == 1
    en = capsys.readouterr().out
    assert "✗ Wrong, not to be relied on: none of the facts" in en
    assert en.isascii() or not any("一" <= sign <= "鿿" for sign in en)


def test_only_what_does_not_hold_speaks_against_a_file() -> None:
    for package in (holdfast.trail, holdfast.verify):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                import_module(module.name)
    theirs = {
        code: kind
        for code, kind in Refusal.registry.items()
        if kind.__module__.startswith(("holdfast.trail.", "holdfast.verify."))
    }
    assert {code for code, kind in theirs.items() if kind.sort is not Sort.BROKEN} == WANTING


def test_names_that_are_no_text_can_be_told_of(
    handed: Handed, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = Path(os.fsdecode(os.fsencode(str(handed.folder)) + b"/\xff.json"))
    path.write_bytes(b"{}")
    assert run(Options([str(path)], lang="en", as_json=True)) == 1
    assert run(Options([str(path)])) == 1
    told = capfdbinary.readouterr().out
    assert b"policy_needed" in told or b"bad_leaf" in told
