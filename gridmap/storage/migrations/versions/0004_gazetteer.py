"""Places know their code and their time; other names of places, and what people confirmed."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from gridmap.model import SRID, UtcDateTime
from gridmap.storage.migrations.triggers import raise_revision

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for column in ("code", "unit_code"):
        op.add_column("places", sa.Column(column, sa.Text(), nullable=True))
    for column in ("valid_from", "valid_to"):
        op.add_column("places", sa.Column(column, UtcDateTime(), nullable=True))
    op.create_index("ix_places_code", "places", ["code"])
    op.create_index("ix_places_parent_id", "places", ["parent_id"])
    op.create_table(
        "aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", UtcDateTime(), nullable=True),
        sa.Column("valid_to", UtcDateTime(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('nickname', 'old name', 'short name')", name="ck_aliases_kind"
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="ck_aliases_valid"),
        sa.PrimaryKeyConstraint("id", name="pk_aliases"),
    )
    op.create_index("ix_aliases_entry", "aliases", ["entry"])
    op.create_index("ix_aliases_source", "aliases", ["source"])
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("method_before", sa.Text(), nullable=False),
        sa.Column("confidence_before", sa.Float(), nullable=False),
        sa.Column("entry_before", sa.Text(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("geometry", Geometry("POINT", srid=SRID), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_index("ix_corrections_entry", "corrections", ["entry"])
    for table in ("places", "streets", "aliases", "corrections"):
        raise_revision(table, "gazetteer")
