# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Lets OpenVINO be imported without its reporting. It imports nothing itself."""

import sys


def report_to_nobody() -> None:
    """To be called before the first import of openvino, which imports a converter that reports to the maker's server.

    The entry makes the import of the converter fail, which openvino allows for.
    """
    sys.modules.setdefault("openvino.tools.ovc", None)  # type: ignore[arg-type]
