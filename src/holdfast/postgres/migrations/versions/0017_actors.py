"""Every fact says whose act it was; those before it do not.

Revision 0017.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. It is null of facts that were recorded before."""
    op.execute('ALTER TABLE facts ADD COLUMN actor text COLLATE "C"')
