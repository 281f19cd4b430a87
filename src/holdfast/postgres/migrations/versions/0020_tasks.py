"""What waits for somebody says since when: answers from outside, calls, payouts, deadlines put aside.

Revision 0020. What stands unanswered since before is told once its time is over, by the default of policies
of before: 12 hours for a notice, 3 days for what the provider does.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATEMENTS = """
ALTER TABLE orders ADD COLUMN late_asked_at timestamptz;
ALTER TABLE payouts ADD COLUMN waits_since timestamptz;
ALTER TABLE repayments ADD COLUMN asked_at timestamptz;
ALTER TABLE repayments ADD COLUMN wake_at timestamptz;
ALTER TABLE guarantees ADD COLUMN called_at timestamptz;
CREATE TABLE put_aside (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    row_kind text NOT NULL,
    row_id text COLLATE "C" NOT NULL,
    since timestamptz NOT NULL,
    times bigint NOT NULL,
    fact_id text COLLATE "C" NOT NULL,
    order_id text COLLATE "C",
    merchant_id text COLLATE "C",
    wake_at timestamptz,
    CHECK (times > 0)
);

UPDATE orders o SET wake_at = least(o.wake_at, CASE WHEN o.notice_sent_at IS NULL
        THEN o.notice_asked_at + interval '12 hours' ELSE o.capture_asked_at + interval '3 days' END)
    FROM policies p WHERE p.id = o.policy_version AND o.state = 'delivered' AND o.return_asked_at IS NULL
    AND o.capture_at IS NOT NULL AND o.notice_asked_at IS NOT NULL
    AND (o.notice_sent_at IS NULL OR o.capture_asked_at IS NOT NULL)
    AND (o.disputed_at IS NULL OR NOT (p.policy ->> 'claim_stops_capture')::boolean);
UPDATE payouts p SET waits_since = h.placed_at, wake_at = h.placed_at + interval '3 days'
    FROM holds h WHERE h.id = p.hold_id AND p.state = 'asked';
UPDATE payouts p SET waits_since = f.at
    FROM merchants m, (SELECT merchant_id, max(at) AS at FROM facts WHERE kind = 'PayoutHeld'
        AND body ->> 'code' = 'owner_ran_elsewhere' GROUP BY merchant_id) f
    WHERE m.id = p.id AND f.merchant_id = p.id AND p.state = 'idle' AND p.refused
    AND m.status <> 'absconded' AND (m.cleared_at IS NULL OR m.cleared_at < f.at);
UPDATE repayments r SET asked_at = h.placed_at, wake_at = h.placed_at + interval '3 days'
    FROM holds h WHERE h.id = r.payment_id AND r.state = 'asked';
UPDATE guarantees g SET called_at = f.at
    FROM (SELECT body ->> 'guarantee_id' AS id, max(at) AS at FROM facts WHERE kind = 'GuaranteeCalled'
        GROUP BY 1) f
    WHERE f.id = g.id AND g.called_minor > g.paid_minor + g.refused_minor;

CREATE INDEX repayments_wake ON repayments (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX put_aside_wake ON put_aside (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX orders_notice_unanswered ON orders (notice_asked_at, id)
    WHERE state = 'delivered' AND notice_asked_at IS NOT NULL AND notice_sent_at IS NULL
    AND return_asked_at IS NULL;
CREATE INDEX orders_capture_unanswered ON orders (capture_asked_at, id)
    WHERE state = 'delivered' AND capture_asked_at IS NOT NULL;
CREATE INDEX payouts_unanswered ON payouts (waits_since, id) WHERE state = 'asked';
CREATE INDEX payouts_owner_ran ON payouts (waits_since, id)
    WHERE state IN ('idle', 'scheduled') AND waits_since IS NOT NULL;
CREATE INDEX repayments_unanswered ON repayments (asked_at, id) WHERE state = 'asked';
CREATE INDEX repayments_bounced_since ON repayments (since, id) WHERE state = 'bounced';
CREATE INDEX guarantees_called ON guarantees (called_at, id) WHERE called_at IS NOT NULL;
CREATE INDEX claims_open ON claims (opened_at, id) WHERE state = 'open';
CREATE INDEX wind_downs_declared ON wind_downs (declared_at, id) WHERE stage = 'declared';
CREATE INDEX doubts_open ON doubts (since, id) WHERE state = 'open';
CREATE INDEX receipts_left ON receipts (since, id) WHERE left_minor <> 0;
CREATE INDEX freezes_missing_since ON freezes (since, id) WHERE missing_minor <> 0;
CREATE INDEX put_aside_since ON put_aside (since, id) WHERE wake_at IS NOT NULL
"""


def upgrade() -> None:
    """Add the columns, the table, and the indexes; say of what waits since when."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
