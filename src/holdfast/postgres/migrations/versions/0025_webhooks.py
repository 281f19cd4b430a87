"""Webhooks: endpoints, their keys, what waits for them, and what became of each attempt.

Revision 0025. What was attempted and what waits is no state of the market: memory has no such rows.
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE webhooks (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    merchant_id text COLLATE "C",
    url text NOT NULL,
    kinds jsonb NOT NULL,
    form text NOT NULL,
    state text NOT NULL,
    registered_at timestamptz NOT NULL,
    disabled_at timestamptz,
    why text
);
CREATE INDEX webhooks_of_merchant ON webhooks (merchant_id, id) WHERE state IN ('enabled', 'disabled');
CREATE TABLE webhook_keys (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    keys jsonb NOT NULL
);
CREATE TABLE webhook_standings (
    endpoint_id text COLLATE "C" NOT NULL PRIMARY KEY,
    position bigint,
    failing_since timestamptz,
    delivered_at timestamptz
);
CREATE TABLE webhook_messages (
    endpoint_id text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    fact_id uuid NOT NULL,
    line text COLLATE "C" NOT NULL,
    attempts bigint NOT NULL,
    first_at timestamptz,
    due timestamptz NOT NULL,
    PRIMARY KEY (endpoint_id, position)
);
CREATE TABLE webhook_attempts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint_id text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    fact_id uuid NOT NULL,
    kind text NOT NULL,
    attempt bigint NOT NULL,
    at timestamptz NOT NULL,
    took_ms bigint NOT NULL,
    outcome text NOT NULL,
    status bigint,
    error text,
    due timestamptz
);
CREATE INDEX webhook_attempts_of ON webhook_attempts (endpoint_id, id);
CREATE INDEX webhook_attempts_at ON webhook_attempts (at);
CREATE TABLE webhook_erasures (
    fact_id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    subject text NOT NULL,
    orders jsonb NOT NULL
)
"""


def upgrade() -> None:
    """Add the tables: nothing is sent to anybody yet."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
