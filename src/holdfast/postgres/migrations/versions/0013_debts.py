"""What an owner owes, one sum a currency; rounds that share what is recovered among all short claims.

Revision 0013. The one number of before had added up currencies: the sums are worked out anew, from the debts
of the owner's merchants that ran. What claims after their windows miss is worked out from these claims.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE owners ADD COLUMN debts jsonb NOT NULL DEFAULT '[]';
ALTER TABLE owners ALTER COLUMN debts DROP DEFAULT;
UPDATE owners SET debts = owing.debts FROM (
    SELECT id, jsonb_agg(
        jsonb_build_object('amount_minor', minor, 'currency', currency) ORDER BY currency COLLATE "C"
    ) AS debts FROM (
        SELECT owner.id, merchants.currency,
            sum(d.short_minor + d.fund_minor + d.issuer_minor + d.platform_minor)::bigint AS minor
        FROM merchants
        JOIN debts d ON d.id = merchants.id
        CROSS JOIN LATERAL jsonb_array_elements_text(merchants.owner_ids) AS owner (id)
        WHERE merchants.status = 'absconded' GROUP BY owner.id, merchants.currency
    ) AS sums WHERE minor <> 0 GROUP BY id
) AS owing WHERE owing.id = owners.id;
ALTER TABLE owners DROP COLUMN debt_minor;
ALTER TABLE owners DROP COLUMN currency;

ALTER TABLE debts ADD COLUMN late_minor bigint NOT NULL DEFAULT 0;
ALTER TABLE debts ALTER COLUMN late_minor DROP DEFAULT;
UPDATE debts d SET late_minor = missing.minor FROM (
        SELECT merchant_id, sum(missing_minor)::bigint AS minor FROM claims
        WHERE state = 'short' AND late GROUP BY merchant_id
    ) AS missing WHERE missing.merchant_id = d.id;
ALTER TABLE claims ADD COLUMN next_round boolean NOT NULL DEFAULT false;
ALTER TABLE claims ALTER COLUMN next_round DROP DEFAULT;
DROP INDEX claims_short;
CREATE INDEX claims_short ON claims (merchant_id, late, id) WHERE state = 'short';
CREATE TABLE recoveries (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    stage text NOT NULL,
    begun_at timestamptz,
    late boolean NOT NULL,
    cursor text NOT NULL,
    rest_minor bigint NOT NULL,
    pool_minor bigint NOT NULL,
    swept_minor bigint NOT NULL,
    given_minor bigint NOT NULL,
    claims bigint NOT NULL,
    hold_id text COLLATE "C",
    wake_at timestamptz
);
CREATE INDEX recoveries_wake ON recoveries (wake_at, id) WHERE wake_at IS NOT NULL
"""


def upgrade() -> None:
    """Work out the sums, let the number go, and make room for rounds."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
