"""The refusals of connections, the schema and migrations."""

from holdfast.kernel.refusal import Refusal
from holdfast.kernel.sorts import Sort
from holdfast.kernel.text import Text


class BadDatabaseUrl(Refusal):
    """The address of the database cannot be read."""

    code = "bad_database_url"
    sort = Sort.MALFORMED
    what = Text(
        "这不是 PostgreSQL 数据库的地址：{reason}", "this is no address of a PostgreSQL database: {reason}"
    )
    fix = Text(
        "请写作 postgresql://user:password@host:5432/database，密码中的 @ / # 写成 %40 %2F %23",
        "Write it as postgresql://user:password@host:5432/database, with @ / # of a password as %40 %2F %23",
    )


class ServerUnreachable(Refusal):
    """No answer, or no entry, at the database's address."""

    code = "server_unreachable"
    sort = Sort.UNAVAILABLE
    what = Text("连不上 PostgreSQL：{reason}", "PostgreSQL did not let us in: {reason}")
    fix = Text(
        "请确认服务器在运行，并核对地址中的主机、端口、用户、密码和数据库",
        "Check that the server runs, and the host, port, user, password and database of the address",
    )


class DiskFull(Refusal):
    """The database's server has no room left."""

    code = "disk_full"
    sort = Sort.UNAVAILABLE
    what = Text("数据库服务器空间已满：{reason}", "the database's server has no room: {reason}")
    fix = Text(
        "请在其数据所在处腾出或增加空间，然后原样重发",
        "Free space where the server keeps its data, or give it more; then send the same again",
    )


class ServerTooOld(Refusal):
    """The server is older than the oldest version that Holdfast works with."""

    code = "server_too_old"
    sort = Sort.UNMET
    what = Text(
        "此服务器是 PostgreSQL {found}，Holdfast 需要 {needed} 或更新",
        "this server is PostgreSQL {found}, and Holdfast needs {needed} or newer",
    )
    fix = Text(
        "请升级服务器，或不设 HOLDFAST_DATABASE_URL 而用内置服务器",
        "Upgrade the server, or leave HOLDFAST_DATABASE_URL unset to use the embedded one",
    )


class DatabaseEmpty(Refusal):
    """There is no schema in the database yet."""

    code = "database_empty"
    sort = Sort.UNMET
    what = Text("此数据库是空的", "this database is empty")
    fix = Text(
        "请运行：holdfast db migrate；写了 --schema 的，请核对名称",
        "Run: holdfast db migrate; where you named a --schema, check its name",
    )


class DatabaseForeign(Refusal):
    """The database belongs to another application."""

    code = "database_foreign"
    sort = Sort.CONFLICT
    what = Text(
        "这不是 Holdfast 的数据库：其中有 {tables}，而没有表 {version_table}",
        "this is not a Holdfast database: it holds {tables} and no table {version_table}",
    )
    fix = Text(
        "请指向正确的数据库，或为 Holdfast 新建一个空库",
        "Point to the right database, or create an empty one for Holdfast",
    )


class SchemaBehind(Refusal):
    """The database's schema is older than the code."""

    code = "schema_behind"
    sort = Sort.UNMET
    what = Text(
        "数据库结构为 {found}，此版 Holdfast 使用 {head}",
        "the database's schema is {found}, and this Holdfast works with {head}",
    )
    fix = Text(
        "请运行：holdfast db migrate；写过 --schema 的请一并写上",
        "Run: holdfast db migrate, with --schema where you named one",
    )


class SchemaAhead(Refusal):
    """The database's schema is newer than the code."""

    code = "schema_ahead"
    sort = Sort.UNMET
    what = Text(
        "此数据库由更新的 Holdfast 迁移过：结构为 {found}，此版只认到 {head}",
        "this database was migrated by a newer Holdfast: its schema is {found}, this one knows up to {head}",
    )
    fix = Text(
        "请安装更新的 Holdfast；数据库结构不回退", "Install the newer Holdfast; a schema is not taken back"
    )


class SchemaUnlanded(Refusal):
    """The database was made by a revision that was changed afterwards, before the first release."""

    code = "schema_unlanded"
    sort = Sort.UNMET
    what = Text(
        "此数据库由修订 {was} 建立，此后没有修订由它延续",
        "this database was made by revision {was}, and no revision since leads on from there",
    )
    fix = Text(
        "什么也没有改。请用建库的 Holdfast 保留查阅，另建新库：在那里重放历史，或重新登记商家",
        (
            "Nothing was changed. Keep it for reading with the Holdfast that made it, and begin in a new "
            "database: replay its history there, or register its merchants anew"
        ),
    )


class MigrationBlocked(Refusal):
    """A migration waited too long for a lock and was taken back."""

    code = "migration_blocked"
    sort = Sort.UNAVAILABLE
    what = Text(
        "迁移等待 {awaited} 达 {seconds} 秒，已撤回",
        "the migration waited {seconds} s for {awaited} and was taken back",
    )
    fix = Text(
        "此步什么也没有改；请结束长事务（pg_stat_activity）后再迁移",
        "Nothing of this step was changed; end the long transactions (pg_stat_activity) and migrate again",
    )
