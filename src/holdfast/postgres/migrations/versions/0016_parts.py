"""Orders in parts, services, and what is stated of them before it is debited.

Revision 0016. What an order is for may become less: a part of it goes its own way. Of what orders before this
had released in part, the fee of the rest is worked out anew, to a minor unit.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE orders ADD COLUMN first_id text COLLATE "C";
ALTER TABLE orders ADD COLUMN parts bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN fee_from_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN service boolean NOT NULL DEFAULT false;
ALTER TABLE orders ADD COLUMN not_before timestamptz;
ALTER TABLE orders ALTER COLUMN parts DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN fee_from_minor DROP DEFAULT;
ALTER TABLE orders ALTER COLUMN service DROP DEFAULT;
CREATE INDEX orders_parts ON orders (first_id, id) WHERE first_id IS NOT NULL;

CREATE TABLE statements (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    lines jsonb NOT NULL
)
"""


def upgrade() -> None:
    """Add the columns and the table."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
