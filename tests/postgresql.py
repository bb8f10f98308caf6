# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL of one's own for tests, from Debian's package: on a socket in a folder, gone at the end."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "postgres"


def missing() -> str:
    """Why none can be started here; empty when one can."""
    if not _binaries():
        return "PostgreSQL is not here: apt install postgresql"
    if os.geteuid() == 0 and USER not in {each.pw_name for each in pwd.getpwall()}:
        return "PostgreSQL does not run as root and there is no user postgres"
    return ""


@contextmanager
def server() -> Iterator[Path]:
    """A running server; yields the folder of its socket."""
    folder = Path(tempfile.mkdtemp(prefix="wazi-pg-", dir="/tmp"))  # a socket's path has 107 characters at most
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)
    data = folder / "data"
    try:
        _run("initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c shared_buffers=16MB -c max_connections=20"
        _run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        yield folder
    finally:
        if (data / "postmaster.pid").exists():
            _run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def new_database(folder: Path) -> str:
    """The address of a new, empty database."""
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(host=str(folder), user=USER, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql://{USER}@/{name}?host={folder}"


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    here = shutil.which("initdb")
    return found[-1].parent if found else Path(here).parent if here else None


def _run(program: str, *arguments: object) -> None:
    binaries = _binaries()
    assert binaries is not None
    words = [str(binaries / program), *map(str, arguments)]
    if os.geteuid() == 0:
        words = ["runuser", "-u", USER, "--", *words]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/tmp", timeout=120)
