# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What an office's staff said about answers -> reviewed facts -> a licensed data set that `wazi tune reader` learns from.

    [Feedback] -> facts -> [Example] <- synthetic <- headings, questions and language versions of what is held
    [Example] -> clean (rights, personal data, copies, test items) -> write (rows, card, Croissant)

Only documents that everybody may read go in, unless other labels are named. No model is used. It trains nothing.
"""
