"""The record of merchants and of their categories, by which cover is estimated.

Revision 0002. Merchants that are known already begin a record of windows with their next debit.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE merchants ADD COLUMN category text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE merchants ALTER COLUMN category DROP DEFAULT;

CREATE TABLE peers (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    run_aways bigint NOT NULL,
    windows_milli bigint NOT NULL,
    CHECK (run_aways >= 0 AND windows_milli >= 0)
) WITH (fillfactor = 50);

ALTER TABLE coverages
    ADD COLUMN turned_at timestamptz,
    ADD COLUMN windows bigint NOT NULL DEFAULT 0,
    ADD COLUMN ordinary_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN last_peak_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN peak_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN recent_captured_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN recent_claimed_minor bigint NOT NULL DEFAULT 0,
    ADD COLUMN peer_hazard_ppm bigint NOT NULL DEFAULT 0;
ALTER TABLE coverages
    ALTER COLUMN windows DROP DEFAULT,
    ALTER COLUMN ordinary_minor DROP DEFAULT,
    ALTER COLUMN last_peak_minor DROP DEFAULT,
    ALTER COLUMN peak_minor DROP DEFAULT,
    ALTER COLUMN recent_captured_minor DROP DEFAULT,
    ALTER COLUMN recent_claimed_minor DROP DEFAULT,
    ALTER COLUMN peer_hazard_ppm DROP DEFAULT;
"""


def upgrade() -> None:
    """Add the columns and the table."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            op.execute(statement)
