"""What a merchant's line is made of, claims after their window apart from the others, durable goods.

Revision 0007. What sales have paid so far is added up from the transfers; what is owed, from the debts.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE orders
    ADD COLUMN durable boolean NOT NULL DEFAULT false,
    ADD COLUMN loss_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE orders
    ALTER COLUMN durable DROP DEFAULT,
    ALTER COLUMN loss_minor DROP DEFAULT;
UPDATE orders SET loss_minor = advanced_minor, advanced_minor = 0
    WHERE state = 'written_off' AND advanced_minor > 0;

ALTER TABLE claims ADD COLUMN late boolean NOT NULL DEFAULT false;
ALTER TABLE claims ALTER COLUMN late DROP DEFAULT;
UPDATE claims c SET late = true FROM orders o
    WHERE o.id = c.order_id AND c.state = 'upheld' AND o.captured_at IS NOT NULL AND o.exposed_minor = 0;
DROP INDEX claims_short;
DROP INDEX claims_upheld;
CREATE INDEX claims_short ON claims (merchant_id, id) WHERE state = 'short' AND NOT late;
CREATE INDEX claims_short_late ON claims (merchant_id, id) WHERE state = 'short' AND late;
CREATE INDEX claims_upheld ON claims (merchant_id, id) WHERE state = 'upheld' AND NOT late;
CREATE INDEX claims_upheld_late ON claims (merchant_id, id) WHERE state = 'upheld' AND late;

ALTER TABLE wind_downs ADD COLUMN late boolean NOT NULL DEFAULT false;
ALTER TABLE wind_downs ALTER COLUMN late DROP DEFAULT;

ALTER TABLE coverages
    ADD COLUMN earned_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN owed_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN carried_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN guaranteed_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN ran boolean NOT NULL DEFAULT false;
ALTER TABLE coverages
    ALTER COLUMN earned_minor DROP DEFAULT,
    ALTER COLUMN owed_minor DROP DEFAULT,
    ALTER COLUMN carried_minor DROP DEFAULT,
    ALTER COLUMN guaranteed_minor DROP DEFAULT,
    ALTER COLUMN ran DROP DEFAULT;
UPDATE coverages c SET earned_minor = paid.minor FROM (
        SELECT o.merchant_id, sum(t.amount_minor) AS minor FROM transfers t JOIN orders o ON o.id = t.order_id
        WHERE t.reason IN ('fee', 'fund share') GROUP BY o.merchant_id
    ) AS paid WHERE paid.merchant_id = c.id;
UPDATE coverages c SET owed_minor = d.short_minor + d.fund_minor FROM debts d WHERE d.id = c.id;
UPDATE coverages c SET ran = true, carried_minor = greatest(0, exposure_minor - cover_minor) FROM merchants m
    WHERE m.id = c.id AND m.status = 'absconded';
"""


def upgrade() -> None:
    """Add the columns, and fill them from what the books say."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
