"""A backup has the feed and its cursors: in what is restored readers go on where they were."""

from contextlib import closing
from pathlib import Path
from random import Random

from deals import limit

from histories import START
from holdfast.audit.checks import audit
from holdfast.engine.execution import Submission
from holdfast.journal.feed import Cursor, Reader
from holdfast.kernel.desk import Desk
from holdfast.kernel.ids import Ids
from holdfast.kernel.rows import Fact
from holdfast.postgres.home import Postgres
from holdfast.server.backup import backup
from holdfast.server.restore import restore


def silent(_text: str) -> None:
    """Tell nobody."""


def test_readers_go_on_where_the_backup_was_made(home: Postgres, database_url: str, tmp_path: Path) -> None:
    seen: list[str] = []

    def see(_desk: Desk, fact: Fact) -> None:
        seen.append(fact.id)

    reader = Reader("seeing", see)
    home.run([Submission(limit(5_000_000), START) for _ in range(20)])
    assert home.read_on(reader, 7) == 7
    before = list(home.positions())
    file = tmp_path / "before.backup"
    backup(database_url, file, say=silent)
    home.run([Submission(limit(6_000_000), START) for _ in range(5)])
    while home.read_on(reader, 100):
        pass
    lost = seen[len(before) :]
    assert len(lost) == 5
    home.close()
    restore(database_url, file, replace=True, say=silent)
    seen = seen[:7]
    with closing(Postgres(database_url, None, Ids(Random(9)), guard=None)) as restored:
        assert list(restored.positions()) == before
        cursor = restored.row(Cursor, "seeing")
        assert cursor is not None
        assert cursor.position == 7
        restored.run([Submission(limit(7_000_000), START) for _ in range(3)])
        while restored.read_on(reader, 4):
            pass
        positions = list(restored.positions())
        assert [position for position, _ in positions] == list(range(len(before) + 3))
        assert seen == [fact_id for _, fact_id in positions]
        assert audit(restored).findings == []
