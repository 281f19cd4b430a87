"""Guarantees beside a merchant's money: their terms, what was called, and what the merchant owes for it.

Revision 0010.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE guarantees (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    kind text NOT NULL,
    issuer text NOT NULL,
    limit_minor bigint NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    call text NOT NULL,
    excludes jsonb NOT NULL,
    share_bp bigint NOT NULL,
    counts_until timestamptz NOT NULL,
    call_by timestamptz NOT NULL,
    state text NOT NULL,
    called_minor bigint NOT NULL,
    paid_minor bigint NOT NULL,
    refused_minor bigint NOT NULL,
    settled_minor bigint NOT NULL,
    wake_at timestamptz,
    CHECK (limit_minor > 0 AND called_minor BETWEEN 0 AND limit_minor),
    CHECK (paid_minor >= 0 AND refused_minor >= 0 AND paid_minor + refused_minor <= called_minor),
    CHECK (settled_minor BETWEEN 0 AND paid_minor)
);
CREATE INDEX guarantees_in_force ON guarantees (merchant_id, id) WHERE state IN ('covering', 'callable');
CREATE INDEX guarantees_wake ON guarantees (wake_at, id) WHERE wake_at IS NOT NULL;

ALTER TABLE coverages ADD COLUMN uncalled_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE coverages ALTER COLUMN uncalled_minor DROP DEFAULT;

ALTER TABLE debts
    ADD COLUMN issuer_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN platform_minor bigint NOT NULL DEFAULT 0,
    ADD CHECK (issuer_minor >= 0 AND platform_minor >= 0);
ALTER TABLE debts
    ALTER COLUMN issuer_minor DROP DEFAULT,
    ALTER COLUMN platform_minor DROP DEFAULT;
"""


def upgrade() -> None:
    """Add the table and the columns: nobody has a guarantee yet."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
