# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""How the tables came to be, one file a step, applied in order by Alembic; a step that was released is never changed.

Alembic reads the files from this folder; nothing else imports them. It does not know which database is underneath.
"""
