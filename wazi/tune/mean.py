# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""One reader whose weights are the mean of several: runs that began alike average into one that keeps what each learned.

Wortsman et al. 2022 ("Model soups"). The signals of the mean are to be weighed anew (`wazi tune odds`); it measures nothing.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wazi.errors import InputError
from wazi.models import reader_file
from wazi.models.reader import LEAD, ODDS

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.models.reader_file import Trained

NOT_SHARED = (ODDS, LEAD, "seen", "seconds", "joules", "dev", "plan", "start")
"""What a card tells of one run alone."""


def mean(options: argparse.Namespace, terminal: Terminal) -> int:
    """`wazi tune mean`. Raises InputError, MissingPart."""
    files = [Path(file) for file in options.readers]
    made = averaged(files)
    out = Path(options.out)
    try:
        reader_file.write(made, out)
    except OSError as error:
        raise InputError(f"cannot write {out}: {error.strerror}: choose another --out") from error
    terminal.result({"file": str(out), "bytes": out.stat().st_size, "mean_of": made.card["mean_of"]})
    terminal.line(f"{out}: the mean of {len(files)} readers; weigh its signals: wazi tune odds {out} RECIPE --data DIR")
    return 0


def averaged(files: list[Path]) -> Trained:
    """The mean of the tensors, with a card that names the files by digest and run. Raises InputError, MissingPart."""
    if len(files) < 2:
        raise InputError("a mean takes two readers or more: name another reader.npz")
    read = [reader_file.read(file) for file in files]
    first = read[0]
    shapes = {name: tensor.shape for name, tensor in first.tensors.items()}
    for file, other in zip(files, read, strict=True):
        if {name: tensor.shape for name, tensor in other.tensors.items()} != shapes:
            raise InputError(f"{file} has other tensors than {files[0]}: give readers of one encoder")
    tensors = {name: np.mean([other.tensors[name] for other in read], axis=0) for name in shapes}
    runs = [
        {
            "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
            **{k: v for k, v in other.card.items() if k != "data"},
        }
        for file, other in zip(files, read, strict=True)
    ]
    shared = {name: value for name, value in first.card.items() if name not in NOT_SHARED}
    return replace(first, tensors=tensors, card={**shared, "mean_of": runs})
