"""Which facts nobody can open any more: a key that comes later under the same name is not theirs.

Revision 0006.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.execute("CREATE TABLE trail_erased (fact_id uuid NOT NULL PRIMARY KEY)")
