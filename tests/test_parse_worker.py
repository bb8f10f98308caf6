# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The child process: same result as in this process, limits of time and memory, crashes, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from wazi.config import Parse
from wazi.errors import InputError
from wazi.parse import parse
from wazi.parse.worker import SafeParser
from wazi.types import RawFile

GOOD = RawFile("/docs/a.md", "a.md", b"# Fees\n\nA permit costs 20.", "")
SLOW = RawFile("/docs/slow.md", "slow.md", b"word\n\n" * 3_000_000, "")


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def gone(pid: int, seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not alive(pid)


def test_one_child_parses_file_after_file_as_this_process_would() -> None:
    with SafeParser(Parse()) as parser:
        assert parser.pid is None
        assert parser.parse(GOOD) == parse(GOOD, Parse())
        first = parser.pid
        with pytest.raises(InputError, match=r"empty\.txt is empty"):
            parser.parse(RawFile("/docs/empty.txt", "empty.txt", b"", ""))
        parser.parse(GOOD)
        assert parser.pid == first
    assert first is not None
    assert gone(first)


def test_a_slow_file_is_stopped_and_the_next_goes_in() -> None:
    with SafeParser(Parse(seconds=0.3)) as parser:
        parser.parse(GOOD)
        first = parser.pid
        with pytest.raises(InputError, match=r"slow.md took longer than 0.3 s.*\[parse\] seconds"):
            parser.parse(SLOW)
        assert first is not None
        assert gone(first)
        assert parser.parse(GOOD).title == "Fees"
        assert parser.pid != first


def test_a_file_that_needs_too_much_memory_is_stopped_and_the_next_goes_in() -> None:
    with SafeParser(Parse(memory_mib=256)) as parser:
        large = RawFile("/docs/large.md", "large.md", b"words " * 15_000_000, "")
        with pytest.raises(InputError, match=r"large.md needs more than 256 MiB.*memory_mib"):
            parser.parse(large)
        assert parser.parse(GOOD).title == "Fees"


def test_a_crash_is_named_and_the_next_goes_in() -> None:
    with SafeParser(Parse()) as parser:
        parser.parse(GOOD)
        pid = parser.pid
        assert pid is not None
        killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
        killer.start()
        with pytest.raises(InputError, match=r"slow.md stopped the parser \(SIGKILL\)"):
            parser.parse(SLOW)
        killer.join()
        assert parser.parse(GOOD).title == "Fees"


def test_a_child_that_died_between_files_is_replaced() -> None:
    with SafeParser(Parse()) as parser:
        parser.parse(GOOD)
        pid = parser.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert gone(pid)
        assert parser.parse(GOOD).title == "Fees"


PARENT = """
import time
from wazi.config import Parse
from wazi.parse.worker import SafeParser
from wazi.types import RawFile
with SafeParser(Parse()) as parser:
    parser.parse(RawFile("/a.txt", "a.txt", b"words", ""))
    print(parser.pid, flush=True)
    parser.parse(RawFile("/a.md", "a.md", b"word\\n\\n" * 30_000_000, ""))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the child ends at its next read")
def test_the_child_dies_with_a_killed_parent_even_while_it_works() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert alive(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(child)
