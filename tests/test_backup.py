# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A backup is private and whole; a damaged or hostile one is told and leaves nothing behind."""

import gzip
import io
import json
import stat
import tarfile
import threading
from pathlib import Path
from typing import Any

import pytest

from wazi import config
from wazi.audit import Trail
from wazi.backup import MANIFEST, backup, restore
from wazi.config import Settings
from wazi.errors import InputError, StoreError, UsageError

MADE = {"format": 1, "wazi": "0", "documents": 0, "chunks": 0}


def home(folder: Path) -> Settings:
    overrides = {"embed": {"model": "fake-embedder"}}
    return config.load(folder, overrides=overrides, environment={})


@pytest.fixture
def office(tmp_path: Path) -> Settings:
    settings = home(tmp_path / "home")
    trail = Trail(settings.home / "audit", keep_questions=True)
    for number in range(300):
        trail.append({"question": f"question {number}"})
    return settings


def made(file: Path, manifest: Any, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    body = json.dumps(manifest).encode()
    first = tarfile.TarInfo(MANIFEST)
    with tarfile.open(file, "w:gz") as archive:
        for entry, data in ((first, body), *members):
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return file


def test_only_the_owner_may_read_a_backup_and_what_comes_out_of_it(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "county.wazi"
    backup(office, str(file))
    restore(home(tmp_path / "other"), str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "other").stat().st_mode) == 0o700


def test_a_file_beside_the_backup_is_left_alone(office: Settings, tmp_path: Path) -> None:
    (tmp_path / "county.wazi.new").write_text("mine")
    backup(office, str(tmp_path / "county.wazi"))
    assert (tmp_path / "county.wazi.new").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["county.wazi", "county.wazi.new", "home"]


def test_a_home_that_is_not_there_does_not_replace_a_good_backup(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "county.wazi"
    kept = backup(office, str(file))
    with pytest.raises(UsageError, match="no home at"):
        backup(home(tmp_path / "mistyped"), str(file))
    assert file.stat().st_size == kept["bytes"]
    assert not (tmp_path / "mistyped").exists()


def test_the_chain_of_a_backup_made_while_answers_go_out_is_whole(office: Settings, tmp_path: Path) -> None:
    stop = threading.Event()
    trail = Trail(office.home / "audit", keep_questions=True)

    def answering() -> None:
        while not stop.is_set():
            trail.append({"question": "x" * 2000})

    writer = threading.Thread(target=answering)
    writer.start()
    try:
        for number in range(3):
            backup(office, str(tmp_path / "county.wazi"))
            restored = home(tmp_path / f"restored{number}")
            restore(restored, str(tmp_path / "county.wazi"))
            assert Trail(restored.home / "audit", keep_questions=True).verify().intact
    finally:
        stop.set()
        writer.join()


def test_a_changed_byte_is_told_and_nothing_is_restored(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "county.wazi"
    backup(office, str(file))
    plain = gzip.decompress(file.read_bytes())
    stored = bytearray(
        gzip.compress(plain, compresslevel=0)
    )  # every changed byte decompresses: only the checksum tells
    stored[len(stored) // 2] ^= 1
    file.write_bytes(bytes(stored))
    with pytest.raises(InputError, match="not a whole wazi backup"):
        restore(home(tmp_path / "other"), str(file))
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("manifest", [{}, [], 3, {"format": "1"}, {"format": 1}, MADE | {"documents": None}])
def test_a_manifest_that_is_none_is_told_and_nothing_is_restored(tmp_path: Path, manifest: Any) -> None:
    file = made(tmp_path / "bad.wazi", manifest)
    with pytest.raises(InputError, match="not a whole wazi backup"):
        restore(home(tmp_path / "other"), str(file))
    assert not (tmp_path / "other").exists()


def test_a_newer_backup_names_the_version_to_install(tmp_path: Path) -> None:
    file = made(tmp_path / "new.wazi", MADE | {"format": 2, "wazi": "9.1"})
    with pytest.raises(InputError, match=r"wazi 9\.1"):
        restore(home(tmp_path / "other"), str(file))


def test_nothing_is_unpacked_outside_the_home(tmp_path: Path) -> None:
    link = tarfile.TarInfo("out")
    link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path)
    device = tarfile.TarInfo("device")
    device.type = tarfile.CHRTYPE
    for entry in (tarfile.TarInfo("../../escaped"), link, device):
        file = made(tmp_path / "bad.wazi", MADE, (entry, b""))
        with pytest.raises(InputError, match="not a whole wazi backup"):
            restore(home(tmp_path / "deep" / "other"), str(file))
    assert not (tmp_path / "escaped").exists()
    assert not (tmp_path / "deep" / "other").exists()


def test_a_place_that_cannot_be_written_is_one_line(office: Settings, tmp_path: Path) -> None:
    file = tmp_path / "county.wazi"
    backup(office, str(file))
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot restore"):
        restore(home(tmp_path / "empty").model_copy(update={"home": tmp_path / "file" / "home"}), str(file))
    with pytest.raises(StoreError, match="cannot write the backup"):
        backup(office, str(tmp_path / "nowhere" / "county.wazi"))


def test_a_database_that_a_server_writes_to_is_whole_in_the_backup(office: Settings, tmp_path: Path) -> None:
    from wazi.state import open_state, people

    with open_state(office.home) as state:
        people.add(state, "amina", role="staff")
        assert (office.home / "state.sqlite-wal").stat().st_size > 0, "what was written stands in the log only"
        backup(office, str(tmp_path / "b.tgz"))
        people.add(state, "later")
    with tarfile.open(tmp_path / "b.tgz") as archive:
        assert [name for name in archive.getnames() if "sqlite" in name] == ["state.sqlite"]
    again = config.load(tmp_path / "again", environment={})
    restore(again, str(tmp_path / "b.tgz"))
    with open_state(again.home) as state:
        assert [person.name for person in people.everybody(state)] == ["amina"]


def test_a_damaged_database_is_told_instead_of_backed_up(office: Settings, tmp_path: Path) -> None:
    (office.home / "state.sqlite").write_bytes(b"no database" * 500)
    with pytest.raises(StoreError, match=r"state\.sqlite .* nothing was backed up"):
        backup(office, str(tmp_path / "b.tgz"))
    assert not (tmp_path / "b.tgz").exists()
