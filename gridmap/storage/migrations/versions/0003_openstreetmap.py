"""Places and streets keep their tags, and know what a later import may change."""

import sqlalchemy as sa
from alembic import op

from gridmap.model import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in ("category", "street"):
        op.add_column("places", sa.Column(column, sa.Text(), nullable=True))
    for table in ("places", "streets"):
        op.add_column(table, sa.Column("tags", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("digest", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("edited_at", UtcDateTime(), nullable=True))
        op.add_column(table, sa.Column("edited_by", sa.Text(), nullable=True))
        op.create_index(f"ix_{table}_source_source_id", table, ["source", "source_id"])
    op.create_index("ix_places_category", "places", ["category"])
