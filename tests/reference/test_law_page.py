"""Law is traceable: every duty names a rule and a test that are there, or what is planned, or why none."""

import ast
import inspect
import re
from collections import Counter
from functools import cache
from importlib import import_module
from pathlib import Path

import msgspec
import pytest

from holdfast.reference import law_page
from holdfast.reference.law import Law, Rule, State, Words, citations, read

ROOT = Path(__file__).parents[2]
DUTIES = ROOT.parent / "shared" / "law" / "README.md"
LAW = read()

needs_duties = pytest.mark.skipif(
    not DUTIES.is_file(), reason="the list of duties is not beside the repository, in ../shared/law/README.md"
)


def unresolved(rule: str) -> str | None:
    """Why `module:function` names no function or class of that module; None where it does."""
    module, _, name = rule.partition(":")
    if not module.startswith("holdfast."):
        return f"{rule}: not of holdfast"
    try:
        found = getattr(import_module(module), name, None)
    except ImportError as error:
        return f"{rule}: {error}"
    if not (inspect.isfunction(found) or inspect.isclass(found)):
        return f"{rule}: no function and no class"
    return None if found.__module__ == module else f"{rule}: it is of {found.__module__}"


@cache
def defined_in(path: Path) -> frozenset[str]:
    """The tests that a file defines at its top, as pytest would find them."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


def missing(test: str) -> str | None:
    """Why `file::test` names no test of the repository; None where it does."""
    file, _, name = test.partition("::")
    if not re.fullmatch(r"tests/[a-z_/]+/test_[a-z_]+\.py", file) or not (ROOT / file).is_file():
        return f"{test}: there is no such file"
    return None if name in defined_in(ROOT / file) else f"{test}: the file has no such test"


def untraced(duties: str, law: Law) -> list[str]:
    """The rows of a list of duties that no rule cites, article by article; one rule is for one row."""
    cited = Counter(citations(rule.articles) for rule in law.rules())
    found: list[str] = []
    for row, articles in rows(duties):
        if not cited[articles]:
            found.append(row)
        cited[articles] -= 1
    return found


def beside(duties: str, law: Law) -> list[Rule]:
    """The rules of the law that are no row of a list of duties."""
    listed = Counter(articles for _, articles in rows(duties))
    found: list[Rule] = []
    for rule in law.rules():
        articles = citations(rule.articles)
        if not listed[articles]:
            found.append(rule)
        listed[articles] -= 1
    return found


def rows(duties: str) -> list[tuple[str, frozenset[tuple[str, str]]]]:
    """The rows of the table by duty, each with the articles that it cites."""
    _, found, rest = duties.partition("| Duty | Rule | Article |")
    assert found, "the list of duties has no table by duty"
    lines = [line for line in rest.partition("\n\n")[0].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines if "---" not in line]
    return [(" | ".join(row), citations([each.strip() for each in row[-1].split(";")])) for row in cells]


def test_every_rule_that_is_named_is_there() -> None:
    named = {name for rule in LAW.rules() for name in rule.rules}
    assert len(named) > 50
    assert [why for name in sorted(named) if (why := unresolved(name))] == []


def test_every_test_that_is_named_is_there() -> None:
    named = {name for rule in LAW.rules() for name in rule.tests}
    assert len(named) > 50
    assert [why for name in sorted(named) if (why := missing(name))] == []


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("holdfast.nowhere:place", "No module named 'holdfast.nowhere'"),
        ("holdfast.orders.handlers:misplace", "no function and no class"),
        ("holdfast.orders.handlers", "no function and no class"),
        ("holdfast.parties.model:TRANSITIONS", "no function and no class"),
        ("holdfast.orders.handlers:Order", "it is of holdfast.orders.model"),
        ("json:loads", "not of holdfast"),
    ],
)
def test_a_rule_that_is_not_there_is_seen(rule: str, why: str) -> None:
    assert why in (unresolved(rule) or "")


@pytest.mark.parametrize(
    ("test", "why"),
    [
        ("tests/orders/test_nothing.py::test_x", "no such file"),
        ("tests/orders/../orders/test_placing.py::test_x", "no such file"),
        ("tests/orders/test_placing.py::test_what_is_not_there", "no such test"),
        ("tests/orders/test_placing.py", "no such test"),
        ("tests/reference/test_law_page.py::unresolved", "no such test"),
    ],
)
def test_a_test_that_is_not_there_is_seen(test: str, why: str) -> None:
    assert why in (missing(test) or "")


@needs_duties
def test_every_row_of_the_duties_is_traced() -> None:
    duties = DUTIES.read_text(encoding="utf-8")
    assert len(rows(duties)) > 40
    assert untraced(duties, LAW) == []


@needs_duties
def test_what_is_no_row_of_the_duties_cites_texts_that_were_not_seen_and_no_row_does() -> None:
    more = beside(DUTIES.read_text(encoding="utf-8"), LAW)
    assert more == [rule for rule in LAW.rules() if not LAW.seen(rule)]
    assert more


TABLE = """
| Duty | Rule | Article |
|---|---|---|
| Vetting | identity | 网络交易 24; 117: 8 |
| | {added} |

