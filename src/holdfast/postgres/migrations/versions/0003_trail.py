"""The trail: which facts stand in the log, where, and the keys of what opens them.

Revision 0003. `unsequenced` has a row for each commit, with the ids of its facts; facts that are there
already are put into it. `trail_batches` holds entries from their sequencing until a head has them.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE unsequenced (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fact_ids uuid[] NOT NULL
);

INSERT INTO unsequenced (fact_ids)
    SELECT array_agg(id ORDER BY id)
    FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 500 AS piece FROM facts) AS pieces
    GROUP BY piece ORDER BY piece;

CREATE TABLE trail_leaves (
    leaf_index bigint NOT NULL PRIMARY KEY,
    fact_id uuid NOT NULL UNIQUE
);

CREATE TABLE trail_batches (
    first bigint NOT NULL PRIMARY KEY,
    entries bytea[] NOT NULL
);

CREATE TABLE trail_head (
    only_one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (only_one),
    size bigint NOT NULL CHECK (size >= 0),
    hashes bytea NOT NULL
);

INSERT INTO trail_head (size, hashes) VALUES (0, '');

CREATE TABLE trail_keys (
    subject text COLLATE "C" NOT NULL,
    deal text COLLATE "C" NOT NULL,
    key bytea NOT NULL,
    PRIMARY KEY (subject, deal)
);
"""


def upgrade() -> None:
    """Add the tables."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
