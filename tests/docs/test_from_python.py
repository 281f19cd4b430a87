"""The page for whoever builds on Holdfast: its examples run in their order, as a reader would type them."""

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "python.md"


def test_the_examples_run(database_url: str) -> None:
    text = PAGE.read_text(encoding="utf-8").replace("```", "")
    example = doctest.DocTestParser().get_doctest(text, {"url": database_url}, PAGE.name, str(PAGE), 0)
    assert len(example.examples) > 20
    found: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(example, out=found.append)
    assert results.failed == 0, "".join(found)
