"""The page that adds a command and a row is followed on a copy of the product, and what comes of it lives."""

import re
from pathlib import Path

import pytest
from following import ROOT, Block, Copy, blocks

PAGE = ROOT / "docs" / "adding.md"
BLOCKS = list(blocks(PAGE.read_text(encoding="utf-8")))
COMMAND, ROW, SETTING = dict.fromkeys(block.part for block in BLOCKS if block.path is not None)
ROOM = "src/holdfast/recalls"

HOUSE = (
    "test_rooms_declare",
    "test_rooms_are_checked",
    "test_rooms_declare_settings",
    "test_maps",
    "test_transitions",
    "test_every_command_in_histories",
    "test_words",
    "test_permissions",
)
"""What fails where a room, a row, a fact or a command is forgotten."""

ALL_CHECKS = (
    "tests/house",
    "tests/docs/test_docs.py",
    "tests/engine/test_every_refusal.py",
    "tests/golden",
    "tests/parties/test_renaming.py",
    "tests/recalls",
    "tests/postgres/test_schema_matches.py",
    "tests/postgres/test_every_command_in_both.py",
    "tests/postgres/test_landed.py",
)

SEE_WHAT_IS_FORGOTTEN = (
    "tests/engine/test_every_refusal.py",
    "tests/postgres/test_schema_matches.py",
    "tests/postgres/test_every_command_in_both.py",
    "tests/postgres/test_landed.py::test_a_revision_is_as_it_landed",
)


def put(*without: Block, to: Path) -> Copy:
    """Return a copy with the files of the page, but for some."""
    copy = Copy(to)
    for block in BLOCKS:
        if block.path is not None and block not in without:
            copy.put(block)
    return copy


def checks_of(copy: Copy, *names: str) -> tuple[int, str]:
    """Run tests of the copy; return the code and what was said."""
    done = copy.run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-x", *names)
    return done.returncode, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy to which all that the page shows was done, but for its commands."""
    return put(to=tmp_path_factory.mktemp("followed"))


def test_what_was_added_lives_in_both_homes(followed: Copy, database_url: str) -> None:
    """A database is migrated, the commands are run, the deadline comes, late: as the page's examples say."""
    done = followed.run("tests/docs/examples_of.py", "docs/adding.md", database_url)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_house_knows_what_was_added(followed: Copy) -> None:
    code, said = checks_of(followed, *(f"tests/house/{name}.py" for name in HOUSE), "tests/recalls")
    assert code == 0, said


def test_what_the_page_shows_is_written_as_all_else_is(followed: Copy) -> None:
    for command in (("format", "--check"), ("check",)):
        done = followed.run("-m", "ruff", *command, "--no-cache", "src", "tests")
        assert done.returncode == 0, done.stdout


@pytest.mark.long
def test_every_check_passes_when_its_commands_were_run(tmp_path: Path, database_url: str) -> None:
    copy = Copy(tmp_path)
    for part in (COMMAND, ROW, SETTING):
        mine = [block for block in BLOCKS if block.part == part]
        for block in (*(b for b in mine if b.when), *(b for b in mine if not b.when)):
            if block.path is None:
                copy.obey(block, database_url)
            else:
                copy.put(block)
    code, said = checks_of(copy, *ALL_CHECKS)
    assert code == 0, said


def of_file(block: Block) -> str:
    return f"{block.part}-{block.path}"


FORGETTABLE = [
    block
    for block in BLOCKS
    if block.path is not None
    and (block.sort == "diff" or block.path.startswith(("postgres/", "tests/parties", "tests/recalls")))
    and not block.path.endswith(("model.py", "handlers.py", "refusals.py"))
]
"""What could be left out unseen: what a room's own files need of each other, the interpreter misses."""


@pytest.mark.long
@pytest.mark.parametrize("forgotten", FORGETTABLE, ids=of_file)
def test_whatever_is_forgotten_fails(forgotten: Block, tmp_path: Path) -> None:
    copy = put(forgotten, to=tmp_path)
    code, said = checks_of(copy, *(f"tests/house/{name}.py" for name in HOUSE), *SEE_WHAT_IS_FORGOTTEN)
    assert code != 0, said


def touched(part: str) -> set[str]:
    return {block.in_root for block in BLOCKS if block.part == part and block.path is not None}


def counts(row: str) -> list[int]:
    """Return the numbers of a row of the page's table."""
    [line] = re.findall(rf"^\| {row} \|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [int(cell) for cell in line.split("|")]


@pytest.mark.parametrize(
    ("part", "row", "room"),
    [
        (COMMAND, "a command with one fact", "src/holdfast/parties"),
        (ROW, "a row with states and a deadline", ROOM),
        (SETTING, "a setting, in a table of its own", ROOM),
    ],
)
def test_the_page_counts_what_it_touched(part: str, row: str, room: str) -> None:
    files = touched(part)
    inside = {name for name in files if name.startswith(room)}
    package = {name for name in files if name.startswith("src/")} - inside
    tested = {name for name in files if name.startswith("tests/")}
    assert counts(row) == [len(each) for each in (inside, package, tested, files - inside - package - tested)]
