"""What a provider was asked for, a consumer's own money on its way back, what banks and authorities took.

Revision 0014. What an advance has not got back stands on the order now, and no longer what it began with.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE orders ADD COLUMN capture_asked_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE orders ALTER COLUMN capture_asked_minor DROP DEFAULT;
UPDATE orders SET capture_asked_minor = CASE WHEN captured_at IS NULL THEN owed_minor ELSE captured_minor END
    WHERE capture_asked_at IS NOT NULL;
UPDATE orders SET advanced_minor = greatest(0, advanced_minor - captured_minor)
    WHERE captured_at IS NOT NULL AND advanced_minor <> 0;

CREATE TABLE repayments (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    order_id text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    consumer_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    why text NOT NULL,
    state text NOT NULL,
    since timestamptz NOT NULL,
    payment_id text COLLATE "C",
    CHECK (amount_minor > 0)
);
CREATE INDEX repayments_waiting ON repayments (consumer_id, id) WHERE state <> 'paid';
CREATE TABLE paid_otherwise (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    paid_minor bigint NOT NULL,
    CHECK (paid_minor >= 0)
);
CREATE TABLE takings (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    kind text NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    order_id text COLLATE "C",
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    platform_minor bigint NOT NULL,
    twice_minor bigint NOT NULL,
    at timestamptz NOT NULL,
    CHECK (amount_minor > 0 AND platform_minor >= 0 AND twice_minor >= 0)
)
"""


def upgrade() -> None:
    """Add the column and the tables."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
