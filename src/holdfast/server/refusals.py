"""What the embedded server, its folder, backups and restoring refuse, each with its fix."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class TwoDatabases(Refusal):
    """A data folder and an address were both asked for."""

    code = "two_databases"
    sort = Sort.MALFORMED
    what = Text(
        "--data {data} 与 --database-url 指向两个不同的数据库",
        "--data {data} and --database-url name two different databases",
    )
    fix = Text(
        "请只写一个：内置服务器用 --data，自己的服务器用 --database-url",
        "Give one of them: --data for the embedded server, --database-url for a server of your own",
    )


class NotEmbedded(Refusal):
    """A server of one's own is neither started nor stopped from here."""

    code = "not_embedded"
    sort = Sort.UNMET
    what = Text(
        "这是您自己的服务器，Holdfast 不对它执行 {verb}",
        "this is a server of your own, and Holdfast does not {verb} it",
    )
    fix = Text(
        (
            "请用其自身的工具 {Verb}；内置服务器请写 --data，或不设 HOLDFAST_DATABASE_URL 且不写 "
            "--database-url"
        ),
        (
            "{Verb} it with its own tools; for the embedded server give --data, or unset "
            "HOLDFAST_DATABASE_URL and leave --database-url out"
        ),
    )


class ServerStopped(Refusal):
    """The embedded server is asked for without being started."""

    code = "server_stopped"
    sort = Sort.UNAVAILABLE
    what = Text(
        "此文件夹的内置 PostgreSQL 服务器没有运行",
        "the embedded PostgreSQL server of this folder is not running",
    )
    fix = Text("请运行：holdfast db start --data {data}", "Run: holdfast db start --data {data}")


class ServerFailed(Refusal):
    """A program of PostgreSQL ended with an error while it made, started or stopped the server."""

    code = "server_failed"
    sort = Sort.TROUBLE
    what = Text("{program} 失败：{reason}", "{program} failed: {reason}")
    fix = Text("请在 {log} 中查看原因；数据保持原样", "Read {log} for the cause; the data is as it was")


class DataFolderUnusable(Refusal):
    """The data folder cannot be made, entered or written."""

    code = "data_folder_unusable"
    sort = Sort.FORBIDDEN
    what = Text("数据文件夹不能使用：{reason}", "the data folder cannot be used: {reason}")
    fix = Text(
        "请用 --data DIR 或 HOLDFAST_DATA 给出自己的文件夹，或以建立此文件夹的用户运行",
        "Give a folder that you own with --data DIR or HOLDFAST_DATA, or run as the user who made this one",
    )


class DataFolderForeign(Refusal):
    """The data folder holds something that Holdfast did not put there."""

    code = "data_folder_foreign"
    sort = Sort.CONFLICT
    what = Text(
        "文件夹中有 {found}，不属于内置的 Holdfast 服务器",
        "the folder holds {found}, which is not of an embedded Holdfast server",
    )
    fix = Text(
        "请用 --data DIR 或 HOLDFAST_DATA 给出空的或新的文件夹",
        "Give an empty or a new folder with --data DIR or HOLDFAST_DATA",
    )


class DataFolderOtherVersion(Refusal):
    """The data folder was made by another major version of PostgreSQL."""

    code = "data_folder_other_version"
    sort = Sort.UNMET
    what = Text(
        "数据属于 PostgreSQL {found}，此版 Holdfast 自带 {brought}",
        "the data is of PostgreSQL {found}, and this Holdfast brings {brought}",
    )
    fix = Text(
        (
            "请用建库的 Holdfast 运行 `holdfast db backup FILE`，再用此版运行 `holdfast db restore FILE "
            "--data NEW`"
        ),
        (
            "Run `holdfast db backup FILE` with the Holdfast that made it, "
            "then `holdfast db restore FILE --data NEW` with this one"
        ),
    )


class ServerAccountMissing(Refusal):
    """PostgreSQL refuses to run as root, and the account it would run as cannot be made."""

    code = "server_account_missing"
    sort = Sort.FORBIDDEN
    what = Text(
        "PostgreSQL 不能以 root 运行，而账户 {account} 无法建立：{reason}",
        "PostgreSQL does not run as root, and the account {account} could not be made: {reason}",
    )
    fix = Text(
        "请建立系统账户 {account}，或以普通用户运行 Holdfast",
        "Create the system account {account}, or run Holdfast as an ordinary user",
    )


