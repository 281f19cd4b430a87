"""Packages as they are written from a market: complete, readable, believed by the verifier, or not there."""

import json
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from evidence_packages import AT, POLICY, TRUST, Log
from holdfast.cli.telling import WORDS
from holdfast.evidence.model import CustodyAction, EvidenceRecorded, RecordCustody, RecordEvidence
from holdfast.kernel.clock import DAY, HOUR, MINUTE, SystemClock
from holdfast.kernel.refusal import Refusal
from holdfast.packing import bagging, subject, words
from holdfast.packing.blobs import Blobs
from holdfast.packing.cover import beijing
from holdfast.packing.package import Packed, Sources, as_told, write
from holdfast.packing.subject import Subject, parse
from holdfast.publishing.refusals import Erased
from holdfast.settlement.model import OpenClaim
from holdfast.trail import bag
from holdfast.trail.bag_manifests import parse as parse_manifest
from holdfast.trail.bag_media import KINDS
from html_page import HOSTILE, Page
from one_market import OneMarket
from timestamping import Authority, needs_openssl

PHOTO = b"\xff\xd8\xff\xe0 the parcel as it came"
LETTER = "商家的答复：不予处理。".encode()
ORDER = Subject("order", "o1")


class Case(NamedTuple):
    """A market with an order that is disputed, and the store of its evidence."""

    market: OneMarket
    blobs: Blobs
    files: Path

    def add(self, name: str, data: bytes, **about: str) -> str:
        path = self.files / name
        path.write_bytes(data)
        blob = self.blobs.keep(path)
        command = RecordEvidence(
            **about,
            sha256=blob.digests.sha256,
            sm3=blob.digests.sm3,
            size_bytes=blob.digests.size,
            media_type=blob.kind.media_type,
            source="消费者用自己的手机拍摄，当面拆封",
            device="Xiaomi 14（序列号 8F21）",
            captured_at=self.market.now - HOUR,
            operator="李敏（售后）",
        )
        [fact] = [f.body for f in self.market.do(command) if isinstance(f.body, EvidenceRecorded)]
        return fact.evidence_id

    def log(self, count: int | None = None) -> Log:
        return Log([as_told(fact) for fact in self.market.home.facts()][:count])

    def sources(self, *, proofs: Log | None = None, policy: bytes | None = POLICY) -> Sources:
        return Sources(self.blobs, self.log() if proofs is None else proofs, policy)

    def write(self, out: Path, about: Subject = ORDER, sources: Sources | None = None) -> Packed:
        return write(self.market.home, about, out, sources or self.sources(), self.market.now)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    market = OneMarket()
    (tmp_path / "files").mkdir()
    made = Case(market, Blobs(tmp_path / "store"), tmp_path / "files")
    market.sell()
    market.wait(DAY)
    market.claim(5_000)
    photo = made.add("parcel.jpg", PHOTO, order_id="o1")
    made.add("answer.txt", LETTER, claim_id="k1")
    market.wait(HOUR)
    market.do(
        RecordCustody(
            evidence_id=photo,
            action=CustodyAction.HANDED_OVER,
            operator="王强（法务）",
            device="证据柜 3 号",
            occurred_at=market.now,
            note="交市场监管局，移动硬盘一块",
        )
    )
    return made


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
    assert packed.findings == bag.check(packed.path, None)
    told = bag.check(packed.path, TRUST)
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
    told = bag.check(packed.path, TRUST, [authority.root])
    assert any(each.proven and "CN=test tsa confirms" in each.en for each in told)


@needs_openssl
def test_a_back_dated_timestamp_is_not_handed_over(case: Case, tmp_path: Path) -> None:
    case.market.until(SystemClock().now() + 40 * DAY)
    case.add("late.txt", b"from the future", order_id="o1")
    sources = case.sources()._replace(ask=Authority(tmp_path / "tsa").answer)
    assert refused(case, tmp_path / "a", sources=sources) == "timestamp_back_dated"


