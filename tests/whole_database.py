"""The whole of a database: every row with its place and the transaction that wrote it, and every sequence."""

from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
_ROWS = """
SELECT {name}, count(*),
    md5(string_agg(concat(ctid, ' ', xmin, ' ', one), ',' ORDER BY ctid))
FROM {table} one
"""
_SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"


def everything(url: str) -> list[tuple[Any, ...]]:
    """Return what differs as soon as anything was written, were it only written again as it was."""
    with psycopg.connect(url) as connection:
        names = [name for (name,) in connection.execute(_TABLES)]
        each = [sql.SQL(_ROWS).format(name=name, table=sql.Identifier(name)) for name in names]
        rows = connection.execute(sql.SQL(" UNION ALL ").join(each)).fetchall()
        return sorted(rows) + connection.execute(_SEQUENCES).fetchall()
