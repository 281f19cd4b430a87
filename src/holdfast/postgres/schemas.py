"""Schemas of long jobs, one for each: a mutex by the job's name, its leftovers, and dropping it."""

from typing import Any

import psycopg
from psycopg import sql

from holdfast.postgres.compatibility import SchemaState, schema_state


def take_turn(connection: psycopg.Connection[Any], job: str) -> bool:
    """Try to take the mutex of a job's name for this session; return False where another process holds it."""
    query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
    return connection.execute(query, (job,)).fetchone() == (True,)


def end_turn(connection: psycopg.Connection[Any], job: str) -> None:
    """Give back the mutex of a job's name: a closed session has it until the server sees that."""
    connection.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (job,))


def was_broken_off(connection: psycopg.Connection[Any], schema: str, timeline: str) -> bool:
    """Tell whether a timeline of this name was begun in the schema and not played to its end."""
    if schema_state(connection, schema) is not SchemaState.CURRENT:
        return False
    query = sql.SQL("SELECT done FROM {}.progress WHERE id = %s").format(sql.Identifier(schema))
    found = connection.execute(query, (timeline,)).fetchone()
    return found is not None and not found[0]


def drop(connection: psycopg.Connection[Any], schema: str) -> None:
    """Drop a schema with all that is in it, where there is one."""
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
