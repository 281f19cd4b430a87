"""Who may come in: keys of machines, people, their ways in, and sessions.

Revision 0023. Nobody was let in before it: the service was for this machine alone. Facts about a person are
found by an index of their own.
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

STATEMENTS = """
CREATE TABLE api_keys (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hash text NOT NULL,
    role text NOT NULL,
    owner text COLLATE "C",
    scopes jsonb NOT NULL,
    label text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    replaces text COLLATE "C",
    replaced_by text COLLATE "C",
    CHECK ((role IN ('consumer', 'merchant')) = (owner IS NOT NULL)),
    CHECK (secret_hash ~ '^[0-9a-f]{64}$')
);
CREATE TABLE people (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    role text NOT NULL,
    owner text COLLATE "C",
    status text NOT NULL,
    enrolled_at timestamptz NOT NULL,
    generation bigint NOT NULL,
    failures bigint NOT NULL,
    failed_at timestamptz,
    locked_until timestamptz,
    invitation_id text COLLATE "C",
    CHECK ((role IN ('consumer', 'merchant')) = (owner IS NOT NULL))
);
CREATE TABLE passwords (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    hash text NOT NULL,
    set_at timestamptz NOT NULL,
    CHECK (hash LIKE '$argon2id$%')
);
CREATE TABLE passkeys (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    person_id text COLLATE "C" NOT NULL,
    credential text NOT NULL,
    public_key text NOT NULL,
    sign_count bigint NOT NULL,
    label text NOT NULL,
    added_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE INDEX passkeys_of ON passkeys (person_id, id) WHERE removed_at IS NULL;
CREATE TABLE identities (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    person_id text COLLATE "C",
    linked_at timestamptz NOT NULL
);
CREATE TABLE invitations (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hash text NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    until timestamptz NOT NULL,
    used_at timestamptz,
    CHECK (secret_hash ~ '^[0-9a-f]{64}$')
);
CREATE TABLE sessions (
    id text COLLATE "C" NOT NULL PRIMARY KEY,
    secret_hash text NOT NULL,
    person_id text COLLATE "C" NOT NULL,
    generation bigint NOT NULL,
    method text NOT NULL,
    begun_at timestamptz NOT NULL,
    idle_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    ended_at timestamptz,
    failures bigint NOT NULL,
    CHECK (secret_hash ~ '^[0-9a-f]{64}$'),
    CHECK (idle_at BETWEEN begun_at AND ends_at)
);
CREATE INDEX facts_person ON facts (((body ->> 'person_id') COLLATE "C"), id)
    WHERE (body ->> 'person_id') COLLATE "C" IS NOT NULL
"""


def upgrade() -> None:
    """Add the tables and their indexes."""
    for statement in STATEMENTS.split(";\n"):
        op.execute(statement)
