"""Packages: a good one is believed for what it shows; each way of spoiling one is refused for its reason."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from evidence_packages import (
    LOG,
    PHOTO,
    STRANGER,
    TRUST,
    WITNESS,
    Files,
    Log,
    digests,
    fact,
    finished,
    in_folder,
    in_zip,
    key,
    payload,
    recorded,
    retagged,
    story,
)
from holdfast.evidence.rules import MAX_BYTES
from holdfast.kernel.refusal import Refusal
from holdfast.trail.bag import files as bag_files
from holdfast.trail.bag import names
from holdfast.trail.bag.checking import check
from holdfast.trail.bag.manifests import parse, written
from holdfast.trail.note import Note
from holdfast.trail.opening import canonical

FACT = f"data/facts/{key(1)}.json"
RECEIPT = f"data/receipts/{key(1)}.tlog-proof"
EVIDENCE = f"data/evidence/{digests(PHOTO).sha256}.jpg"


def both(files: Files, folder: Path) -> list[Path]:
    return [in_folder(files, folder / "bag"), in_zip(files, folder / "bag.zip")]


def refused(files: Files, folder: Path) -> str:
    """Return the code for which a package is refused, the same in a folder and in a .zip."""
    codes: set[str] = set()
    for path in both(files, folder):
        with pytest.raises(Refusal) as caught:
            check(path, TRUST)
        assert str(caught.value)
        codes.add(caught.value.code)
    [code] = codes
    return code


def unproven(path: Path, *, trusted: bool = True) -> str:
    findings = check(path, TRUST if trusted else None)
    return "\n".join(each.en for each in findings if not each.proven)


def test_a_good_package_proves_what_it_can(tmp_path: Path) -> None:
    for path in both(finished(payload()), tmp_path):
        findings = check(path, TRUST)
        said = "\n".join(each.en for each in findings if each.proven)
        assert "15 files" in said
        assert "3 facts stand in the log log.example/holdfast" in said
        assert "w1 (2026-09-21T" in said
        assert "SHA-256, SM3 and size were recorded" in said
        assert "custody says what the enclosed facts say" in unproven(path)
        assert all(each.zh and each.en for each in findings)
        assert "before it was recorded, no package can show" in unproven(path)


def test_its_own_policy_shows_consistency_and_no_more(tmp_path: Path) -> None:
    for path in both(finished(payload()), tmp_path):
        assert "consistency with whom the package itself names" in unproven(path, trusted=False)
        assert [each.en for each in check(path, None) if each.proven] == [check(path, None)[0].en]


def test_without_any_policy_nobody_is_believed(tmp_path: Path) -> None:
    files = payload()
    del files["data/policy"]
    assert "whose log is it" in unproven(in_folder(finished(files), tmp_path), trusted=False)


def test_facts_without_receipts_are_told_and_not_proven(tmp_path: Path) -> None:
    facts = story()
    path = in_folder(finished(payload(facts, Log(facts[:1]))), tmp_path)
    assert "2 facts have no receipt" in unproven(path)
    assert "1 files were recorded by facts that have no receipt" in unproven(path)
    assert "custody" in unproven(path)


def test_recorded_files_that_are_not_enclosed_are_told(tmp_path: Path) -> None:
    path = in_folder(finished(payload(blobs=())), tmp_path)
    assert "1 files that were recorded are not enclosed" in unproven(path)


def test_a_log_without_witnesses_may_have_two_faces(tmp_path: Path) -> None:
    facts = story()
    files = payload(facts, Log(facts, witnessed=False))
    assert refused(finished(files), tmp_path / "strict") == "untrusted"
    alone = files["data/policy"].replace(b"quorum w1", b"quorum none")
    path = in_folder(finished({**files, "data/policy": alone}), tmp_path / "alone")
    from holdfast.trail import policy

    told = [each.en for each in check(path, policy.read(alone)) if not each.proven]
    assert any("No witness cosigned" in each for each in told)


def flipped(data: bytes) -> bytes:
    return data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]


@pytest.mark.parametrize("name", sorted(finished(payload())))
def test_a_flipped_bit_anywhere_is_seen(name: str, tmp_path: Path) -> None:
    files = finished(payload())
    code = refused({**files, name: flipped(files[name])}, tmp_path)
    assert code in {
        "bag_file_changed",
        "bag_form_wrong",
        "bag_manifest_wrong",
        "bag_file_missing",
        "bag_path_unsafe",
    }


@pytest.mark.parametrize("name", sorted(finished(payload())))
def test_a_missing_file_is_seen(name: str, tmp_path: Path) -> None:
    files = finished(payload())
    del files[name]
    assert refused(files, tmp_path) == "bag_file_missing"


@pytest.mark.parametrize(
    "name", ["data/evidence/" + "0" * 64 + ".jpg", "data/hidden.txt", "notes.txt", "fetch.txt"]
)
def test_a_file_more_is_seen(name: str, tmp_path: Path) -> None:
    assert refused({**finished(payload()), name: b"more"}, tmp_path) == "bag_file_unlisted"


def test_a_listed_file_without_a_place_is_refused(tmp_path: Path) -> None:
    assert refused(finished({**payload(), "data/extra.txt": b"more"}), tmp_path) == "bag_file_unexpected"


@pytest.mark.parametrize("manifest", ["manifest-sha256.txt", "manifest-sm3.txt"])
def test_each_manifest_counts(manifest: str, tmp_path: Path) -> None:
    files = finished(payload())
    lines = files[manifest].splitlines(keepends=True)
    spoiled = {**files, manifest: b"".join(lines[1:])}
    assert refused(retagged(spoiled), tmp_path / "shorter") == "bag_file_unlisted"
    spoiled = {**files, manifest: b"0" * 64 + lines[0][64:] + b"".join(lines[1:])}
    assert refused(retagged(spoiled), tmp_path / "other") == "bag_file_changed"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"0" * 64 + b"  data/../../etc/passwd\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  /etc/passwd\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  C:/windows\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data\\x\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/a%0Ab\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/a%25b\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/%2e%2e/x\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/e\xcc\x81\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  ./data/x\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data//x\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/x.\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/" + b"x" * 200 + b"\n", "bag_path_unsafe"),
        (b"0" * 64 + b"  data/A\n" + b"0" * 64 + b"  data/a\n", "bag_paths_collide"),
        (b"0" * 64 + b"  data/a\n" + b"0" * 64 + b"  data/a\n", "bag_manifest_wrong"),
        (b"0" * 63 + b"  data/a\n", "bag_manifest_wrong"),
        (b"0" * 64 + b"data/a\n", "bag_manifest_wrong"),
        (b"0" * 64 + b"  data/a", "bag_manifest_wrong"),
        (b"\n", "bag_manifest_wrong"),
        (b"0" * 64 + b"  \xff\n", "bag_manifest_wrong"),
    ],
)
def test_a_manifest_cannot_play_tricks(line: bytes, code: str, tmp_path: Path) -> None:
    files = finished(payload())
    spoiled = {**files, "manifest-sha256.txt": files["manifest-sha256.txt"] + line}
    assert refused(retagged(spoiled), tmp_path) == code


def test_manifests_are_read_as_they_are_written() -> None:
    listed = {"data/a": "0" * 64, "data/b.txt": "1" * 64}
    assert parse(written(listed), "m") == listed
    assert parse(
        written(listed).upper().replace(b"DATA", b"data").replace(b"/A", b"/a").replace(b"\n", b"\r\n"), "m"
    )
    assert written({"data/50%\n": "0" * 64}).endswith(b"data/50%25%0A\n")


def test_tag_files_must_be_what_they_are(tmp_path: Path) -> None:
    files = finished(payload())
    assert (
        refused(retagged({**files, "bagit.txt": b"BagIt-Version: 0.97\n"}), tmp_path / "1")
        == "bag_form_wrong"
    )
    assert (
        refused(retagged({**files, "bag-info.txt": b"Payload-Oxum: 1.1\n"}), tmp_path / "2")
        == "bag_form_wrong"
    )
    assert refused(retagged({**files, "bag-info.txt": b"\xff"}), tmp_path / "3") == "bag_form_wrong"


def test_evidence_that_nobody_recorded_is_refused(tmp_path: Path) -> None:
    assert refused(finished(payload(blobs=(PHOTO, PHOTO + b"another"))), tmp_path) == "bag_evidence_unnamed"


def test_evidence_must_be_named_by_its_hash(tmp_path: Path) -> None:
    files = payload()
    files[EVIDENCE] = PHOTO + b"!"
    assert refused(finished(files), tmp_path) == "bag_evidence_wrong"


@pytest.mark.parametrize("changes", [{"sm3": "0" * 64}, {"size_bytes": 1}])
def test_evidence_must_be_what_was_recorded(changes: dict[str, Any], tmp_path: Path) -> None:
    assert refused(finished(payload([recorded(1, **changes)])), tmp_path) == "bag_evidence_wrong"


def test_custody_must_follow_from_the_facts(tmp_path: Path) -> None:
    files = payload()
    for number, spoiled in enumerate(
        (b"[\n]\n", files["data/custody.json"].replace("王".encode(), "张".encode()))
    ):
        code = refused(finished({**files, "data/custody.json": spoiled}), tmp_path / str(number))
        assert code == "bag_custody_wrong"


def test_an_opening_that_was_changed_does_not_open_its_leaf(tmp_path: Path) -> None:
    files = payload()
    found = json.loads(files[FACT])
    found["fact"]["body"]["source"] = "another"
    assert refused(finished({**files, FACT: canonical(found)}), tmp_path) == "bad_leaf"


def test_a_file_has_one_name_and_the_ending_of_its_kind(tmp_path: Path) -> None:
    files = payload()
    [name] = [name for name in files if name.startswith("data/evidence/")]
    true, stem = files[name], name.removesuffix(".jpg")
    forged = {**files, name: b"forged", f"{stem}.zz": true}
    assert refused(finished(forged), tmp_path / "two") == "bag_file_unexpected"
    del forged[name]
    assert refused(finished(forged), tmp_path / "other") == "bag_evidence_wrong"


def test_heads_that_contradict_each_other_are_two_stories_and_others_unconnected(
    tmp_path: Path,
) -> None:
    facts = story()
    others: list[dict[str, Any]] = [{**one, "body": {**one["body"], "order_id": "o2"}} for one in facts]
    other = Log(others).of(key(0))
    assert other is not None
    mixed = payload(facts)
    mixed[f"data/facts/{key(0)}.json"], mixed[f"data/receipts/{key(0)}.tlog-proof"] = other[1], other[0]
    assert refused(finished(mixed), tmp_path / "fork") == "two_stories"
    smaller = Log(facts[:2], witnessed=False)
    grown = payload(facts)
    for one in facts[:2]:
        found = smaller.of(one["id"])
        assert found is not None
        grown[f"data/receipts/{one['id']}.tlog-proof"] = found[0]
    nobody = TRUST._replace(quorum="none")
    told = check(in_folder(finished(grown), tmp_path / "grown"), nobody)
    assert any("2 different heads" in one.en and not one.proven for one in told)
    assert any("No witness cosigned it" in one.en for one in told)
    assert any("w1 (2026-09-21T" in one.en and one.proven for one in told)


def test_a_package_leads_to_a_few_heads_and_no_more(tmp_path: Path) -> None:
    facts = [fact(number, "OrderPlaced", order_id="o1") for number in range(20)]
    files = payload(facts, blobs=())
    for count, one in enumerate(facts, start=1):
        found = Log(facts[:count]).of(one["id"])
        assert found is not None
        files[f"data/receipts/{one['id']}.tlog-proof"] = found[0]
    assert refused(finished(files), tmp_path) == "bag_too_large"


def test_times_that_no_calendar_has_are_no_trouble(tmp_path: Path) -> None:
    facts = [fact(0, "OrderPlaced", at=10**20, order_id="o1")]
    log = Log(story())
    assert check(in_folder(finished(payload(facts, log, blobs=())), tmp_path), TRUST)
    far = Log(story())
    far.note = Note(far.note.text, (LOG.sign(far.note.text), WITNESS.sign(far.note.text, 2**62)))
    assert check(in_folder(finished(payload(log=far)), tmp_path / "far"), TRUST)


def test_an_opening_has_one_form(tmp_path: Path) -> None:
    files = payload()
    spoiled = {**files, FACT: files[FACT].replace(b'"salt"', b' "salt"')}
    assert refused(finished(spoiled), tmp_path) == "bad_leaf"


def test_a_receipt_of_another_fact_proves_nothing(tmp_path: Path) -> None:
    files = payload()
    files[RECEIPT] = files[f"data/receipts/{key(0)}.tlog-proof"]
    assert refused(finished(files), tmp_path) == "bad_proof"


def test_a_receipt_of_a_stranger_is_not_believed(tmp_path: Path) -> None:
    assert refused(finished(payload(log=Log(story(), STRANGER))), tmp_path) == "untrusted"


def test_a_receipt_says_in_which_file_it_is_wrong(tmp_path: Path) -> None:
    files = finished({**payload(), RECEIPT: b"no receipt"})
    with pytest.raises(Refusal, match=RECEIPT) as caught:
        check(in_folder(files, tmp_path), TRUST)
    assert caught.value.code == "bad_note"


def test_a_wrong_cosignature_is_refused(tmp_path: Path) -> None:
    files = payload()
    name = WITNESS.verifier.name.encode()
    lines = files[RECEIPT].split(b"\n")
    at = next(number for number, line in enumerate(lines) if name in line)
    lines[at] = lines[at][:-8] + (b"AAAA" if lines[at][-8:-4] != b"AAAA" else b"BBBB") + lines[at][-4:]
    assert refused(finished({**files, RECEIPT: b"\n".join(lines)}), tmp_path) == "bad_note"


def test_a_receipt_without_its_fact_is_refused(tmp_path: Path) -> None:
    files = payload()
    del files[f"data/facts/{key(0)}.json"]
    assert refused(finished(files), tmp_path) == "bag_file_missing"


def test_a_fact_under_another_name_is_refused(tmp_path: Path) -> None:
    files = payload(log=Log([fact(9, "Other")]))
    files[f"data/facts/{'0' * 32}.json"] = files.pop(f"data/facts/{key(0)}.json")
    assert refused(finished(files), tmp_path) == "bag_fact_wrong"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b'{"fact":1}',
        b'{"fact":{"at":1,"body":{},"id":"x"}}',
        b'{"fact":{"at":true,"body":{},"id":"x","kind":"K"}}',
        b'{"fact":{"at":1,"body":[],"id":"x","kind":"K"}}',
        b'{"fact": {"at":1,"body":{},"id":"x","kind":"K"}}',
        b'{"fact":{"at":1,"body":{},"id":"x","kind":"EvidenceRecorded"}}',
        b'{"fact":' + b"[" * 100_000,
        b'{"fact":"\\ud800"}',
        b'{"fact":1e999}',
        b"\xff",
    ],
)
def test_what_is_no_fact_is_refused(data: bytes, tmp_path: Path) -> None:
    files = payload([], Log(story()))
    files[f"data/facts/{key(1)}.json"] = data.replace(b'"x"', f'"{key(1)}"'.encode())
    assert refused(finished(files), tmp_path) in {"bag_fact_wrong", "bad_leaf"}


def test_an_evidence_fact_with_odd_values_is_refused(tmp_path: Path) -> None:
    odd = recorded(1, sm3=5)
    assert refused(finished(payload([odd], Log([odd]))), tmp_path) == "bag_fact_wrong"


def test_what_can_be_recorded_can_be_checked() -> None:
    assert bag_files.MAX_FILE == MAX_BYTES


def test_every_code_of_packages_is_known_to_a_test() -> None:
    text = "".join(
        (Path(__file__).parent / name).read_text(encoding="utf-8")
        for name in ("test_bags.py", "test_bag_files.py", "test_timestamps.py")
    )
    kinds = [kind for kind in Refusal.registry.values() if kind.__module__.startswith("holdfast.trail.bag")]
    kinds += [kind for kind in Refusal.registry.values() if kind.__module__ == "holdfast.trail.timestamp"]
    assert kinds
    for kind in kinds:
        assert re.search(rf"['\"]{kind.code}['\"]", text), kind.code
        assert not kind.fix.en.endswith(".")


def test_names_are_only_where_they_belong() -> None:
    assert not names.is_stamped("data/cover.html")
    assert not names.is_stamped("bagit.txt")
    assert not names.is_stamped("data/timestamps/tsa.tsr")
    assert names.is_stamped("data/policy")
