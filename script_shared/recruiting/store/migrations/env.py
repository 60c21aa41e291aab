"""Runs migrations on the connection that ``upgrade`` gives."""

from alembic import context

from script_shared.recruiting.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table="recruiting_migrations",
)
with context.begin_transaction():
    context.run_migrations()
