# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Opens the database: SQLite in the home, or PostgreSQL where `[state] url` says; brings its tables up to date by itself.

Before tables that hold something are changed, SQLite is copied beside itself; PostgreSQL's own backups are its keeper's, and
the change is one transaction there. It does not know what the tables are for.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import exc

from wazi import migrations
from wazi.errors import MissingPart, SettingError, StoreError

log = logging.getLogger(__name__)

FILE = "state.sqlite"
STEPS = Path(migrations.__file__).parent
WAIT_SECONDS = 10
MIGRATION_LOCK = 0x77617A69
"""Number of PostgreSQL's advisory lock that one process holds while it changes tables."""
POSTGRESQL = ("postgresql://", "postgres://")


class State:
    """An open database. All functions of `wazi.state` take one; it may be used from several threads."""

    def __init__(self, engine: sa.Engine, place: str) -> None:
        self._engine, self.place = engine, place

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read from. Raises StoreError."""
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is durable at the end, or nothing. Raises StoreError."""
        with self._told(), self._engine.connect() as connection:
            if self._engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # what was read cannot change before it is written
            yield connection
            connection.commit()

    def close(self) -> None:
        """Release the connections."""
        self._engine.dispose()

    def __enter__(self) -> State:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (exc.DatabaseError, exc.InterfaceError, exc.TimeoutError) as error:
            said = " ".join(str(getattr(error, "orig", None) or error).split())
            raise StoreError(f"the database at {self.place} cannot be used ({said}): see [state] url") from error


def open_state(home: Path, url: str = "", *, steps: Path = STEPS) -> State:
    """Open the database of a home, made at first use and brought up to date. `url`: [state] url, empty for SQLite.
    `steps` is the folder of Alembic's files.

    Raises StoreError when it cannot be opened or is of a newer version, SettingError for another kind of address,
    MissingPart without the driver.
    """
    state = _postgresql(url) if url else _sqlite(home)
    try:
        with state._told():
            _migrate(state, None if url else home / FILE, steps)
    except (StoreError, MissingPart):
        state.close()
        raise
    return state


def _sqlite(home: Path) -> State:
    path = home / FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"cannot open {path}: {error.strerror}: check --home and its rights") from error
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT_SECONDS}, hide_parameters=True
    )
    sa.event.listen(engine, "connect", _prepare)
    return State(engine, str(path))


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    """Transactions are ours to begin; what was reported as done survives a power cut; deleted text is overwritten."""
    connection.isolation_level = None
    _write_ahead(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Change to SQLite's write-ahead log. Beside another's first write SQLite refuses that at once, without its own
    wait, so the wait is here."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _postgresql(url: str) -> State:
    if not url.startswith(POSTGRESQL):
        kind = url.partition("://")[0] if "://" in url else "what stands there"
        raise SettingError(
            f"[state] url: {kind[:20]!r} is no database known here: use postgresql://…, or leave it empty"
        )
    try:
        address = sa.make_url(url).set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address, pool_pre_ping=True, hide_parameters=True)
    except (ValueError, exc.ArgumentError) as error:
        raise SettingError("[state] url cannot be read: write postgresql://NAME:PASSWORD@HOST/DATABASE") from error
    except ModuleNotFoundError as error:
        raise MissingPart("[state] url needs psycopg: type pip install 'wazi[postgresql]'") from error
    return State(engine, address.render_as_string(hide_password=True))


def _migrate(state: State, file: Path | None, steps: Path) -> None:
    script = ScriptDirectory(str(steps), version_locations=[steps])
    head = script.get_current_head()
    with state.reading() as connection:
        held = MigrationContext.configure(connection).get_current_revision()
    if held == head:
        return
    if held is not None and held not in {each.revision for each in script.walk_revisions()}:
        raise StoreError(f"{state.place} is of a newer wazi (step {held}): update wazi, or put back an older backup")
    if file and held:
        _copy(file, file.with_name(f"{file.name}.before-{head}"))

    def to_head(revision: Any, _: Any) -> Any:  # read again under the lock: another process may have been faster
        return script._upgrade_revs("head", revision)

    with state.writing() as connection:
        if file is None:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        context = MigrationContext.configure(connection, opts={"fn": to_head, "script": script})
        try:
            with Operations.context(context):
                context.run_migrations()
        except CommandError as error:
            raise StoreError(f"the tables of {state.place} cannot be brought up to date: {error}") from error
    log.info("state.migrated", extra={"place": state.place, "before": held, "now": head})


def _copy(file: Path, target: Path) -> None:
    """A whole copy of the database, also while others use it, readable by its keeper alone."""
    os.close(os.open(target, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
