"""The page that people read first: it says what is so, in both languages, and nothing else."""

import json
from pathlib import Path

import pytest
from disputed import Case

from evidence_packages import AT, POLICY, Log
from holdfast.claims.model import OpenClaim
from holdfast.evidence.model import CustodyAction, EvidenceRecorded, RecordCustody
from holdfast.kernel.clock import DAY, HOUR, MINUTE
from holdfast.packing import words
from holdfast.packing.cover import beijing
from holdfast.packing.package import Packed, as_told
from holdfast.packing.subject import Subject
from html_page import HOSTILE, Page
from timestamping import Authority, needs_openssl


def test_the_cover_is_one_page_without_scripts(case: Case, tmp_path: Path) -> None:
    case.add("hostile.txt", HOSTILE.encode(), order_id="o1")
    text = (case.write(tmp_path / "a").path / "data/cover.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.scripts
    assert not [attributes for _, attributes in page.elements if "src" in attributes]
    assert [each["href"] for _, each in page.elements if "href" in each] == ["#english"]
    assert any(attributes.get("id") == "english" for _, attributes in page.elements)
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
        "消费者 c1 向商家 m1 下单 ¥100.00",
        "consumer c1 ordered from merchant m1 for CN¥100.00",
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
    assert "订单o1：消费者c1向商家m1下单¥100.00" in said
    assert "商家Shopm1入驻" in said


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
