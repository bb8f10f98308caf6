# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The trained reader as one small file: layers and heads, matrices in 8 bits, without the word embeddings.

An array file of NumPy without pickles. Matrices are rounded row by row to 255 levels, the rest is float32. Word embeddings and the
vocabulary come from the weights of the encoder that it was trained from, which are checked by their sizes. It knows nothing of how
it was trained.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wazi.errors import MissingPart

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = "wazi-reader-1"
LEVELS = 127
SCALE = ":scale"


@dataclass(frozen=True, slots=True)
class Trained:
    """Layers and heads in float32. Tensors have the names of those in the encoder's file, heads begin with `head.`"""

    hidden: int
    layers: int
    heads: int
    epsilon: float
    tensors: Mapping[str, NDArray[np.float32]]
    card: Mapping[str, Any]
    """What is known of the training."""

    def matrix(self, name: str) -> NDArray[np.float32]:
        """A matrix, shape (out, in)."""
        return self.tensors[name]


def write(trained: Trained, file: Path) -> None:
    """Write the file; one that is there is replaced at once."""
    arrays: dict[str, NDArray[Any]] = {}
    for name, tensor in trained.tensors.items():
        if tensor.ndim == 2 and tensor.shape[0] > 2:
            scale = np.abs(tensor).max(axis=1, keepdims=True).clip(1e-12) / LEVELS
            arrays[name] = np.round(tensor / scale).astype(np.int8)
            arrays[name + SCALE] = scale.astype(np.float32)
        else:
            arrays[name] = tensor.astype(np.float32)
    sizes = {"hidden": trained.hidden, "layers": trained.layers, "heads": trained.heads, "epsilon": trained.epsilon}
    about = json.dumps({"format": FORMAT, **sizes, "card": dict(trained.card)}, ensure_ascii=False)
    temporary = file.with_suffix(".part.npz")
    np.savez_compressed(temporary, allow_pickle=False, about=np.frombuffer(about.encode(), np.uint8), **arrays)
    temporary.replace(file)


def read(file: Path) -> Trained:
    """Read the file. Raises MissingPart when it is not one."""
    try:
        with np.load(file, allow_pickle=False) as stored:
            about = json.loads(stored["about"].tobytes())
            if about["format"] != FORMAT:
                raise ValueError(f"format {about['format']!r}")
            plain = [name for name in stored.files if name != "about" and not name.endswith(SCALE)]
            tensors = {name: _restored(stored, name) for name in plain}
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise MissingPart(f"{file} is not a trained reader ({error}): train one with `wazi tune reader`") from error
    return Trained(about["hidden"], about["layers"], about["heads"], about["epsilon"], tensors, about["card"])


def _restored(stored: Mapping[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    scale = stored.get(name + SCALE)
    tensor: NDArray[np.float32] = stored[name].astype(np.float32)
    return tensor if scale is None else tensor * scale
