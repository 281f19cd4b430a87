"""The core: rows of every room, the journal of facts, and their indexes.

Revision 0001. Checks are tripwires: handlers refuse long before.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE policies (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    policy jsonb NOT NULL
);

CREATE TABLE requests (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    fingerprint text NOT NULL,
    fact_ids jsonb NOT NULL,
    refusal jsonb
);

CREATE TABLE snapshots (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    listing jsonb NOT NULL
);

CREATE TABLE owners (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    absconded boolean NOT NULL,
    debt_minor bigint NOT NULL,
    currency text NOT NULL
);

CREATE TABLE merchants (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    name text NOT NULL,
    currency text NOT NULL,
    owner_ids jsonb NOT NULL,
    status text NOT NULL,
    registered_at timestamptz NOT NULL,
    payouts_held boolean NOT NULL
) WITH (fillfactor = 80);

CREATE TABLE consumers (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    currency text NOT NULL,
    opted_in boolean NOT NULL,
    limit_minor bigint NOT NULL,
    outstanding_minor bigint NOT NULL,
    CHECK (limit_minor >= 0 AND outstanding_minor >= 0)
) WITH (fillfactor = 80);

CREATE TABLE orders (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    merchant_id text COLLATE "C" NOT NULL,
    consumer_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    owed_minor bigint NOT NULL,
    policy_version text NOT NULL,
    snapshot_id text COLLATE "C" NOT NULL,
    state text NOT NULL,
    placed_at timestamptz NOT NULL,
    ship_by timestamptz NOT NULL,
    confirmed_at timestamptz,
    ship_late boolean NOT NULL,
    shipped_at timestamptz,
    deliver_by timestamptz,
    delivered_at timestamptz,
    advanced_minor bigint NOT NULL,
    notice_asked_at timestamptz,
    notice_sent_at timestamptz,
    capture_at timestamptz,
    capture_asked_at timestamptz,
    captured_at timestamptz,
    captured_minor bigint NOT NULL,
    awarded_minor bigint NOT NULL,
    window_ends_at timestamptz,
    release_at timestamptz,
    held_minor bigint NOT NULL,
    reserve_minor bigint NOT NULL,
    reserve_until timestamptz,
    exposed_minor bigint NOT NULL,
    claim_id text COLLATE "C",
    disputed_at timestamptz,
    return_asked_at timestamptz,
    after_sales_asked_at timestamptz,
    overdue_at timestamptz,
    reminders bigint NOT NULL,
    wake_at timestamptz,
    CHECK (amount_minor > 0 AND owed_minor BETWEEN 0 AND amount_minor),
    CHECK (held_minor >= 0 AND reserve_minor >= 0 AND exposed_minor >= 0),
    CHECK (awarded_minor BETWEEN 0 AND captured_minor)
) WITH (fillfactor = 80);

CREATE TABLE claims (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    order_id text COLLATE "C" NOT NULL,
    merchant_id text COLLATE "C" NOT NULL,
    consumer_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    state text NOT NULL,
    claimed_minor bigint NOT NULL,
    paid_minor bigint NOT NULL,
    missing_minor bigint NOT NULL,
    opened_at timestamptz NOT NULL,
    reason text NOT NULL,
    hold_id text COLLATE "C",
    CHECK (claimed_minor > 0 AND paid_minor >= 0 AND missing_minor >= 0)
);

CREATE TABLE wind_downs (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    stage text NOT NULL,
    declared_by jsonb NOT NULL,
    reason text NOT NULL,
    declared_at timestamptz NOT NULL,
    cursor text NOT NULL,
    sweep_at timestamptz,
    rest_minor bigint NOT NULL,
    pool_minor bigint NOT NULL,
    swept_minor bigint NOT NULL,
    given_minor bigint NOT NULL,
    fund_hold_id text COLLATE "C",
    claims bigint NOT NULL,
    paid_minor bigint NOT NULL,
    missing_minor bigint NOT NULL,
    fund_minor bigint NOT NULL,
    wake_at timestamptz
);

CREATE TABLE payouts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    state text NOT NULL,
    hold_id text COLLATE "C",
    refused boolean NOT NULL,
    wake_at timestamptz
) WITH (fillfactor = 70);

CREATE TABLE debts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    currency text NOT NULL,
    short_minor bigint NOT NULL,
    fund_minor bigint NOT NULL,
    CHECK (short_minor >= 0 AND fund_minor >= 0)
);

CREATE TABLE coverages (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    currency text NOT NULL,
    exposure_minor bigint NOT NULL,
    cover_minor bigint NOT NULL,
    captured_minor bigint NOT NULL,
    completed_minor bigint NOT NULL,
    completed_orders bigint NOT NULL,
    claimed_minor bigint NOT NULL,
    first_captured_at timestamptz,
    short boolean NOT NULL,
    CHECK (exposure_minor >= 0 AND cover_minor >= 0)
) WITH (fillfactor = 50);

CREATE TABLE holds (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    from_id text COLLATE "C" NOT NULL,
    to_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    posted_minor bigint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    placed_at timestamptz NOT NULL,
    order_id text COLLATE "C",
    wake_at timestamptz,
    CHECK (amount_minor > 0 AND posted_minor BETWEEN 0 AND amount_minor)
);

CREATE TABLE accounts (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    currency text NOT NULL,
    never_negative boolean NOT NULL,
    posted_minor bigint NOT NULL,
    pending_out_minor bigint NOT NULL,
    pending_in_minor bigint NOT NULL,
    version bigint NOT NULL,
    CHECK (NOT never_negative OR posted_minor - pending_out_minor >= 0),
    CHECK (pending_out_minor >= 0 AND pending_in_minor >= 0)
) WITH (fillfactor = 70);

CREATE TABLE transfers (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    from_id text COLLATE "C" NOT NULL,
    to_id text COLLATE "C" NOT NULL,
    currency text NOT NULL,
    amount_minor bigint NOT NULL,
    from_balance_minor bigint NOT NULL,
    from_version bigint NOT NULL,
    to_balance_minor bigint NOT NULL,
    to_version bigint NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    order_id text COLLATE "C",
    hold_id text COLLATE "C",
    reverses_id text COLLATE "C",
    CHECK (amount_minor > 0 AND from_id <> to_id)
);

CREATE TABLE progress (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    until timestamptz NOT NULL,
    done boolean NOT NULL
);

CREATE TABLE facts (
    id uuid NOT NULL PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL,
    order_id text COLLATE "C",
    merchant_id text COLLATE "C",
    body jsonb NOT NULL
);
"""

INDEXES = """
CREATE INDEX orders_open ON orders (merchant_id, id)
    WHERE state NOT IN ('completed', 'cancelled', 'expired', 'returned', 'written_off');
CREATE INDEX orders_wake ON orders (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX holds_wake ON holds (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX payouts_wake ON payouts (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX wind_downs_wake ON wind_downs (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX claims_short ON claims (merchant_id, id) WHERE state = 'short';
CREATE INDEX claims_upheld ON claims (merchant_id, id) WHERE state = 'upheld';
CREATE UNIQUE INDEX transfers_from ON transfers (from_id, from_version);
CREATE UNIQUE INDEX transfers_to ON transfers (to_id, to_version);
CREATE INDEX facts_order ON facts (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX facts_merchant ON facts (merchant_id, id) WHERE merchant_id IS NOT NULL;
"""


def upgrade() -> None:
    for statement in (TABLES + INDEXES).split(";\n"):
        if statement.strip():
            op.execute(statement)
