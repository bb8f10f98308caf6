# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The first tables: people, groups, keys, sessions, wrong tries, feedback, cards, unanswered questions, row labels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

MOMENT = sa.DateTime(timezone=True)
ID = sa.String(32)
NAME = sa.String(200)
HASH = sa.String(64)


def upgrade() -> None:
    """Create them."""
    _people()
    _ways_in()
    _office()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", ID, primary_key=True),
        sa.Column("name", NAME, nullable=False, unique=True),
        sa.Column("issuer", sa.String(500)),
        sa.Column("subject", sa.String(500)),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("password", sa.String(500)),
        sa.Column("totp", sa.String(64)),
        sa.Column("totp_step", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_table(
        "person_labels",
        sa.Column("person", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("label", NAME, primary_key=True),
    )
    op.create_table(
        "person_groups",
        sa.Column("person", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("name", NAME, primary_key=True),
    )
    op.create_table(
        "group_labels",
        sa.Column("name", NAME, primary_key=True),
        sa.Column("label", NAME, primary_key=True),
    )


def _ways_in() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("secret", HASH, nullable=False),
        sa.Column("owner", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("note", NAME, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("labels", sa.JSON, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
        sa.Column("revoked", MOMENT),
    )
    op.create_table(
        "sessions",
        sa.Column("token", HASH, primary_key=True),
        sa.Column("person", ID, sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("used", MOMENT, nullable=False),
        sa.Column("expires", MOMENT, nullable=False),
    )
    op.create_table(
        "tries",
        sa.Column("name", HASH, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )


def _office() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", ID, primary_key=True),
        sa.Column("answer", sa.String(32), nullable=False, index=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(10), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("better_document", sa.String(64)),
        sa.Column("better_start", sa.Integer),
        sa.Column("better_end", sa.Integer),
        sa.Column("corrected", sa.Text),
        sa.Column("by", NAME),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("status", sa.String(10), nullable=False, index=True),
        sa.Column("reviewed_by", NAME),
    )
    op.create_table(
        "cards",
        sa.Column("id", ID, primary_key=True),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("key", HASH, nullable=False, index=True),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("quotes", sa.JSON, nullable=False),
        sa.Column("reviewed_by", NAME, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("expires", sa.Date, nullable=False),
    )
    op.create_table(
        "unanswered",
        sa.Column("id", ID, primary_key=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("language", sa.String(20), nullable=False),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("at", MOMENT, nullable=False, index=True),
        sa.Column("closed_by", NAME),
    )
    op.create_table(
        "row_labels",
        sa.Column("row", ID, primary_key=True),
        sa.Column("label", NAME, primary_key=True),
    )
