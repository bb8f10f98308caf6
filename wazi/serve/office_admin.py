# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""Administration: the switch, the chain of receipts, a backup, models with their scores, settings. It changes no setting."""

from __future__ import annotations

import datetime as dt
import logging
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from wazi import config
from wazi.backup import backup
from wazi.config import Settings
from wazi.desk import Desk
from wazi.errors import UsageError
from wazi.models import catalogue, chosen
from wazi.serve import office_switch
from wazi.serve.office_base import ROUTE, back, enter, room, say, state_of, tongue_of
from wazi.state import switch
from wazi.state.people import ADMIN

log = logging.getLogger(__name__)

ADMINISTRATION, SWITCH = "/office/admin", "/office/switch"


def add(app: FastAPI, desk: Desk) -> None:
    """Put the pages into the application."""
    _add_switch(app, desk)
    _add_admin(app, desk)


def _add_switch(app: FastAPI, desk: Desk) -> None:
    def shown(request: Request, *, status: int = 200, problem: str = "") -> Response:
        caller, state = enter(request, ADMIN), state_of(request)
        values = {"off": switch.off(state), "turns": switch.log(state)}
        return room("office_switch.html", request, caller, status=status, problem=problem, **values)

    @app.get(SWITCH, **ROUTE)
    def standing(request: Request) -> Response:
        return shown(request)

    @app.post(SWITCH, **ROUTE)
    def turned(
        request: Request,
        to: Annotated[str, Form()] = "",
        reason: Annotated[str, Form()] = "",
        words: Annotated[str, Form()] = "",
    ) -> Response:
        caller, trail = enter(request, ADMIN), desk.audit
        if to not in ("on", "off"):
            raise UsageError(f"to is {to[:20]!r}: send on or off")
        try:
            given = {"reason": reason, "words": words, "by": caller.reader.name}
            office_switch.turn(state_of(request), trail, on=to == "on", **given)
        except UsageError as error:
            return shown(request, status=400, problem=str(error))
        return back(SWITCH, request, f"done_{to}")


def _add_admin(app: FastAPI, desk: Desk) -> None:
    def shown(request: Request, checked: str = "") -> Response:
        caller, settings = enter(request, ADMIN), desk.settings
        values: dict[str, Any] = {"settings": settings_table(settings), "models": models_table(settings)}
        return room("office_admin.html", request, caller, audit=settings.audit, checked=checked, **values)

    @app.get(ADMINISTRATION, **ROUTE)
    def administration(request: Request) -> Response:
        return shown(request)

    @app.post(ADMINISTRATION + "/receipts", **ROUTE)
    def verified(request: Request) -> Response:
        enter(request, ADMIN)
        found = desk.audit.verify()
        key = "receipts_whole" if found.intact else "receipts_broken"
        named = {"receipts": found.receipts, "erased": found.erased, "first_broken": found.first_broken}
        return shown(request, say(key, tongue_of(request), **named))

    @app.post(ADMINISTRATION + "/backup", include_in_schema=False)
    def backed_up(request: Request) -> Response:
        caller = enter(request, ADMIN)
        folder = tempfile.TemporaryDirectory()
        file = Path(folder.name) / f"wazi-{dt.date.today()}.tar.gz"
        backup(desk.settings, str(file))
        log.info("office.backup", extra={"by": caller.reader.name})
        return FileResponse(file, filename=file.name, background=BackgroundTask(folder.cleanup))


def settings_table(settings: Settings) -> list[dict[str, Any]]:
    """Every setting with its value, whether it is the default, and its meaning; secrets as stars."""
    plain = {row["setting"]: row["value"] for row in config.table()}
    return [row | {"default": plain[row["setting"]] == row["value"]} for row in config.table(settings)]


def models_table(settings: Settings) -> list[dict[str, Any]]:
    """The models of the catalogue with their scores by language, then the readers of this home as the gate measured them."""
    used = {settings.embed.model, settings.compose.model, settings.rerank.reader}
    rows = [
        {
            **{"name": entry.name, "role": entry.role, "licence": entry.licence, "used": entry.name in used},
            "scores": [
                f"{tag} {name} {value:g}" for tag, all in entry.languages.items() for name, value in all.items()
            ],
        }
        for entry in catalogue.read(settings.models_dir).values()
        if not entry.testing
    ]
    for kept in chosen.listed(settings.home):
        figures = kept["decision"]["figures"]["reading"]["all"]
        told = f"reading {figures['theirs']:.1f} → {figures['ours']:.1f}"
        rows.append({"name": kept["name"], "role": "read", "licence": "", "used": kept["in_use"], "scores": [told]})
    return rows
