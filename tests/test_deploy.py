# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What an administrator installs from: the signed bundle, the unit, the container files."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_offline import WITHOUT_NETWORK, can_unshare

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
BUNDLE = DEPLOY / "bundle.py"

needs_keygen = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="ssh-keygen is not installed")


def run(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)


def new_key(folder: Path, name: str) -> tuple[Path, Path]:
    """A private key, and a file of signers that trusts it."""
    key = folder / name
    assert run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key).returncode == 0
    signers = folder / f"{name}.signers"
    signers.write_text("wazi-bundle " + key.with_suffix(".pub").read_text(encoding="utf-8"), encoding="utf-8")
    return key, signers


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    """A bundle of one small wheel, and the file of signers to check it with."""
    key, signers = new_key(tmp_path, "office")
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "one-1-py3-none-any.whl").write_bytes(b"PK")
    done = run(sys.executable, BUNDLE, "make", tmp_path / "out", "--key", key, "--wheels", tmp_path / "wheels")
    assert done.returncode == 0, done.stderr
    return tmp_path / "out", signers


def change(bundle: Path) -> None:
    wheel = bundle / "wheels" / "one-1-py3-none-any.whl"
    wheel.write_bytes(b"PL")


def change_list(bundle: Path) -> None:
    sums = bundle / "SHA256SUMS"
    sums.write_text(sums.read_text(encoding="utf-8").replace("a", "b", 1), encoding="utf-8")


def link(bundle: Path) -> None:
    wheel = bundle / "wheels" / "one-1-py3-none-any.whl"
    shutil.move(wheel, bundle.parent / "elsewhere")
    wheel.symlink_to(bundle.parent / "elsewhere")


WRONG: dict[str, tuple[Callable[[Path], object], str]] = {
    "a changed byte": (change, "one-1-py3-none-any.whl is not as it was signed"),
    "a changed list": (change_list, "the signature is not accepted"),
    "a missing file": (lambda bundle: (bundle / "install.sh").unlink(), "install.sh is missing"),
    "an added file": (
        lambda bundle: (bundle / "wheels" / "two.whl").touch(),
        "wheels/two.whl is not in the signed list",
    ),
    "a link": (link, "one-1-py3-none-any.whl is a link"),
    "no signature": (lambda bundle: (bundle / "SHA256SUMS.sig").unlink(), "there is no"),
}


@needs_keygen
def test_a_bundle_as_it_was_signed_is_accepted(made: tuple[Path, Path]) -> None:
    bundle, signers = made
    done = run(sys.executable, "-I", "-B", bundle / "bundle.py", "check", bundle, "--signers", signers)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"\d+ files, all as they were signed", done.stdout)


@needs_keygen
@pytest.mark.parametrize("wrong", WRONG)
def test_a_bundle_that_is_not_is_refused_with_one_line(made: tuple[Path, Path], wrong: str) -> None:
    bundle, signers = made
    spoil, words = WRONG[wrong]
    spoil(bundle)
    done = run(sys.executable, BUNDLE, "check", bundle, "--signers", signers)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


@needs_keygen
def test_a_key_that_is_not_trusted_and_another_purpose_are_refused(made: tuple[Path, Path], tmp_path: Path) -> None:
    bundle, signers = made
    _, strangers = new_key(tmp_path, "stranger")
    done = run(sys.executable, BUNDLE, "check", bundle, "--signers", strangers)
    assert (done.returncode, "the signature is not accepted" in done.stderr) == (2, True)
    (bundle / "SHA256SUMS.sig").unlink()
    assert (
        run("ssh-keygen", "-Y", "sign", "-q", "-f", tmp_path / "office", "-n", "file", bundle / "SHA256SUMS").returncode
        == 0
    )
    assert run(sys.executable, BUNDLE, "check", bundle, "--signers", signers).returncode == 2


@needs_keygen
def test_the_install_script_stops_before_it_writes_when_the_bundle_is_wrong(
    made: tuple[Path, Path], tmp_path: Path
) -> None:
    bundle, signers = made
    change(bundle)
    done = run("sh", bundle / "install.sh", signers, tmp_path / "target")
    assert done.returncode == 2
    assert not (tmp_path / "target").exists()


def test_a_bundle_is_not_made_into_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "old").touch()
    done = run(sys.executable, BUNDLE, "make", tmp_path, "--key", tmp_path / "key")
    assert (done.returncode, "is not empty" in done.stderr) == (2, True)


@pytest.mark.slow
@pytest.mark.real
@needs_keygen
@pytest.mark.skipif(not can_unshare(), reason="no network namespace can be made here")
def test_a_bundle_installs_and_answers_with_the_network_cut(tmp_path: Path) -> None:
    """A fresh folder, a fresh virtual environment, no network from the first command on; BUNDLE_WHEELS saves gathering."""
    key, signers = new_key(tmp_path, "office")
    gathered = ["--wheels", os.environ["BUNDLE_WHEELS"]] if "BUNDLE_WHEELS" in os.environ else []
    done = run(sys.executable, BUNDLE, "make", tmp_path / "out", "--key", key, *gathered)
    assert done.returncode == 0, done.stderr
    target, home = tmp_path / "target", tmp_path / "home"
    clean = ["env", "-i", f"PATH={os.environ['PATH']}", f"PYTHON={sys.executable}", f"WAZI_MODELS={target}/models"]
    cut = [*WITHOUT_NETWORK, *clean, f"HOME={tmp_path}"]
    done = run(*cut, "sh", tmp_path / "out" / "install.sh", signers, target)
    assert done.returncode == 0, done.stderr
    wazi = target / "venv" / "bin" / "wazi"
    done = run(*cut, wazi, "ingest", target / "samples" / "faq.md", "--home", home, "--json")
    assert done.returncode == 0, done.stderr
    done = run(*cut, wazi, "ask", "Who may collect a birth certificate for an adult?", "--home", home, "--json")
    answer = json.loads(done.stdout)
    assert answer["outcome"] == "answered"
    assert answer["claims"][0]["quotes"][0]["text"]


def test_the_unit_is_as_closed_as_the_document_says() -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    done = run("systemd-analyze", "security", "--offline=true", "--no-pager", DEPLOY / "wazi.service")
    if "xposure level" not in done.stdout:
        pytest.skip(f"systemd-analyze cannot judge a file here: {done.stderr.strip()[:80]}")
    level = re.search(r"exposure level for wazi.service: ([\d.]+)", done.stdout)
    assert level
    assert float(level[1]) <= 1.5


def test_the_container_files_run_without_root_and_write_only_to_the_volume() -> None:
    container, compose = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("Containerfile", "compose.yaml"))
    assert re.search(r"^USER 10001:10001$", container, re.MULTILINE)
    for line in (
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        '"127.0.0.1:8080:8080"',
    ):
        assert line in compose
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", container, re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []
