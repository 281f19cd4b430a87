"""What connections, the schema and migrations refuse, each with its fix."""

from holdfast.kernel.refusal import Refusal


class BadDatabaseUrl(Refusal):
    """The address of the database cannot be read."""

    code = "bad_database_url"
    what = "this is no address of a PostgreSQL database: {reason}"
    fix = "Write it as postgresql://user:password@host:5432/database, with @ / # of a password as %40 %2F %23"


class ServerUnreachable(Refusal):
    """No answer, or no entry, at the database's address."""

    code = "server_unreachable"
    what = "PostgreSQL did not let us in: {reason}"
    fix = "Check that the server runs, and the host, port, user, password and database of the address"


class DiskFull(Refusal):
    """The database's server has no room left."""

    code = "disk_full"
    what = "the database's server has no room: {reason}"
    fix = "Free space where the server keeps its data, or give it more; then send the same again"


class ServerTooOld(Refusal):
    """The server is older than what Holdfast is written for."""

    code = "server_too_old"
    what = "this server is PostgreSQL {found}, and Holdfast needs {needed} or newer"
    fix = "Upgrade the server, or leave HOLDFAST_DATABASE_URL unset to use the embedded one"


class DatabaseEmpty(Refusal):
    """There is no schema in the database yet."""

    code = "database_empty"
    what = "this database is empty"
    fix = "Run: holdfast db migrate; where you named a --schema, check its name"


class DatabaseForeign(Refusal):
    """The database belongs to another application."""

    code = "database_foreign"
    what = "this is not a Holdfast database: it holds {tables} and no table {version_table}"
    fix = "Point to the right database, or create an empty one for Holdfast"


class SchemaBehind(Refusal):
    """The database's schema is older than the code."""

    code = "schema_behind"
    what = "the database's schema is {found}, and this Holdfast works with {head}"
    fix = "Run: holdfast db migrate, with --schema where you named one"


class SchemaAhead(Refusal):
    """The database's schema is newer than the code."""

    code = "schema_ahead"
    what = (
        "this database was migrated by a newer Holdfast: its schema is {found}, this one knows up to {head}"
    )
    fix = "Install the newer Holdfast; a schema is not taken back"


class SchemaUnlanded(Refusal):
    """The database was made by a revision that was changed afterwards, before the first release."""

    code = "schema_unlanded"
    what = "this database was made by revision {was}, and no revision since leads on from there"
    fix = (
        "Nothing was changed. Keep it for reading with the Holdfast that made it, and begin in a new "
        "database: replay its history there, or register its merchants anew"
    )


class MigrationBlocked(Refusal):
    """A migration waited too long for a lock and was taken back."""

    code = "migration_blocked"
    what = "the migration waited {seconds} s for {awaited} and was taken back"
    fix = "Nothing of this step was changed; end the long transactions (pg_stat_activity) and migrate again"
