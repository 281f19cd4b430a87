"""Payments of repayments, what is owed back, doubts, receipts, freezes; who bore a chargeback.

Revision 0015. What was charged back twice before it stands on the taking alone: nobody owes it back by name.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE coverages ADD COLUMN to_freeze_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE coverages ALTER COLUMN to_freeze_minor DROP DEFAULT;

ALTER TABLE repayments ADD COLUMN paid_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE repayments ALTER COLUMN paid_minor DROP DEFAULT;
UPDATE repayments SET paid_minor = amount_minor WHERE state = 'paid';
ALTER TABLE repayments ADD CHECK (paid_minor BETWEEN 0 AND amount_minor);
CREATE INDEX repayments_bounced ON repayments (order_id, id) WHERE state = 'bounced';
CREATE TABLE repayment_payments (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    repayment_id text COLLATE "C" NOT NULL,
    asked_minor bigint NOT NULL,
    paid_minor bigint NOT NULL,
    CHECK (asked_minor > 0 AND paid_minor >= 0)
);
INSERT INTO repayment_payments
    SELECT payment_id, id, amount_minor, paid_minor FROM repayments WHERE payment_id IS NOT NULL;

ALTER TABLE takings ADD COLUMN own_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE takings ADD COLUMN available_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE takings ADD COLUMN cover_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE takings ADD COLUMN met_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE takings ADD COLUMN won_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE takings ALTER COLUMN own_minor DROP DEFAULT;
ALTER TABLE takings ALTER COLUMN available_minor DROP DEFAULT;
ALTER TABLE takings ALTER COLUMN cover_minor DROP DEFAULT;
ALTER TABLE takings ALTER COLUMN met_minor DROP DEFAULT;
ALTER TABLE takings ALTER COLUMN won_minor DROP DEFAULT;
UPDATE takings t SET own_minor = (f.body ->> 'from_order_minor')::bigint,
    available_minor = (f.body ->> 'from_available_minor')::bigint,
    cover_minor = (f.body ->> 'from_reserve_minor')::bigint + (f.body ->> 'from_deposit_minor')::bigint
    FROM facts f WHERE t.kind = 'chargeback' AND f.order_id = t.order_id AND f.kind = 'ChargedBack'
    AND 'chargeback/' || (f.body ->> 'chargeback_id') = t.id;
ALTER TABLE takings ADD CHECK (won_minor BETWEEN 0 AND amount_minor);

CREATE TABLE owed_back (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    order_id text COLLATE "C",
    consumer_id text COLLATE "C",
    currency text NOT NULL,
    owed_minor bigint NOT NULL,
    since timestamptz NOT NULL,
    CHECK (owed_minor >= 0)
);
CREATE TABLE freezes (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    available_minor bigint NOT NULL,
    cover_minor bigint NOT NULL,
    missing_minor bigint NOT NULL,
    authority text NOT NULL,
    document text NOT NULL,
    since timestamptz NOT NULL,
    CHECK (amount_minor > 0 AND available_minor >= 0 AND cover_minor >= 0 AND missing_minor >= 0)
);
CREATE INDEX freezes_missing ON freezes (merchant_id, id) WHERE missing_minor <> 0;
CREATE TABLE doubts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    order_id text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    consumer_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    state text NOT NULL,
    times bigint NOT NULL,
    since timestamptz NOT NULL,
    CHECK (amount_minor >= 0 AND times > 0)
);
CREATE TABLE receipts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    left_minor bigint NOT NULL,
    reference text NOT NULL,
    since timestamptz NOT NULL,
    CHECK (amount_minor > 0 AND left_minor BETWEEN 0 AND amount_minor)
);
CREATE INDEX claims_short_of_order ON claims (order_id, id) WHERE state = 'short'
"""


def upgrade() -> None:
    """Add the columns and the tables."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
