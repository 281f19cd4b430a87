"""Openings in the order of the log: an external join of a file of openings with the leaves of the log.

It is done on disk, in a temporary SQLite database that is gone with its process, so that neither the log nor
the openings need to fit into memory.
"""

import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from holdfast.kernel.system_errors import SaidError
from holdfast.kernel.text import Text
from holdfast.monitor.refusals import BadOpenings, TilesDiffer
from holdfast.monitor.source import Log
from holdfast.trail import opening
from holdfast.trail.checkpoint import Checkpoint
from holdfast.trail.growth import Growth
from holdfast.trail.leaf import BadLeaf
from holdfast.trail.merkle import HASH_SIZE, Hash, leaf_hash
from holdfast.trail.opening import MAX_OPENING, Opening
from holdfast.trail.tile import Tile, new_tiles

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA temp_store = FILE;
CREATE TABLE opening (
    hash BLOB PRIMARY KEY, line INTEGER, start INTEGER, fact TEXT, place INTEGER
) WITHOUT ROWID;
CREATE TABLE again (fact TEXT, place INTEGER, PRIMARY KEY (place)) WITHOUT ROWID;
CREATE TABLE settled (claim TEXT PRIMARY KEY, fact TEXT) WITHOUT ROWID;
BEGIN;
"""


class Missing(NamedTuple):
    """An opening whose leaf does not stand in the log."""

    line: int
    fact_id: str


class Twice(NamedTuple):
    """A fact's id that stands in the log more than once, and at which indices."""

    fact_id: str
    places: tuple[int, ...]


class Openings:
    """The openings of a file, without duplicate lines; `count` is their number.

    `again` counts the duplicates of opened leaves in the log.
    """

    def __init__(self, path: Path, file: IO[bytes], database: sqlite3.Connection) -> None:
        self.settled = _Settled(database)
        self.count = 0
        self.again = 0
        self._path = path
        self._file = file
        self._database = database

    def read(self) -> None:
        """Check every line of the file.

        Raises:
            BadOpenings: one is no opening; the text names the line.
        """
        self._database.executemany("INSERT OR IGNORE INTO opening VALUES (?, ?, ?, ?, NULL)", self._rows())
        (self.count,) = self._database.execute("SELECT count(*) FROM opening").fetchone()

    def _rows(self) -> Iterator[tuple[Hash, int, int, str]]:
        line, start = 0, 0
        self._file.seek(0)
        while data := self._file.readline(MAX_OPENING + 2):
            line += 1
            if data.strip():
                found = self._opening(line, data)
                yield leaf_hash(found.leaf.encode()), line, start, str(found.fact["id"])
            start += len(data)

    def _opening(self, line: int, data: bytes) -> Opening:
        try:
            return opening.read(data.rstrip(b"\r\n"))
        except BadLeaf as error:
            raise BadOpenings(f"{self._path}, line {line}", reason=error.told()) from error

    def place(self, log: Log, head: Checkpoint) -> None:
        """Find the index of each leaf in the tree of a head, from tiles that must lead to its root.

        Raises:
            TilesDiffer: they do not.
            LogFileMissing, LogFileWrong, LogUnreachable: see `Log.hashes`.
        """
        tree = Growth()
        for tile in new_tiles(0, head.size):
            if tile.level:
                break
            data = log.hashes(tile)
            hashes = [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
            self._place(tree.size, hashes)
            tree.add(hashes)
        if tree.root() != head.root:
            raise TilesDiffer(f"{log.name}/{Tile(0, 0).path.rpartition('/')[0]}")

    def _place(self, first: int, hashes: list[Hash]) -> None:
        marks = ",".join("?" * len(hashes))
        query = f"SELECT hash, fact, place FROM opening WHERE hash IN ({marks})"  # noqa: S608 - only marks
        rows: list[tuple[Hash, str, int | None]] = self._database.execute(query, hashes).fetchall()
        facts = {one: fact for one, fact, _ in rows}
        known = {one for one, _, place in rows if place is not None}
        for place, one in enumerate(hashes, start=first):
            if one in known:
                self.again += 1
                self._database.execute("INSERT INTO again VALUES (?, ?)", (facts[one], place))
            elif one in facts:
                known.add(one)
                self._database.execute("UPDATE opening SET place = ? WHERE hash = ?", (place, one))

    def facts(self) -> Iterator[dict[str, Any]]:
        """Yield the facts whose leaves stand in the log, in its order.

        Raises:
            BadOpenings: the file was changed meanwhile.
        """
        query = "SELECT hash, line, start FROM opening WHERE place IS NOT NULL ORDER BY place"
        for _, found in self._again(query):
            yield found.fact

    def twice(self) -> Iterator[Twice]:
        """Yield the ids of facts that stand in the log more than once: two contents, or one leaf again."""
        query = """
            SELECT fact, group_concat(place) FROM (
                SELECT fact, place FROM opening WHERE place IS NOT NULL
                UNION ALL SELECT fact, place FROM again
            ) GROUP BY fact HAVING count(*) > 1
        """
        for fact_id, joined in self._database.execute(query):
            yield Twice(fact_id, tuple(sorted(map(int, str(joined).split(",")))))

    def missing(self) -> Iterator[Missing]:
        """Yield the openings whose leaves do not stand in the log.

        Raises:
            BadOpenings: the file was changed meanwhile.
        """
        query = "SELECT hash, line, start FROM opening WHERE place IS NULL ORDER BY line"
        for line, found in self._again(query):
            yield Missing(line, str(found.fact["id"]))

    def _again(self, query: str) -> Iterator[tuple[int, Opening]]:
        rows: Iterable[tuple[Hash, int, int]] = self._database.execute(query)
        for one, line, start in rows:
            self._file.seek(start)
            found = self._opening(line, self._file.readline(MAX_OPENING + 2))
            if leaf_hash(found.leaf.encode()) != one:
                raise BadOpenings(
                    f"{self._path}, line {line}",
                    reason=Text("读取时被改动", "it was changed while it was read"),
                )
            yield line, found


class _Settled:
    """See `rules.Settled`."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def get(self, key: str, /) -> str | None:
        row = self._database.execute("SELECT fact FROM settled WHERE claim = ?", (key,)).fetchone()
        return None if row is None else row[0]

    def __setitem__(self, key: str, value: str, /) -> None:
        self._database.execute("INSERT OR REPLACE INTO settled VALUES (?, ?)", (key, value))


@contextmanager
def opened(path: Path) -> Generator[Openings]:
    """Read the openings of a file as long as the block goes on.

    Raises:
        BadOpenings: it is no file, or a line of it is no opening.
        OSError: it cannot be read, or the disk is full.
    """
    if not path.is_file():
        raise BadOpenings(str(path), reason=Text("没有此文件", "there is no such file"))
    database = sqlite3.connect("", isolation_level=None)
    try:
        with path.open("rb") as file:
            database.executescript(_TABLES)
            found = Openings(path, file, database)
            found.read()
            yield found
    except sqlite3.Error as error:
        folder = os.environ.get("SQLITE_TMPDIR", "the folder for temporary files")
        told = Text(f"磁盘上的计算失败：{error}", f"what is worked out on the disk failed: {error}")
        raise SaidError(told, folder) from error
    finally:
        database.close()
