# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""wazi answers the public's questions from a public body's own documents, with quotes that can be checked."""

__version__ = "0.1.0"
