"""The log that the facts stand in, by its key: another one is not taken for it.

Revision 0005.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it is filled with the next step of the log."""
    op.execute("ALTER TABLE trail_head ADD COLUMN log text")
