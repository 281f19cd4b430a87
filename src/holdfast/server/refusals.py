"""What the embedded server, its folder, backups and restoring refuse, each with its fix."""

from holdfast.kernel.refusal import Refusal


class TwoDatabases(Refusal):
    """A data folder and an address were both asked for."""

    code = "two_databases"
    what = "--data {data} and --database-url name two different databases"
    fix = "Give one of them: --data for the embedded server, --database-url for a server of your own"


class NotEmbedded(Refusal):
    """A server of one's own is neither started nor stopped from here."""

    code = "not_embedded"
    what = "this is a server of your own, and Holdfast does not {verb} it"
    fix = (
        "{Verb} it with its own tools; for the embedded server give --data, "
        "or unset HOLDFAST_DATABASE_URL and leave --database-url out"
    )


class ServerStopped(Refusal):
    """The embedded server is asked for without being started."""

    code = "server_stopped"
    what = "the embedded PostgreSQL server of this folder is not running"
    fix = "Run: holdfast db start --data {data}"


class ServerFailed(Refusal):
    """A program of PostgreSQL ended with an error while it made, started or stopped the server."""

    code = "server_failed"
    what = "{program} failed: {reason}"
    fix = "Read {log} for the cause; the data is as it was"


class DataFolderUnusable(Refusal):
    """The data folder cannot be made, entered or written."""

    code = "data_folder_unusable"
    what = "the data folder cannot be used: {reason}"
    fix = "Give a folder that you own with --data DIR or HOLDFAST_DATA, or run as the user who made this one"


class DataFolderForeign(Refusal):
    """The data folder holds something that Holdfast did not put there."""

    code = "data_folder_foreign"
    what = "the folder holds {found}, which is not of an embedded Holdfast server"
    fix = "Give an empty or a new folder with --data DIR or HOLDFAST_DATA"


class DataFolderOtherVersion(Refusal):
    """The data folder was made by another major version of PostgreSQL."""

    code = "data_folder_other_version"
    what = "the data is of PostgreSQL {found}, and this Holdfast brings {brought}"
    fix = (
        "Run `holdfast db backup FILE` with the Holdfast that made it, "
        "then `holdfast db restore FILE --data NEW` with this one"
    )


class ServerAccountMissing(Refusal):
    """PostgreSQL refuses to run as root, and the account it would run as cannot be made."""

    code = "server_account_missing"
    what = "PostgreSQL does not run as root, and the account {account} could not be made: {reason}"
    fix = "Create the system account {account}, or run Holdfast as an ordinary user"


class SocketFolderUnsafe(Refusal):
    """The short folder for the socket is open to somebody else."""

    code = "socket_folder_unsafe"
    what = "the folder is not private to the server's account, so others could pose as the database"
    fix = "Remove it, or give a data folder with a shorter, plain path by --data DIR"


class FileExists(Refusal):
    """A backup never overwrites."""

    code = "file_exists"
    what = "the file is there already{hint}"
    fix = "Give another name, or remove it first"


class FileUnusable(Refusal):
    """A backup's file cannot be read or written."""

    code = "file_unusable"
    what = "the file cannot be used: {reason}"
    fix = "Check the path, the rights and the space left"


class BackupFailed(Refusal):
    """PostgreSQL could not write the backup."""

    code = "backup_failed"
    what = "the backup was not made: {reason}"
    fix = "Mend the cause and run it again; no file was left"


class BackupDamaged(Refusal):
    """The file is not a whole backup."""

    code = "backup_damaged"
    what = "the file is not a whole backup of Holdfast: {reason}"
    fix = "Nothing was touched; restore another copy"


class BackupAhead(Refusal):
    """The backup is of a newer schema or server than what is here."""

    code = "backup_ahead"
    what = "the backup is of a newer {part} ({found}) than what is here ({here})"
    fix = "Nothing was touched; install the newer {part} first"


class DatabaseNotEmpty(Refusal):
    """A restore would replace data."""

    code = "database_not_empty"
    what = "the database holds data ({tables})"
    fix = "Back it up, then give --replace to put the backup in its place"


class DatabaseInUse(Refusal):
    """Somebody else is connected to a database that is to be replaced."""

    code = "database_in_use"
    what = "{sessions} other session(s) use the database: {names}"
    fix = "Stop Holdfast's services and whoever else is connected, then restore again; the data is as it was"


class LeftoverDatabase(Refusal):
    """An interrupted restore, or somebody else, left a database under the name that a restore needs."""

    code = "leftover_database"
    what = "the server already has a database {name}, which an interrupted restore may have left"
    fix = 'Look into it, then remove it: DROP DATABASE "{name}"'


class RestoreFailed(Refusal):
    """The restore did not come to its end; the database is as it was."""

    code = "restore_failed"
    what = "the restore failed: {reason}"
    fix = "The database is as it was; mend the cause and restore again"


class ProgramMissing(Refusal):
    """No pg_dump or pg_restore fits the server."""

    code = "program_missing"
    what = "no {program} of PostgreSQL {major} is here"
    fix = "Install the client programs of PostgreSQL {major} and put them on PATH"
