"""Indexes of pages have hashes of ids and kinds in their keys, not the texts: fewer bytes, sooner compared.

Revision 0022. Rows of the feed are no longer compressed: that took longer than writing them.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OLD = ("facts_merchant_kind", "facts_consumer", "facts_actor")

# What is equal within an index is compared again in the facts, so that two ids of one hash are never mixed
# up. Keys end in the fact's id and are never equal: looking for duplicates before each split finds none.
NEW = {
    "facts_merchant_hashed": """(hashtext(merchant_id), hashtext(kind), id)
        WITH (deduplicate_items = off) WHERE merchant_id IS NOT NULL""",
    "facts_consumer_hashed": """(hashtext((body ->> 'consumer_id') COLLATE "C"), hashtext(kind), id)
        WITH (deduplicate_items = off) WHERE (body ->> 'consumer_id') COLLATE "C" IS NOT NULL""",
    "facts_actor_hashed": """((hashtext(split_part(actor, '/', 4)) # ascii(actor)), hashtext(kind), id)
        WITH (deduplicate_items = off) WHERE actor IS NOT NULL""",
}

STORAGE = "ALTER TABLE feed ALTER COLUMN fact_ids SET STORAGE EXTERNAL"

PATIENT = "SET lock_timeout = '1h'"
"""To build an index beside writers is to wait for those who began before it, while nobody waits for us."""


def upgrade() -> None:
    """Make the new indexes, then remove those that they replace: each page is found all the while."""
    facts = op.get_bind().execute(sa.text("SELECT EXISTS (SELECT FROM facts)")).scalar_one()
    if not facts:
        _replace("", OLD)
    else:
        # Years of facts take minutes to index, and may be written meanwhile. This cannot be undone as a
        # transaction is; a run that was interrupted left an index without effect, which is begun again.
        with op.get_context().autocommit_block():
            before = op.get_bind().execute(sa.text("SHOW lock_timeout")).scalar_one()
            op.execute(PATIENT)
            _replace("CONCURRENTLY", OLD)
            op.execute(f"SET lock_timeout = '{before}'")
    op.execute(STORAGE)


def _replace(how: str, old: Sequence[str]) -> None:
    for name, definition in NEW.items():
        op.execute(f"DROP INDEX {how} IF EXISTS {name}")
        op.execute(f"CREATE INDEX {how} {name} ON facts {definition}")
    for name in old:
        op.execute(f"DROP INDEX {how} IF EXISTS {name}")
