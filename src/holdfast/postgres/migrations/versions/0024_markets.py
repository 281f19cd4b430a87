"""Markets for trials: the registry of them, and in each its clock and what its scripted parties will do.

Revision 0024. The registry is used in the schema that a service is begun over, the other tables in the
schemas of sandboxes. A schema without a row in `test_clock` goes by the machine's clock: nobody moves it.
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE markets (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    url text,
    schema text COLLATE "C" NOT NULL,
    clock text NOT NULL,
    epoch timestamptz NOT NULL,
    made text NOT NULL,
    state text NOT NULL,
    CHECK (clock IN ('standing', 'running')),
    CHECK (state IN ('making', 'open', 'removing'))
);

CREATE TABLE test_clock (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    market text NOT NULL,
    made text NOT NULL,
    standing boolean NOT NULL,
    seed bigint NOT NULL,
    epoch timestamptz NOT NULL,
    now timestamptz NOT NULL,
    heard bigint NOT NULL,
    CHECK (id = 'clock'),
    CHECK (now >= epoch),
    CHECK (heard >= 0)
);

CREATE TABLE test_clock_moves (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    first bigint NOT NULL,
    reached timestamptz,
    following bigint,
    CHECK (since <= until),
    CHECK ((reached IS NULL) = (following IS NULL))
);

CREATE TABLE scripted_acts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    due timestamptz NOT NULL,
    command text NOT NULL,
    actor text NOT NULL
);
CREATE INDEX scripted_acts_due ON scripted_acts (due, id);
"""


def upgrade() -> None:
    """Make the tables."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
