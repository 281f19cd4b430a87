"""The feed: every fact has a position, by the order of the commits, and readers have cursors.

Revision 0018. What is in the journal already gets positions in the order of its leaves in the log, then of
the outbox, then of its ids; the log goes on where it was. The outbox goes: the log reads the feed.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TURN = "SELECT pg_advisory_xact_lock(hashtextextended('holdfast trail ' || current_schema(), 0))"
"""That of the sequencer: one of before would give leaves to facts whose places are worked out here."""

WRITERS = "LOCK TABLE facts IN SHARE ROW EXCLUSIVE MODE"
"""Who has recorded facts and not committed yet is waited for; who comes later finds no outbox, and fails."""

STATEMENTS = """
CREATE TABLE feed (
    first bigint NOT NULL PRIMARY KEY CHECK (first >= 0),
    fact_ids uuid[] NOT NULL CHECK (cardinality(fact_ids) > 0)
);

CREATE TABLE cursors (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    position bigint NOT NULL CHECK (position >= 0),
    moved_at timestamptz NOT NULL
);

INSERT INTO feed (first, fact_ids)
    SELECT min(position), array_agg(id ORDER BY position) FROM (
        SELECT facts.id, row_number() OVER (
            ORDER BY leaf_index IS NULL AND trail_erased.fact_id IS NULL, leaf_index NULLS FIRST,
            commit NULLS LAST, place, facts.id
        ) - 1 AS position
        FROM facts
        LEFT JOIN trail_leaves ON trail_leaves.fact_id = facts.id
        LEFT JOIN trail_erased ON trail_erased.fact_id = facts.id
        LEFT JOIN (
            SELECT DISTINCT ON (one.fact_id) one.fact_id, unsequenced.id AS commit, one.place
            FROM unsequenced CROSS JOIN LATERAL unnest(fact_ids) WITH ORDINALITY AS one (fact_id, place)
            ORDER BY one.fact_id, unsequenced.id, one.place
        ) AS waiting ON waiting.fact_id = facts.id
    ) AS placed GROUP BY position / 500;

INSERT INTO cursors (id, position, moved_at)
    SELECT 'trail', count(*), max(at) FROM facts
    WHERE EXISTS (SELECT 1 FROM trail_leaves WHERE trail_leaves.fact_id = facts.id)
    OR EXISTS (SELECT 1 FROM trail_erased WHERE trail_erased.fact_id = facts.id)
    HAVING count(*) > 0;

DROP TABLE unsequenced;
"""


def upgrade() -> None:
    """Add the tables, and give every fact its place."""
    op.execute(TURN)
    op.execute(WRITERS)
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
