# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A signed folder from which wazi is installed where there is no network: wheels, models, samples and an install script.

`python deploy/bundle.py make OUT --key KEY` on a computer with a network, of the platform and Python that the bundle is for;
`python3 deploy/bundle.py check OUT --signers FILE` anywhere, with the standard library alone. Signed by `ssh-keygen -Y`,
because OpenSSH is on every Linux and macOS already: what checks a bundle must not come out of it. It does not know whose key
is to be trusted: the file of signers travels by another way than the bundle.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SUMS, SIGNATURE = "SHA256SUMS", "SHA256SUMS.sig"
UNLISTED = {SUMS, SIGNATURE}
NAMESPACE = "wazi-bundle"
"""What the signature is for: one made for another purpose does not count."""
IDENTITY = "wazi-bundle"
"""Who signs, as the file of signers names the key."""

LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


class BundleError(Exception):
    """The bundle cannot be made or is not what was signed; one line: what, the value, what to do."""


def digest(path: Path) -> str:
    """The sha256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def files(bundle: Path) -> list[str]:
    """Every file of the bundle but the two that the list itself is, relative and sorted. Raises BundleError for links."""
    found = []
    for path in bundle.rglob("*"):
        name = path.relative_to(bundle).as_posix()
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise BundleError(f"{name} is a link or a device: a bundle has plain files only; get it again")
        if path.is_file() and name not in UNLISTED:
            found.append(name)
    return sorted(found)


def sign(bundle: Path, key: Path) -> None:
    """Write the list of all files with their sha256, and its signature by the private key. Raises BundleError."""
    sums, signature = bundle / SUMS, bundle / SIGNATURE
    sums.write_text("".join(f"{digest(bundle / name)}  {name}\n" for name in files(bundle)), encoding="utf-8")
    signature.unlink(missing_ok=True)
    _keygen("-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE, str(sums))


def check(bundle: Path, signers: Path) -> int:
    """The number of files, all as they were signed by a key of `signers` (ssh-keygen(1), ALLOWED SIGNERS).

    Raises BundleError for a wrong key, and for a file that is changed, missing or added.
    """
    for needed in (bundle / SUMS, bundle / SIGNATURE, signers):
        if not needed.is_file():
            raise BundleError(f"there is no {needed}: get the bundle, or the file of signers, again")
    said = (bundle / SUMS).read_bytes()
    signature = str(bundle / SIGNATURE)
    _keygen("-Y", "verify", "-f", str(signers), "-I", IDENTITY, "-n", NAMESPACE, "-s", signature, given=said)
    listed = _listed(said.decode("utf-8"))
    held = files(bundle)
    for wrong, names in (("missing", listed.keys() - set(held)), ("not in the signed list", set(held) - listed.keys())):
        if names:
            raise BundleError(f"{min(names)} is {wrong}: do not install this bundle; get it again")
    for name in held:
        if digest(bundle / name) != listed[name]:
            raise BundleError(f"{name} is not as it was signed: do not install this bundle; get it again")
    return len(held)


def _listed(text: str) -> dict[str, str]:
    lines = [LINE.fullmatch(line) for line in text.splitlines()]
    if not all(lines):
        raise BundleError(f"{SUMS} cannot be read: get the bundle again")
    return {line[2]: line[1] for line in lines if line}


def _keygen(*arguments: str, given: bytes | None = None) -> None:
    try:
        done = subprocess.run(["ssh-keygen", *arguments], input=given, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise BundleError("ssh-keygen is not here: install OpenSSH 8.1 or newer (Debian: openssh-client)") from error
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        doing = "made" if "sign" in arguments else "accepted"
        raise BundleError(f"the signature is not {doing} ({reason[-1] if reason else '?'}): check the key")


def make(bundle: Path, key: Path, *, models: Sequence[str], wheels: Path | None, say: Callable[[str], None]) -> None:
    """Fill a new folder and sign it. `wheels` are taken as they are; None: pip builds and gathers them. Raises BundleError."""
    if bundle.exists() and any(bundle.iterdir()):
        raise BundleError(f"{bundle} is not empty: name a new folder")
    bundle.mkdir(parents=True, exist_ok=True)
    say("wheels")
    if wheels:
        shutil.copytree(wheels, bundle / "wheels")
    else:
        _gather(bundle / "wheels")
    for name in models:
        say(f"model {name}")
        _model(name, bundle / "models")
    (bundle / "models").mkdir(exist_ok=True)
    shutil.copytree(ROOT / "samples", bundle / "samples", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("install.sh", "bundle.py", "wazi.service"):
        shutil.copy2(ROOT / "deploy" / name, bundle / name)
    shutil.copy2(ROOT / "docs" / "deploy.md", bundle / "README.md")
    (bundle / "PYTHON").write_text(f"{sys.version_info[0]}.{sys.version_info[1]}\n", encoding="utf-8")
    say("sums and signature")
    sign(bundle, key)


def _gather(wheels: Path) -> None:
    """wazi and all it needs as wheels, for this platform and this Python."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--wheel-dir",
        str(wheels),
    ]
    if subprocess.run([*command, f"{ROOT}[ocr,postgresql]"], check=False).returncode != 0:
        raise BundleError("pip could not gather the wheels (above): a bundle is made where there is a network")


def _model(name: str, models: Path) -> None:
    """A copy of a model's folder, as `wazi models pull` made it; nothing for one that lies in a wheel."""
    from wazi import config
    from wazi.errors import WaziError
    from wazi.models import catalogue, pull

    held = config.load().models_dir.expanduser()
    try:
        path = pull.locate(catalogue.find(name, held), held)
    except WaziError as error:
        raise BundleError(str(error)) from error
    if path.is_relative_to(held / name):
        shutil.copytree(held / name, models / name)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0 done, 2 not."""
    parser = argparse.ArgumentParser(description="make or check a signed offline bundle")
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("make", help="fill a new folder and sign it")
    making.add_argument("bundle", type=Path, metavar="OUT")
    making.add_argument("--key", type=Path, required=True, help="private key of OpenSSH (ssh-keygen -t ed25519)")
    making.add_argument("--models", nargs="*", default=[], help="beside the embedder, which lies in a wheel")
    making.add_argument("--wheels", type=Path, help="a folder of wheels gathered before")
    checking = verbs.add_parser("check", help="is everything as it was signed?")
    checking.add_argument("bundle", type=Path)
    checking.add_argument(
        "--signers", type=Path, required=True, help="file with lines like: wazi-bundle ssh-ed25519 AAAA…"
    )
    given = parser.parse_args(arguments)
    try:
        if given.verb == "make":
            make(given.bundle, given.key, models=given.models, wheels=given.wheels, say=_say)
        else:
            _say(f"{check(given.bundle, given.signers)} files, all as they were signed")
    except BundleError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