| Another | table | 电商法 999 |
"""


def test_a_row_that_is_added_or_cites_more_is_seen() -> None:
    known = "a change | 网络交易 26;  117: 15"
    assert untraced(TABLE.format(added=known), LAW) == []
    assert untraced(TABLE.format(added=f"{known} |\n| | {known}"), LAW) == [known]
    for added in ("new | 电商法 1", "more | 网络交易 26; 117: 15, 16", "less | 网络交易 26"):
        assert untraced(TABLE.format(added=added), LAW) == [f" | {added}".removeprefix(" | ")]


def test_citations_are_by_text_and_article() -> None:
    assert citations(["非银条例 27, 29(2)", "27(1), 31"]) == {
        ("非银条例", article) for article in ("27", "29(2)", "27(1)", "31")
    }
    assert citations(["两高 非法从事资金支付结算 1, 3–4", "刑法 225(3)"]) == {
        ("两高 非法从事资金支付结算", "1"),
        ("两高 非法从事资金支付结算", "3–4"),
        ("刑法", "225(3)"),
    }
    assert citations(["121: 16(4)", "刑法 287之二", "收费指南"]) == {
        ("121", "16(4)"),
        ("刑法", "287之二"),
        ("收费指南", ""),
    }
    with pytest.raises(ValueError, match="names no text"):
        citations(["12"])


SAID = 'says = { zh = "一", en = "one" }'
DONE = 'done = { zh = "做", en = "done" }'
RULES = 'rules = ["holdfast.x:y"]'
TESTS = 'tests = ["tests/x.py::y"]'
PLANNED = 'planned = { zh = "将", en = "later" }'
NOT = 'not_software = { zh = "非", en = "no" }'


def law_of(folder: Path, *lines: str, cites: str = "甲 1") -> Law:
    texts = (
        '{ key = "甲", name = "甲法", of = "2020" }',
        '{ key = "乙", name = "乙法", of = "2021", seen = false }',
    )
    (folder / "texts.toml").write_text(f"texts = [{', '.join(texts)}]", encoding="utf-8")
    head = ['name = { zh = "义务", en = "duty" }', "[[rules]]", f'articles = ["{cites}"]']
    (folder / "01-duty.toml").write_text("\n".join([*head, *lines]), encoding="utf-8")
    return read(folder)


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ([DONE, RULES, TESTS], State.DONE),
        ([DONE, RULES, TESTS, NOT], State.DONE),
        ([DONE, RULES, TESTS, PLANNED, NOT], State.PARTLY),
        ([PLANNED], State.PLANNED),
        ([PLANNED, NOT], State.PLANNED),
        ([NOT], State.NOT_SOFTWARE),
    ],
)
def test_a_rule_is_as_far_as_its_file_says(tmp_path: Path, lines: list[str], state: State) -> None:
    [rule] = law_of(tmp_path, SAID, *lines).rules()
    assert rule.state is state


@pytest.mark.parametrize(
    ("lines", "cites", "why"),
    [
        ([SAID], "甲 1", "say what is done, what is planned, or why it is not software"),
        ([SAID, DONE, RULES], "甲 1", "go together"),
        ([SAID, DONE, TESTS], "甲 1", "go together"),
        ([SAID, RULES, TESTS, PLANNED], "甲 1", "go together"),
        ([SAID, PLANNED, TESTS], "甲 1", "go together"),
        ([SAID, PLANNED], "丙 1", "no text is called 丙"),
        ([SAID.replace("一", "“一”"), PLANNED], "乙 1", "not quoted"),
        ([SAID, PLANNED.replace("planned", "plan")], "甲 1", "unknown field"),
        ([PLANNED], "甲 1", "says"),
    ],
)
def test_what_is_incomplete_is_not_read(tmp_path: Path, lines: list[str], cites: str, why: str) -> None:
    with pytest.raises((ValueError, msgspec.ValidationError), match=why):
        law_of(tmp_path, *lines, cites=cites)


def test_the_page_tells_every_rule_with_its_state_and_warns_of_what_was_not_seen() -> None:
    page = law_page.document()
    words = {State.DONE: "已做", State.PARTLY: "部分", State.PLANNED: "待做", State.NOT_SOFTWARE: "非软件"}
    for rule in LAW.rules():
        [(told, warned)] = re.findall(
            rf"{re.escape(rule.says.zh)}\*\*<br>\n.*\n\n.* · \*\*(\S+) .*?\*\*(.*)\n", page
        )
        assert told == words[rule.state], rule.articles
        assert ("unverified" in warned) != LAW.seen(rule), rule.articles
    total = [sum(rule.state is state for rule in LAW.rules()) for state in State]
    assert f"| **合计 all** | {' | '.join(map(str, total))} |" in page


def test_every_sentence_is_said_in_both_languages() -> None:
    for rule in LAW.rules():
        for words in (rule.says, rule.done, rule.planned, rule.not_software):
            if words is not None:
                assert is_in_both(words), words


def is_in_both(words: Words) -> bool:
    chinese = [sum("一" <= sign <= "鿿" for sign in text) for text in (words.zh, words.en)]
    return chinese[0] > len(words.zh) // 2 and chinese[1] < len(words.en) // 10
