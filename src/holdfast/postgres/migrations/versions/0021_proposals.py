"""What several people have to ask for, until there are enough of them.

Revision 0021. Nothing was proposed before it: policies of before have one person decide.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE proposals (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    state text NOT NULL,
    number text COLLATE "C" NOT NULL,
    command text NOT NULL,
    asked text NOT NULL,
    people jsonb NOT NULL,
    needed bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    wake_at timestamptz,
    CHECK (needed > 1),
    CHECK (jsonb_array_length(people) BETWEEN 1 AND needed)
);
CREATE INDEX proposals_wake ON proposals (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX proposals_open ON proposals (since, id) WHERE state = 'open'
"""


def upgrade() -> None:
    """Add the table and its indexes."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
