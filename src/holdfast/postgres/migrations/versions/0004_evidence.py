"""Evidence: files by their hashes, for an order, a merchant or a claim.

Revision 0004.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENT = """
CREATE TABLE evidence (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    order_id text COLLATE "C",
    merchant_id text COLLATE "C" NOT NULL,
    consumer_id text COLLATE "C",
    claim_id text COLLATE "C",
    sha256 text COLLATE "C" NOT NULL,
    sm3 text COLLATE "C" NOT NULL,
    size_bytes bigint NOT NULL,
    media_type text NOT NULL,
    captured_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK (size_bytes > 0 AND captured_at <= recorded_at),
    CHECK (claim_id IS NULL OR order_id IS NOT NULL)
)
"""


def upgrade() -> None:
    """Add the table."""
    op.execute(STATEMENT)