class SocketFolderUnsafe(Refusal):
    """The short folder for the socket is open to somebody else."""

    code = "socket_folder_unsafe"
    sort = Sort.FORBIDDEN
    what = Text(
        "此文件夹不是服务器账户私有的，他人可以冒充数据库",
        "the folder is not private to the server's account, so others could pose as the database",
    )
    fix = Text(
        "请删除它，或用 --data DIR 给出路径更短、更简单的数据文件夹",
        "Remove it, or give a data folder with a shorter, plain path by --data DIR",
    )


class FileExists(Refusal):
    """A backup never overwrites."""

    code = "file_exists"
    sort = Sort.CONFLICT
    what = Text("文件已存在{hint}", "the file is there already{hint}")
    fix = Text("请换一个名称，或先删除它", "Give another name, or remove it first")


class FileUnusable(Refusal):
    """A backup's file cannot be read or written."""

    code = "file_unusable"
    sort = Sort.FORBIDDEN
    what = Text("文件不能使用：{reason}", "the file cannot be used: {reason}")
    fix = Text("请检查路径、权限和剩余空间", "Check the path, the rights and the space left")


class BackupFailed(Refusal):
    """PostgreSQL could not write the backup."""

    code = "backup_failed"
    sort = Sort.TROUBLE
    what = Text("备份没有完成：{reason}", "the backup was not made: {reason}")
    fix = Text("请排除原因后再运行；没有留下文件", "Mend the cause and run it again; no file was left")


class BackupDamaged(Refusal):
    """The file is not a whole backup."""

    code = "backup_damaged"
    sort = Sort.BROKEN
    what = Text(
        "文件不是完整的 Holdfast 备份：{reason}", "the file is not a whole backup of Holdfast: {reason}"
    )
    fix = Text("什么也没有动；请恢复另一份副本", "Nothing was touched; restore another copy")


class BackupAhead(Refusal):
    """The backup is of a newer schema or server than what is here."""

    code = "backup_ahead"
    sort = Sort.UNMET
    what = Text(
        "备份的{part}（{found}）比此处的（{here}）新",
        "the backup is of a newer {part} ({found}) than what is here ({here})",
    )
    fix = Text("什么也没有动；请先安装更新的{part}", "Nothing was touched; install the newer {part} first")


class DatabaseNotEmpty(Refusal):
    """A restore would replace data."""

    code = "database_not_empty"
    sort = Sort.CONFLICT
    what = Text("数据库中有数据（{tables}）", "the database holds data ({tables})")
    fix = Text(
        "请先备份，再用 --replace 以备份取代",
        "Back it up, then give --replace to put the backup in its place",
    )


class DatabaseInUse(Refusal):
    """Somebody else is connected to a database that is to be replaced."""

    code = "database_in_use"
    sort = Sort.BUSY
    what = Text(
        "另有 {sessions} 个会话在使用数据库：{names}", "{sessions} other session(s) use the database: {names}"
    )
    fix = Text(
        "请停止 Holdfast 的服务和其他连接，再恢复；数据保持原样",
        "Stop Holdfast's services and whoever else is connected, then restore again; the data is as it was",
    )


class LeftoverDatabase(Refusal):
    """An interrupted restore, or somebody else, left a database under the name that a restore needs."""

    code = "leftover_database"
    sort = Sort.CONFLICT
    what = Text(
        "服务器上已有数据库 {name}，可能是中断的恢复留下的",
        "the server already has a database {name}, which an interrupted restore may have left",
    )
    fix = Text(
        '请先查看，再删除：DROP DATABASE "{name}"', 'Look into it, then remove it: DROP DATABASE "{name}"'
    )


class RestoreFailed(Refusal):
    """The restore did not come to its end; the database is as it was."""

    code = "restore_failed"
    sort = Sort.TROUBLE
    what = Text("恢复失败：{reason}", "the restore failed: {reason}")
    fix = Text(
        "数据库保持原样；请排除原因后再恢复", "The database is as it was; mend the cause and restore again"
    )


class ProgramMissing(Refusal):
    """No pg_dump or pg_restore fits the server."""

    code = "program_missing"
    sort = Sort.UNMET
    what = Text("此处没有 PostgreSQL {major} 的 {program}", "no {program} of PostgreSQL {major} is here")
    fix = Text(
        "请安装 PostgreSQL {major} 的客户端程序，并加入 PATH",
        "Install the client programs of PostgreSQL {major} and put them on PATH",
    )
