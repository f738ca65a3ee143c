"""Alembic's door: runs the scripts on the connection that `storage.engine` hands over."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
