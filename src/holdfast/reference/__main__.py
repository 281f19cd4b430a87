"""`python -m holdfast.reference`: `--write docs` writes the generated documents, `--check docs` compares."""

import argparse
import difflib
import sys
from pathlib import Path

from holdfast.reference import catalogue, forms, law_page, market, permissions, settings, states

DOCUMENTS = {
    "reference.md": catalogue.document,
    "states.md": states.document,
    "policy.md": settings.document,
    "market.md": market.document,
    "forms.md": forms.document,
    "law.md": law_page.document,
    "permissions.md": permissions.document,
}


def write(folder: Path) -> None:
    """Write every document into the folder."""
    for name, make in DOCUMENTS.items():
        (folder / name).write_text(make(), encoding="utf-8")


def drift(folder: Path) -> list[str]:
    """Return, in the form of a diff, in what the folder's documents are not what the code says."""
    lines: list[str] = []
    for name, make in DOCUMENTS.items():
        path = folder / name
        kept = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        lines += difflib.unified_diff(kept, make().splitlines(), str(path), "the code", lineterm="", n=0)
    return lines


def main() -> int:
    """Run the command; return 1 where documents have drifted."""
    parser = argparse.ArgumentParser(prog="python -m holdfast.reference")
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--write", metavar="FOLDER", type=Path)
    choice.add_argument("--check", metavar="FOLDER", type=Path)
    asked = parser.parse_args()
    if asked.write is not None:
        write(asked.write)
        return 0
    lines = drift(asked.check)
    if lines:
        sys.stderr.write("\n".join(lines) + "\nWrite them anew: python -m holdfast.reference --write docs\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
