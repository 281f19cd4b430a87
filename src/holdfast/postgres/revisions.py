"""The schema's revisions that this code brings: one file each in `migrations/versions`, named `0001_what.py`.

The number is the revision, so that the order can be read from the folder, by people and by every start of the
program; Alembic, which takes longer to import than the check takes, is only there to apply them.
"""

from pathlib import Path

MIGRATIONS = Path(__file__).with_name("migrations")

VERSIONS = MIGRATIONS / "versions"

VERSION_TABLE = "holdfast_version"
"""Where a database keeps its revision. A name of our own: `alembic_version` may be another application's."""


def revisions(versions: Path = VERSIONS) -> tuple[str, ...]:
    """Return the revisions in `versions`, oldest first; they form one line."""
    return tuple(sorted(file.name.partition("_")[0] for file in versions.glob("[0-9][0-9][0-9][0-9]_*.py")))


def head(versions: Path = VERSIONS) -> str | None:
    """Return the newest revision of the code, or None where there is none at all."""
    known = revisions(versions)
    return known[-1] if known else None
