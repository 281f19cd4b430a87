"""Deadlines in slices: the next ones are found by time and id, however many are due at one instant.

Revision 0008. `steps` says how far a timeline came within an instant.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = """
DROP INDEX orders_wake;
DROP INDEX holds_wake;
DROP INDEX payouts_wake;
DROP INDEX wind_downs_wake;
CREATE INDEX orders_wake ON orders (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX holds_wake ON holds (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX payouts_wake ON payouts (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX wind_downs_wake ON wind_downs (wake_at, id) WHERE wake_at IS NOT NULL;
ALTER TABLE progress ADD COLUMN steps bigint NOT NULL DEFAULT 0;
ALTER TABLE progress ALTER COLUMN steps DROP DEFAULT
"""


def upgrade() -> None:
    """Make the indexes anew, and add the column."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
