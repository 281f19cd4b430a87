"""When an owner ran last, and when a person looked at another merchant of such a one.

Revision 0012. Of those that ran before, the wind-downs say when.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE owners ADD COLUMN ran_at timestamptz;
ALTER TABLE merchants ADD COLUMN cleared_at timestamptz;
UPDATE owners SET ran_at = ran.at FROM (
    SELECT owner.id, max(wind_downs.declared_at) AS at
    FROM merchants
    JOIN wind_downs ON wind_downs.id = merchants.id
    CROSS JOIN LATERAL jsonb_array_elements_text(merchants.owner_ids) AS owner (id)
    WHERE merchants.status = 'absconded' GROUP BY owner.id
) AS ran WHERE ran.id = owners.id AND owners.absconded
"""


def upgrade() -> None:
    """Add the columns, and fill them."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
