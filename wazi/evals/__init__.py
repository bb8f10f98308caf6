# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Scores on folders of questions with known answers: metrics, stats, run. Loaders read, never copy."""
