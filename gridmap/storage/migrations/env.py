"""Alembic's entry: run the versions on the connection that `gridmap.storage.migrate` hands over."""

from alembic import context

from gridmap.model import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
