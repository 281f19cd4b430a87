"""When an owner ran last, when a person looked at another merchant of such a one, what open claims ask.

Revision 0012. Of those that ran before, the wind-downs say when; of open claims after their windows, their
holds say what is kept for them.
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
) AS ran WHERE ran.id = owners.id AND owners.absconded;

ALTER TABLE claims ADD COLUMN asked_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE claims ALTER COLUMN asked_minor DROP DEFAULT;
ALTER TABLE coverages ADD COLUMN asked_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE coverages ALTER COLUMN asked_minor DROP DEFAULT;
UPDATE claims c SET asked_minor = greatest(0, c.claimed_minor - o.held_minor - coalesce(h.amount_minor, 0))
    FROM orders o, claims d LEFT JOIN holds h ON h.id = d.hold_id AND h.state = 'pending'
    WHERE d.id = c.id AND o.id = c.order_id
        AND c.state = 'open' AND o.captured_at IS NOT NULL AND o.exposed_minor = 0;
UPDATE coverages v SET asked_minor = asking.minor FROM (
        SELECT merchant_id, sum(asked_minor) AS minor FROM claims WHERE asked_minor <> 0 GROUP BY merchant_id
    ) AS asking WHERE asking.merchant_id = v.id;
CREATE INDEX claims_holding ON claims (merchant_id, id) WHERE hold_id IS NOT NULL;
CREATE INDEX claims_asking ON claims (merchant_id, id) WHERE asked_minor <> 0
"""


def upgrade() -> None:
    """Add the columns, and fill them."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