def test_the_cover_is_one_page_without_scripts(case: Case, tmp_path: Path) -> None:
    case.add("hostile.txt", HOSTILE.encode(), order_id="o1")
    text = (case.write(tmp_path / "a").path / "data/cover.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.scripts
    assert not [attributes for _, attributes in page.elements if {"src", "href"} & attributes.keys()]
    assert "<img" not in text
    for said in (
        "第十六条",
        "第十七条",
        "第十八条",
        "第十九条",
        "holdfast-verify PACKAGE",
        "消费者用自己的手机拍摄",
    ):
        assert said in text
    assert "交市场监管局，移动硬盘一块" in text
    assert "log.example/holdfast" in text


def cover_of(packed: Packed) -> str:
    """What the cover says, as a reader sees it, without spaces."""
    return squeezed("".join(Page((packed.path / "data/cover.html").read_text(encoding="utf-8")).text))


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_cover_says_when_evidence_was_captured_recorded_and_logged(case: Case, tmp_path: Path) -> None:
    said = cover_of(case.write(tmp_path / "a"))
    photo = next(
        fact for fact in case.market.home.facts(order_id="o1") if isinstance(fact.body, EvidenceRecorded)
    )
    index = [fact.id for fact in case.market.home.facts()].index(photo.id)
    for text in (
        f"取证时间 {beijing(photo.at - HOUR)} 登记时间 {beijing(photo.at)} 距取证 1 小时",
        f"日志第 {index} 号条目（自 0 起），见证人不迟于 {beijing(AT + 60_000)} 看到",
        "涉及（平台内部编号）：商家 m1；消费者 c1",
        "关于 赔付申请 k1（订单 o1）",
    ):
        assert squeezed(text) in said


def test_the_cover_does_not_vouch_for_witnesses(case: Case, tmp_path: Path) -> None:
    assert "见证人是否独立，本包不能证明" in cover_of(case.write(tmp_path / "a"))
    alone = Log([as_told(fact) for fact in case.market.home.facts()], witnessed=False)
    policy = POLICY.replace(b"quorum w1", b"quorum none")
    said = cover_of(case.write(tmp_path / "b", sources=case.sources(proofs=alone, policy=policy)))
    assert "没有见证人签名。不能排除日志向不同的人出示不同的版本" in said
    assert "w1，未签名" in said
    assert "见证人看到的是同一本日志" not in said
    for claimed in (
        "运行，有见证人联署",
        "靠见证人的签名。",
        "日志与见证人",
        "见证人及其公钥如上",
        "见证人见证的",
    ):
        assert claimed not in said, claimed
    assert "由平台运行，没有见证人联署" in said
    assert squeezed("No witness signed. That others are shown the same log cannot be taken") in said
    assert squeezed("Witness w1: did not sign") in said
    assert squeezed("no witness signed") in said


def test_the_cover_says_it_in_english_too(case: Case, tmp_path: Path) -> None:
    said = cover_of(case.write(tmp_path / "a"))
    for text in (
        "Package of evidence on order o1",
        "All times on this page are those of Beijing (UTC+8)",
        f"seen by a witness by {beijing(AT + 60_000)}",
        f"Witness w1: signed on {beijing(AT + 60_000)}",
        "Where the two texts differ, the Chinese one is meant",
        "消费者下单 ¥100.00 order placed",
        "证据清单 Evidence",
        "--policy POLICY --lang en",
    ):
        assert squeezed(text) in said, text
    assert "有见证人联署" in said
    assert "No witness signed" not in said


@needs_openssl
def test_the_cover_tells_the_timestamp_and_how_to_check_it(case: Case, tmp_path: Path) -> None:
    sources = case.sources()._replace(ask=Authority(tmp_path / "tsa").answer)
    said = cover_of(case.write(tmp_path / "a", sources=sources))
    assert "签发者CN=testtsa" in said
    assert squeezed("openssl ts -verify -data data/timestamps/covered.txt") in said
    without = cover_of(case.write(tmp_path / "b"))
    assert "第三方时间戳无" in without
    assert "opensslts" not in without


def test_a_merchants_cover_names_the_order_of_each_fact(case: Case, tmp_path: Path) -> None:
    said = cover_of(case.write(tmp_path / "m", Subject("merchant", "m1")))
    assert "订单o1：消费者下单¥100.00" in said
    assert "商家入驻" in said


def test_long_and_hostile_texts_stay_in_their_place(case: Case, tmp_path: Path) -> None:
    reason = "\u202egnp.exe\u202c<script>" + "a" + "\u0301" * 9 + "\n" + "名" * 9_000
    case.market.sell("o2")
    command = OpenClaim(claim_id="k2", order_id="o2", amount_minor=1, reason=reason)
    case.market.do(command)
    packed = case.write(tmp_path / "a", Subject("claim", "k2"))
    raw = (packed.path / "data/cover.html").read_text(encoding="utf-8")
    assert "<script" not in raw
    assert "\u202e" not in raw
    said = cover_of(packed)
    assert "⟨U+202E⟩gnp.exe⟨U+202C⟩<script>a" in said
    assert f"a{chr(0x301) * 4}⟨U+0301⟩⟨U+0301⟩" in said
    assert "名" * 301 not in said
    assert f"共{len(reason):,}字，全文见该事实的文件" in said
    fact = next(f for f in case.market.home.facts(order_id="o2") if f.kind == "ClaimOpened")
    whole = json.loads((packed.path / f"data/facts/{fact.id}.json").read_bytes())
    assert whole["fact"]["body"]["reason"] == reason


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("李敏（售后） Xiaomi 14", "李敏（售后） Xiaomi 14"),
        ("a\tb\u3000c\u2028d", "a b c d"),
        ("\ud800\0\u200b", "⟨U+D800⟩⟨U+0000⟩⟨U+200B⟩"),
        ("אבגד", "אבגד"),
    ],
    ids=["plain", "spaces", "unseen", "right to left"],
)
def test_texts_are_shown_with_what_cannot_be_seen(text: str, shown: str) -> None:
    assert words.shown(text) == shown


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (0, "不到 1 分钟"),
        (MINUTE, "1 分钟"),
        (HOUR + 2 * MINUTE, "1 小时 2 分钟"),
        (3 * DAY + 59 * MINUTE, "3 天"),
        (400 * DAY + 5 * HOUR, "400 天 5 小时"),
    ],
)
def test_how_long_it_took_is_said_in_two_units(duration: int, said: str) -> None:
    assert words.span(duration) == said


def test_the_cover_escapes_whatever_people_wrote(case: Case, tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>"
    case.market.do(
        RecordCustody(
            evidence_id=_first_evidence(case),
            action=CustodyAction.VIEWED,
            operator=evil,
            device=evil,
            occurred_at=case.market.now,
            note=evil,
        )
    )
    text = (case.write(tmp_path / "a").path / "data/cover.html").read_text(encoding="utf-8")
    assert evil not in text
    assert "&lt;script&gt;" in text


def _first_evidence(case: Case) -> str:
    facts = case.market.home.facts(order_id="o1")
    return next(fact.body.evidence_id for fact in facts if isinstance(fact.body, EvidenceRecorded))


def test_every_kind_of_fact_action_and_medium_has_its_words() -> None:
    assert set(words.KINDS) == set(WORDS)
    assert set(words.ACTIONS) == {"captured", *CustodyAction}
    assert set(words.MEDIA) == {kind.media_type for kind in KINDS}
