"""Applying revisions by Alembic, which is imported only where some are missing: that takes long."""

import threading
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationInfo
from psycopg import errors, sql
from sqlalchemy.exc import OperationalError

from holdfast.kernel.text import Text
from holdfast.postgres.connection import connect, readable
from holdfast.postgres.refusals import MigrationBlocked
from holdfast.postgres.revisions import MIGRATIONS

_LOCK_SECONDS = 5

_ALEMBIC = threading.Lock()
"""Alembic keeps the running migration in a global of its module: one at a time in a process."""


def apply(url: str, schema: str | None, versions: Path) -> list[str]:
    """Apply the revisions that are missing, each in its own transaction, and return them in order.

    Raises:
        MigrationBlocked: a lock was not to be had; the steps before stay.
        ServerUnreachable, ServerTooOld: see `connection.connect`.
    """
    applied: list[str] = []

    def note(step: MigrationInfo, **_rest: object) -> None:
        applied.extend(step.up_revision_ids)

    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: _worker(url, schema), poolclass=sa.NullPool
    )
    with _ALEMBIC, engine.connect() as connection:
        config = Config(attributes={"connection": connection, "schema": schema, "on_version_apply": note})
        # A percent sign begins an interpolation in Alembic's configuration.
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.set_main_option("version_locations", str(versions).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        try:
            # Each revision and its new number commit together: a process that ends in between leaves a
            # database that is whole, at the revision before, and the next run goes on from there. None is
            # ever taken back: an older code refuses a newer schema (`SchemaAhead`).
            command.upgrade(config, "head")
        except OperationalError as error:
            if not isinstance(error.orig, errors.LockNotAvailable):
                raise
            raise MigrationBlocked(
                readable(url), seconds=_LOCK_SECONDS, awaited=Text("锁", "a lock")
            ) from error
    return applied


def _worker(url: str, schema: str | None) -> psycopg.Connection:
    connection = connect(url)
    connection.execute(f"SET lock_timeout = '{_LOCK_SECONDS}s'".encode())
    if schema is not None:
        connection.execute(sql.SQL("SET search_path TO {}").format(sql.Identifier(schema)))
    connection.autocommit = False
    return connection
