"""Each scenario happens as it is told, to the word; and no phrase of their language is dead."""

import re
from pathlib import Path

import pytest
from telling_scenarios import PAGE, PHRASES, Scenario, command, page, pattern, run, texts


@pytest.mark.parametrize("path", texts(), ids=lambda path: path.stem)
def test_it_happens_as_it_is_told(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert run(text).splitlines() == text.splitlines()


def test_the_page_of_the_docs_tells_the_same() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_phrase_is_used() -> None:
    steps = [
        step.split(maxsplit=3)[3]
        for path in texts()
        for step in Scenario(path.read_text(encoding="utf-8")).steps
        if len(step.split(maxsplit=3)) > 3
    ]
    assert [
        phrase for phrase in PHRASES if not any(re.fullmatch(pattern(phrase), step) for step in steps)
    ] == []


def test_a_phrase_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no phrase reads like 'Anna wonders'"):
        command("Anna wonders")
