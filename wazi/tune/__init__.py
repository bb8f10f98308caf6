# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What an office can teach the house from its own texts: a lexicon between two of its languages, and a reader.

`words` learns the lexicon; `reader` is the path of the reader: curate → split → train → evaluate. Nothing here is needed to
answer questions; the reader's training needs the extra `train`, the lexicon's does not.
"""

from wazi.tune.words import LEAST_PAIRS, learn_lexicon, lexicon

__all__ = ["LEAST_PAIRS", "learn_lexicon", "lexicon"]
