# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The ways in over HTTP: `app` (the API and what binds it together) and `web` (server-rendered pages)."""
