"""Alembic's entry: runs on the connection that `storage.schema` hands in."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

__all__ = ["storage"]
