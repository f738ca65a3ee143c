"""An index for which pages have a footer."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_index("page_footer", "page", ["footer"], unique=False)
