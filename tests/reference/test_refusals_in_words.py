"""Every refusal says in both languages what was wrong and how to fix it, with the same figures in both."""

import re
import string

import pytest

from holdfast.kernel.refusal import Refusal, RefusalRecord
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text
from holdfast.reference import catalogue

HAN = re.compile(r"[一-鿿]")


def codes() -> list[str]:
    assert catalogue.leaves  # whose module imports every module there is
    return sorted(code for code, kind in Refusal.registry.items() if kind.__module__.startswith("holdfast."))


def places(text: str) -> list[tuple[str, str | None, str | None]]:
    return sorted(
        (name, spec or "", turned or "")
        for _, name, spec, turned in string.Formatter().parse(text)
        if name is not None
    )


@pytest.mark.parametrize("code", codes())
def test_it_is_told_in_both_languages(code: str) -> None:
    kind = Refusal.registry[code]
    assert isinstance(kind.sort, Sort)
    for text in (kind.what, kind.fix):
        assert places(text.zh) == places(text.en)
        assert "仲裁" not in text.zh
        assert not text.zh.endswith("。")
        assert not text.en.endswith(".")
        assert not HAN.search(text.en.replace("电子商务法", ""))
        assert HAN.search(text.zh) or re.fullmatch(r"(\{[a-z]+(!r)?\} ?)+", text.zh)


def test_a_refusal_that_was_stored_in_english_alone_is_told_in_chinese_where_it_has_no_figures() -> None:
    plain = RefusalRecord("order_exists", "an order with this id exists", "order:1", "Use another one")
    what, fix = plain.told()
    assert what == Text("已有此编号的订单", "an order with this id exists")
    assert fix == Text("Use another one", "Use another one")
    figures = RefusalRecord("balance_overflow", "a balance is too much", "account:1", "Check the amount")
    assert figures.told() == (
        Text("a balance is too much", "a balance is too much"),
        Text("请核对金额", "Check the amount"),
    )


def test_a_code_that_is_no_more_is_told_as_it_was_stored() -> None:
    gone = RefusalRecord("no_longer_known", "it was so", "order:1", "Do it otherwise")
    assert gone.sort is Sort.UNMET
    assert gone.document() == {
        "code": "no_longer_known",
        "sort": "unmet",
        "what": "it was so",
        "what_zh": "it was so",
        "where": "order:1",
        "fix": "Do it otherwise",
        "fix_zh": "Do it otherwise",
    }


def test_who_may_come_again_follows_from_the_sort() -> None:
    assert {sort for sort in Sort if sort.heals} == {
        Sort.NOT_FOUND,
        Sort.NOT_YET,
        Sort.BUSY,
        Sort.UNAVAILABLE,
        Sort.TROUBLE,
    }
    assert {sort.exit_code for sort in Sort} == {1, 4, 5}
    assert all(400 <= sort.status < 600 for sort in Sort)
