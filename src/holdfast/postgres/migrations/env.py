"""Run by Alembic for each migration, on the connection that `holdfast.postgres.migrate` hands in."""

from alembic import context

from holdfast.postgres.revisions import VERSION_TABLE

_given = context.config.attributes

context.configure(
    connection=_given["connection"],
    version_table=VERSION_TABLE,
    version_table_schema=_given["schema"],
    transaction_per_migration=True,
    on_version_apply=_given["on_version_apply"],
)
with context.begin_transaction():
    context.run_migrations()
