"""Run the examples of a page in its order, `url` an empty database: `python examples_of.py PAGE URL`."""

import doctest
import sys
from pathlib import Path


def main(page: str, url: str) -> int:
    """Print what was not as the page says; return 1 where something was not."""
    text = Path(page).read_text(encoding="utf-8").replace("```", "")
    example = doctest.DocTestParser().get_doctest(text, {"url": url}, page, page, 0)
    assert example.examples, f"{page} has no examples"
    return 1 if doctest.DocTestRunner(verbose=False).run(example).failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
