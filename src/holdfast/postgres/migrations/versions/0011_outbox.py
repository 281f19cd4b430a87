"""The outbox is written only where a log is bound: what stands in it elsewhere goes.

Revision 0011. Whoever binds a log to the database puts in all facts that have no leaf.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNBOUND = "SELECT log IS NULL FROM trail_head"

TURN = "SELECT pg_advisory_xact_lock(hashtextextended('holdfast trail ' || current_schema(), 0))"
"""That of the sequencer: one of before, at this moment, would bind its log and take what is left as all."""


def upgrade() -> None:
    """Empty the outbox where no log is bound."""
    connection = op.get_bind()
    if not connection.scalar(sa.text(UNBOUND)):
        return
    connection.execute(sa.text(TURN))
    if connection.scalar(sa.text(UNBOUND)):
        op.execute("TRUNCATE unsequenced")
