"""The case that packages are made of."""

from pathlib import Path

import pytest
from disputed import LETTER, PHOTO, Case

from holdfast.evidence.model import CustodyAction, RecordCustody
from holdfast.kernel.clock import DAY, HOUR
from holdfast.packing.blobs import Blobs
from one_market import OneMarket


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
