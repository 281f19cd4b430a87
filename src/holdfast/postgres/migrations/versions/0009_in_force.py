"""Which policy is in force: a row, where it was what each process remembered.

Revision 0009. In a database that was in use, the newest fact that names a policy says which: an adoption, or
an order that was placed under it. Where an order names another than the last adoption, somebody had gone back
to an earlier version and no fact said so: it is said now, so that the journal ends with what is in force.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE policy_in_force (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    version text NOT NULL,
    since timestamptz NOT NULL
)
"""

TOLD = """
SELECT coalesce(body->>'version', body->>'policy_version') FROM facts
WHERE kind IN ('PolicyAdopted', 'OrderPlaced') ORDER BY id DESC LIMIT 1
"""

ADOPTED = """
SELECT body->>'version', at FROM facts WHERE kind = 'PolicyAdopted' ORDER BY id DESC LIMIT 1
"""

NEWEST = "SELECT replace(id::text, '-', ''), at FROM facts ORDER BY id DESC LIMIT 1"

TELL = """
INSERT INTO facts (id, at, kind, body)
SELECT CAST(:id AS uuid), :at, 'PolicyAdopted',
       jsonb_build_object('type', 'PolicyAdopted', 'version', id, 'policy', policy)
FROM policies WHERE id = :version
"""


def upgrade() -> None:
    """Add the table, and the row where a policy was in force."""
    op.execute(TABLE)
    connection = op.get_bind()
    told = connection.execute(sa.text(TOLD)).first()
    if told is None:
        return
    version = told[0]
    last, adopted_at = connection.execute(sa.text(ADOPTED)).one()
    since = adopted_at if last == version else _tell(connection, version)
    connection.execute(
        sa.text("INSERT INTO policy_in_force (id, version, since) VALUES ('policy', :version, :since)"),
        {"version": version, "since": since},
    )


def _tell(connection: sa.Connection, version: str) -> object:
    """Say in the journal, after all that is there, that the version is in force again; return since when."""
    newest, at = connection.execute(sa.text(NEWEST)).one()
    # A UUID of version 7 (RFC 9562), a millisecond after the newest.
    fact_id = f"{int(newest[:12], 16) + 1:012x}70008{newest[17:]}"
    connection.execute(sa.text(TELL), {"id": fact_id, "at": at, "version": version})
    connection.execute(
        sa.text("INSERT INTO unsequenced (fact_ids) VALUES (ARRAY[CAST(:id AS uuid)])"), {"id": fact_id}
    )
    return at
