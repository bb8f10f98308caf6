# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The mean of readers: its weights, its card, and what cannot be averaged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toy_reader import untrained

from wazi.cli import main
from wazi.errors import InputError
from wazi.models import reader_file
from wazi.tune.mean import averaged


def written(folder: Path, seed: int, **card: object) -> Path:
    file = folder / f"{seed}.npz"
    reader_file.write(replace(untrained(seed), card={"base": "toy", "data": {"rows": 3}, "seen": seed, **card}), file)
    return file


def test_every_weight_is_the_mean_and_the_card_names_the_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [written(tmp_path, 1, odds={"bias": 1}), written(tmp_path, 2)]
    out = tmp_path / "mean.npz"
    assert main(["tune", "mean", *map(str, files), "--out", str(out)]) == 0
    assert str(out) in capsys.readouterr().out
    made, parts = reader_file.read(out), [reader_file.read(file) for file in files]
    for name, tensor in made.tensors.items():
        both = [part.tensors[name] for part in parts]
        step = np.abs(np.mean(both, axis=0)).max() / reader_file.LEVELS
        np.testing.assert_allclose(tensor, np.mean(both, axis=0), atol=step)
    assert made.card["base"] == "toy"
    assert made.card["data"] == {"rows": 3}
    assert [run["seen"] for run in made.card["mean_of"]] == [1, 2]
    assert "odds" not in made.card, "weighed for one reader, they say nothing of the mean"


def test_one_reader_or_readers_of_two_encoders_have_no_mean(tmp_path: Path) -> None:
    one = written(tmp_path, 1)
    with pytest.raises(InputError, match="two readers"):
        averaged([one])
    other = untrained(2)
    small = tmp_path / "other.npz"
    tensors = {name: tensor[:1] for name, tensor in other.tensors.items()}
    reader_file.write(replace(other, tensors=tensors), small)
    with pytest.raises(InputError, match="one encoder"):
        averaged([one, small])


def test_a_file_that_is_no_reader_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.npz"
    wrong.write_bytes(written(tmp_path, 1).read_bytes()[:500])
    assert main(["tune", "mean", str(wrong), str(wrong), "--out", str(tmp_path / "out.npz")]) == 2
    assert str(wrong) in capsys.readouterr().err
    assert not (tmp_path / "out.npz").exists()
