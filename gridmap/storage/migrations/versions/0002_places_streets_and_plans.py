"""Room for places, circles, streets, bays and sheds."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from gridmap.model import SRID, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("geometry", Geometry("GEOMETRY", srid=SRID), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["places.id"], name="fk_places_parent_id_places"),
        sa.PrimaryKeyConstraint("id", name="pk_places"),
    )
    op.create_index("ix_places_kind", "places", ["kind"])
    op.create_table(
        "circles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("walker", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Float(), nullable=False),
        sa.Column("network_version", sa.Integer(), nullable=False),
        sa.Column("computed_at", UtcDateTime(), nullable=False),
        sa.Column("geometry", Geometry("MULTIPOLYGON", srid=SRID), nullable=True),
        sa.ForeignKeyConstraint(["place_id"], ["places.id"], name="fk_circles_place_id_places"),
        sa.PrimaryKeyConstraint("id", name="pk_circles"),
    )
    op.create_index("ix_circles_place_id", "circles", ["place_id"])
    op.create_table(
        "streets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("street_class", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("geometry", Geometry("LINESTRING", srid=SRID), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_streets"),
    )
    op.create_table(
        "bays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("geometry", Geometry("POLYGON", srid=SRID), nullable=True),
        sa.CheckConstraint("status IN ('existing', 'proposed', 'removed')", name="ck_bays_status"),
        sa.PrimaryKeyConstraint("id", name="pk_bays"),
    )
    op.create_table(
        "sheds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("chargers", sa.Integer(), nullable=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("geometry", Geometry("POLYGON", srid=SRID), nullable=True),
        sa.CheckConstraint("status IN ('existing', 'proposed', 'removed')", name="ck_sheds_status"),
        sa.PrimaryKeyConstraint("id", name="pk_sheds"),
    )
