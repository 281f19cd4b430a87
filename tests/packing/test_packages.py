"""Packages as they are written from a market: complete, readable, believed by the verifier, or not there."""

import json
import zipfile
from pathlib import Path

import pytest
from disputed import ORDER, Case

from evidence_packages import TRUST, Log
from holdfast.evidence.model import CustodyAction
from holdfast.kernel.clock import DAY, SystemClock
from holdfast.kernel.refusal import Refusal
from holdfast.packing import bagging, subject, words
from holdfast.packing.package import Sources, as_told
from holdfast.packing.subject import Subject, parse
from holdfast.publishing.refusals import Erased
from holdfast.trail.bag import checking
from holdfast.trail.bag.manifests import parse as parse_manifest
from holdfast.trail.bag.media import KINDS
from timestamping import Authority, needs_openssl


def names(path: Path) -> set[str]:
    if path.is_dir():
        return {str(each.relative_to(path)) for each in path.rglob("*") if each.is_file()}
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2] for name in archive.namelist()}


@pytest.mark.parametrize("name", ["bag", "bag.zip"])
def test_a_package_is_believed(case: Case, tmp_path: Path, name: str) -> None:
    packed = case.write(tmp_path / "out" / name)
    facts = list(case.market.home.facts(order_id="o1"))
    assert (packed.facts, packed.received, packed.evidence) == (len(facts), len(facts), 2)
    assert packed.findings == checking.check(packed.path, None)
    told = checking.check(packed.path, TRUST)
    assert any(each.en.startswith("There is no timestamp") for each in told if not each.proven)
    assert f"{len(facts)} facts stand in the log" in told[1].en
    assert {"data/cover.html", "data/policy", "data/custody.json"} < names(packed.path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_both_forms_have_the_same_files(case: Case, tmp_path: Path) -> None:
    folder, zipped = case.write(tmp_path / "a"), case.write(tmp_path / "a.zip")
    assert names(folder.path) == names(zipped.path)
    manifest = parse_manifest((folder.path / "manifest-sha256.txt").read_bytes(), "m")
    assert {name for name in names(folder.path) if name.startswith("data/")} == set(manifest)


def test_custody_is_told_in_order(case: Case, tmp_path: Path) -> None:
    events = json.loads((case.write(tmp_path / "a").path / "data/custody.json").read_bytes())
    assert [event["action"] for event in events] == ["captured", "captured", "handed_over"]
    assert events[2]["note"] == "交市场监管局，移动硬盘一块"


def test_without_a_log_the_package_says_so(case: Case, tmp_path: Path) -> None:
    packed = case.write(tmp_path / "a", sources=Sources(case.blobs))
    assert packed.received == 0
    assert any("have no receipt" in each.en for each in packed.findings)
    assert "本包没有日志收据" in (packed.path / "data/cover.html").read_text(encoding="utf-8")


def test_facts_that_the_log_has_not_yet_are_told(case: Case, tmp_path: Path) -> None:
    count = len(list(case.market.home.facts()))
    packed = case.write(tmp_path / "a", sources=case.sources(proofs=case.log(count - 1)))
    assert packed.received == packed.facts - 1
    assert "1 条事实尚无收据" in (packed.path / "data/cover.html").read_text(encoding="utf-8")


def test_facts_whose_key_was_destroyed_go_without_a_receipt(case: Case, tmp_path: Path) -> None:
    gone = next(fact.id for fact in case.market.home.facts(order_id="o1") if fact.kind == "OrderPlaced")

    class Forgotten(Log):
        def of(self, fact_id: str) -> tuple[bytes, bytes] | None:
            if fact_id == gone:
                raise Erased(f"fact:{fact_id}")
            return super().of(fact_id)

    proofs = Forgotten([as_told(fact) for fact in case.market.home.facts()])
    packed = case.write(tmp_path / "a", sources=case.sources(proofs=proofs))
    assert packed.received == packed.facts - 1
    assert not (packed.path / f"data/receipts/{gone}.tlog-proof").exists()
    assert any(each.en.startswith("1 facts have no receipt") for each in packed.findings)


def test_a_claim_has_its_orders_facts_and_a_merchant_those_in_question(case: Case, tmp_path: Path) -> None:
    case.market.sell("o2")
    case.add("licence.png", b"\x89PNG\r\n\x1a\n licence", merchant_id="m1")
    home = case.market.home
    assert subject.facts_of(home, Subject("claim", "k1")) == list(home.facts(order_id="o1"))
    kinds = {
        getattr(fact.body, "order_id", None) for fact in subject.facts_of(home, Subject("merchant", "m1"))
    }
    assert kinds == {None, "o1"}
    assert case.write(tmp_path / "m1.zip", Subject("merchant", "m1")).evidence == 3


def refused(case: Case, out: Path, about: Subject = ORDER, sources: Sources | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        case.write(out, about, sources)
    assert not list(out.parent.glob(".evidence-*"))
    assert str(caught.value)
    return caught.value.code


def test_what_is_there_is_never_overwritten(case: Case, tmp_path: Path) -> None:
    out = case.write(tmp_path / "a").path
    assert refused(case, out) == "package_there"


def test_nobody_knows_the_subject(case: Case, tmp_path: Path) -> None:
    assert refused(case, tmp_path / "a", Subject("order", "o9")) == "not_found"
    for text in ("o1", "order:", "consumer:c1", ""):
        with pytest.raises(Refusal) as caught:
            parse(text)
        assert caught.value.code == "bad_subject"
    assert parse("order:a:b") == Subject("order", "a:b")


def test_too_many_facts_are_refused(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MAX_FACTS", 2)
    assert refused(case, tmp_path / "a") == "package_too_large"


def test_too_many_files_are_refused(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bagging, "MAX_FILES", 5)
    assert refused(case, tmp_path / "a") == "package_too_large"


def test_a_missing_blob_is_told(case: Case, tmp_path: Path) -> None:
    [gone, *_] = case.blobs.folder.rglob("sha256/*/*")
    gone.unlink()
    assert refused(case, tmp_path / "a.zip") == "blob_missing"


def test_a_damaged_blob_is_not_packed(case: Case, tmp_path: Path) -> None:
    [spoiled, *_] = case.blobs.folder.rglob("sha256/*/*")
    spoiled.write_bytes(b"other bytes")
    assert refused(case, tmp_path / "a") == "blob_damaged"


def test_wrong_receipts_are_not_handed_over(case: Case, tmp_path: Path) -> None:
    class Wrong(Log):
        def of(self, fact_id: str) -> tuple[bytes, bytes] | None:
            found, last = super().of(fact_id), super().of(next(iter(self.openings)))
            return None if found is None or last is None else (last[0], found[1])

    wrong = Wrong([as_told(fact) for fact in case.market.home.facts()])
    assert refused(case, tmp_path / "a", sources=case.sources(proofs=wrong)) == "bad_proof"


def test_an_order_without_facts_has_nothing_to_pack(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(**_: str) -> list[object]:
        return []

    monkeypatch.setattr(case.market.home, "facts", nothing)
    with pytest.raises(Refusal) as caught:
        subject.facts_of(case.market.home, ORDER)
    assert caught.value.code == "nothing_to_pack"


@needs_openssl
def test_a_timestamp_goes_with_it(case: Case, tmp_path: Path) -> None:
    authority = Authority(tmp_path / "tsa")
    packed = case.write(tmp_path / "a.zip", sources=case.sources()._replace(ask=authority.answer))
    assert packed.stamped
    told = checking.check(packed.path, TRUST, [authority.root])
    assert any(each.proven and "CN=test tsa confirms" in each.en for each in told)


@needs_openssl
def test_a_back_dated_timestamp_is_not_handed_over(case: Case, tmp_path: Path) -> None:
    case.market.until(SystemClock().now() + 40 * DAY)
    case.add("late.txt", b"from the future", order_id="o1")
    sources = case.sources()._replace(ask=Authority(tmp_path / "tsa").answer)
    assert refused(case, tmp_path / "a", sources=sources) == "timestamp_back_dated"


def test_every_action_and_medium_has_its_words() -> None:
    assert set(words.ACTIONS) == {"captured", *CustodyAction}
    assert set(words.MEDIA) == {kind.media_type for kind in KINDS}
