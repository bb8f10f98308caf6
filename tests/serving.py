# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The application on a real socket of 127.0.0.1, for tests of what clients see."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.requests import Request

from wazi.desk import Desk
from wazi.serve.app import _listen, create
from wazi.types import Reader


@contextmanager
def serving(desk: Desk, reader_of: Callable[[Request], Reader] | None = None) -> Iterator[str]:
    """Serve the desk; yields the address without a slash at its end."""
    listener = _listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create(desk, reader_of), log_level="critical"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        listener.close()


def eventually(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
