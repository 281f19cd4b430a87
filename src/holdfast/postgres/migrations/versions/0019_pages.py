"""Facts are read in pages: by subject and kind, by kind, and by whose act they were.

Revision 0019. Ids ascend within each index, so that a page of any place is found at once.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE INDEX facts_merchant_kind ON facts (merchant_id, kind, id) WHERE merchant_id IS NOT NULL;
DROP INDEX facts_merchant;
CREATE INDEX facts_consumer ON facts (((body ->> 'consumer_id') COLLATE "C"), kind, id)
    WHERE (body ->> 'consumer_id') COLLATE "C" IS NOT NULL;
CREATE INDEX facts_claim ON facts (((body ->> 'claim_id') COLLATE "C"), id)
    WHERE (body ->> 'claim_id') COLLATE "C" IS NOT NULL;
CREATE INDEX facts_kind ON facts (kind, id);
CREATE INDEX facts_actor ON facts ((split_part(actor, '/', 1)), (split_part(actor, '/', 4)), kind, id)
    WHERE actor IS NOT NULL
"""


def upgrade() -> None:
    """Make the indexes; that of merchants has the kind now."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
