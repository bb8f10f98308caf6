# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""What each verb of the shell does: settings in, one path or service called, lines or JSON out, an exit code back."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from wazi import access, config, wire
from wazi import documents as held
from wazi.errors import UsageError, WaziError
from wazi.types import Outcome, Reader, Receipt, Status

if TYPE_CHECKING:
    from wazi.cli import Terminal
    from wazi.config import Settings
    from wazi.desk import Desk

Options = argparse.Namespace

DONE, PARTLY, UNUSABLE = 0, 1, 2
SHOWN_TEXT = 240
"""Characters of a passage that `wazi retrieve` shows a person; `--json` gives it whole."""


def ingest(options: Options, terminal: Terminal) -> int:
    """Take in files and folders; exit code 1 when one of them failed or is partial."""
    from wazi.ingest import ingest as run
    from wazi.progress import Bar, ingest_summary, receipt_line
    from wazi.serve.openai_kept import Shelf

    provenance = held.provenance(options)
    began = time.perf_counter()
    done: list[Receipt] = []
    try:
        with _desk(options) as desk, Bar() as bar:
            for receipt in run(options.paths, desk, provenance=provenance, progress=bar.update):
                done.append(receipt)
                if receipt.status is not Status.UNCHANGED:
                    with bar.paused():
                        terminal.line(receipt_line(receipt))
            Shelf(desk).prune()
    except (WaziError, KeyboardInterrupt) as stop:
        if not done:
            raise
        told = str(stop) or "stopped: type the same command to go on"
        terminal.result(wire.ingested(done, time.perf_counter() - began) | {"error": told})
        terminal.say(f"wazi: {' '.join(told.split())} (what is reported above is kept)")
        return PARTLY
    result = wire.ingested(done, time.perf_counter() - began)
    terminal.result(result)
    terminal.line(ingest_summary(done, result["seconds"], result["pages_per_second"]))
    if not any("://" in path or Path(path).exists() for path in options.paths):
        terminal.say(f"wazi: nothing to take in at {', '.join(options.paths)}: check the path")
        return UNUSABLE
    return PARTLY if any(each.status in (Status.FAILED, Status.PARTIAL) for each in done) else DONE


def documents(options: Options, terminal: Terminal) -> int:
    """List what is held."""
    with _desk(options) as desk:
        held.listed(desk, terminal)
    return DONE


def document_show(options: Options, terminal: Terminal) -> int:
    """Everything held about one document."""
    with _desk(options) as desk:
        held.show(options.id, desk, terminal)
    return DONE


def document_text(options: Options, terminal: Terminal) -> int:
    """The stored text, exactly."""
    with _desk(options) as desk:
        held.text(options.id, desk, terminal)
    return DONE


def document_set(options: Options, terminal: Terminal) -> int:
    """Correct what is held about one document."""
    with _desk(options) as desk:
        held.correct(options, desk, terminal)
    return DONE


def document_delete(options: Options, terminal: Terminal) -> int:
    """Delete documents."""
    with _desk(options) as desk:
        held.delete(options.ids, desk, terminal)
    return DONE


def document_export(options: Options, terminal: Terminal) -> int:
    """The holding as DCAT or Croissant."""
    with _desk(options) as desk:
        held.exported(options, desk, terminal)
    return DONE


def retrieve(options: Options, terminal: Terminal) -> int:
    """Ranked passages."""
    from wazi.guard import screen_question
    from wazi.retrieve import retrieve as run
    from wazi.understand import understand

    if not 1 <= options.k <= 1000:
        raise UsageError(f"-k {options.k}: give a number from 1 to 1000")
    with _desk(options) as desk:
        reader = _reader(options, desk.settings)
        question = screen_question(options.question, desk.settings.understand.max_characters)
        scope = access.filter_for(reader, held.day(options.on, "--on"))
        began = time.perf_counter()
        query = understand(question, desk, language=reader.language)
        hits = run(query, scope, desk, k=options.k)
        titles = {hit.chunk.document: desk.store.record(hit.chunk.document, scope) for hit in hits}
    terminal.result(wire.retrieved(query, hits, time.perf_counter() - began))
    for number, hit in enumerate(hits, start=1):
        record = titles[hit.chunk.document]
        page = f", page {hit.chunk.page}" if hit.chunk.page else ""
        terminal.line(f"{number}. {hit.score:+.2f}  {record.title if record else hit.chunk.document}{page}")
        text = " ".join(hit.chunk.text.split())
        terminal.line(f"   {text[:SHOWN_TEXT]}{'…' if len(text) > SHOWN_TEXT else ''}")
    if not hits:
        terminal.line("nothing found: type wazi documents to see what is held")
    return DONE


def ask(options: Options, terminal: Terminal) -> int:
    """One answer, or the readings of a turn of a conversation to choose from."""
    from wazi import shown
    from wazi.converse import converse
    from wazi.converse import shown as whole
    from wazi.state.cards import shelf

    earlier, day = options.after or [], held.day(options.on, "--on")
    with _desk(options) as desk, shelf(desk.settings.home, desk.settings.state.url.get_secret_value()) as cards:
        reader = _reader(options, desk.settings)
        reply = converse(options.question, earlier, reader, replace(desk, cards=cards), on=day, model=options.model)
        answer = reply.answer
        if answer and not answer.claims and not options.reader and not desk.store.stats()["documents"]:
            terminal.say("nothing is held yet: type wazi ingest FOLDER")
    terminal.result(whole(reply) if earlier or answer is None else wire.answer(answer))
    if answer is None:
        shown.choices(reply.understood, terminal)
        return DONE
    if reply.understood.readings[0].added:
        terminal.line(f"understood as: {reply.understood.question}")
    shown.answer(answer, terminal)
    return PARTLY if answer.outcome is Outcome.FAILED else DONE


def serve(options: Options, terminal: Terminal) -> int:
    """The web page and the API, until Ctrl-C."""
    from wazi.serve.app import run

    settings = _settings(options, serve={"host": options.host, "port": options.port})
    run(settings, terminal.say)
    return DONE


def mcp(options: Options, _: Terminal) -> int:
    """One program on standard input and output, until it closes them. What it reads may go far: by default only what is public."""
    from wazi.serve.mcp import serve_stdio

    with _desk(options) as desk:
        settings = desk.settings
        serve_stdio(desk, access.named(options.reader, settings) if options.reader else access.anonymous(settings))
    return DONE


def people(options: Options, terminal: Terminal) -> int:
    """Who may sign in."""
    from wazi import people_command

    return people_command.people(options, _settings(options), terminal)


def keys(options: Options, terminal: Terminal) -> int:
    """Keys for programs."""
    from wazi import people_command

    return people_command.keys(options, _settings(options), terminal)


def sources(options: Options, terminal: Terminal) -> int:
    """Where documents come from by themselves."""
    from wazi.collect_command import run

    return run(options, _settings(options), terminal)


def curate(options: Options, terminal: Terminal) -> int:
    """A data set from reviewed feedback and what is held."""
    from wazi.curate.command import run

    return run(options, _settings(options), held.day(options.on, "--on"), terminal)


def tune_lexicon(options: Options, terminal: Terminal) -> int:
    """A lexicon from parallel texts."""
    from wazi.tune import lexicon

    return lexicon(options, _settings(options), terminal)


def tune_reader(options: Options, terminal: Terminal) -> int:
    """A reader from data sets."""
    from wazi.tune.reader import tune

    return tune(options, _settings(options), terminal)


def tune_odds(options: Options, terminal: Terminal) -> int:
    """What the signals of a reader are worth."""
    from wazi.tune.odds import weigh

    return weigh(options, _settings(options), terminal)


def tune_mean(options: Options, terminal: Terminal) -> int:
    """`wazi tune mean READER READER --out FILE`."""
    from wazi.tune.mean import mean

    return mean(options, terminal)


def tune_gate(options: Options, terminal: Terminal) -> int:
    """Whether a trained reader enters this home."""
    from wazi.tune.gate_command import command

    return command(options, _settings(options), terminal)


def evals_retrieve(options: Options, terminal: Terminal) -> int:
    """Scores of retrieval on a BEIR folder."""
    from wazi.evals.command import retrieve

    return retrieve(options, _settings(options), terminal)


def evals_make(options: Options, terminal: Terminal) -> int:
    """A benchmark from what is held."""
    from wazi.evals.make_command import make

    return make(options, _settings(options), held.day(options.on, "--on"), terminal)


def evals_answer(options: Options, terminal: Terminal) -> int:
    """What answers show, cite and say, on a BEIR folder with answers."""
    from wazi.evals.answer_command import answer

    return answer(options, _settings(options), terminal)


def evals_attack(options: Options, terminal: Terminal) -> int:
    """What attacks on documents and at the counter achieve."""
    from wazi.evals.attack_command import attack

    return attack(options, _settings(options), terminal)


def evals_converse(options: Options, terminal: Terminal) -> int:
    """What turns of conversations find, on a folder of conversations."""
    from wazi.evals.converse_command import converse

    return converse(options, _settings(options), terminal)


def evals_refuse(options: Options, terminal: Terminal) -> int:
    """Scores of refusal on a BEIR folder."""
    from wazi.evals.make_command import refuse

    return refuse(options, _settings(options), terminal)


def models(options: Options, terminal: Terminal) -> int:
    """The catalogue, and which of its models are here."""
    from wazi.models_command import listed

    return listed(options, _settings(options), terminal)


def models_pull(options: Options, terminal: Terminal) -> int:
    """Fetch models once; the only moment at which anything is fetched."""
    from wazi.models_command import pulled

    return pulled(options, _settings(options), terminal)


def models_verify(options: Options, terminal: Terminal) -> int:
    """Read every byte of the models that are here; exit code 1 when one is damaged."""
    from wazi.models_command import verified

    return verified(options, _settings(options), terminal)


def models_use(options: Options, terminal: Terminal) -> int:
    """Put a reader of this home in use."""
    from wazi.models_command import used

    return used(options, _settings(options), terminal)


def models_rollback(options: Options, terminal: Terminal) -> int:
    """Put back the reader that was in use before."""
    from wazi.models_command import rolled_back

    return rolled_back(options, _settings(options), terminal)


def backup(options: Options, terminal: Terminal) -> int:
    """The whole home in one file."""
    from wazi.backup import backup as run

    result = run(_settings(options), options.file)
    terminal.result(result)
    terminal.line(
        f"{options.file}: {result['documents']} documents, {result['bytes']} bytes, sha256 {result['sha256']}"
    )
    return DONE


def restore(options: Options, terminal: Terminal) -> int:
    """A home from a backup file; never over one that holds documents."""
    from wazi.backup import restore as run

    result = run(_settings(options), options.file)
    terminal.result(result)
    terminal.line(f"restored {result['documents']} documents, {result['chunks']} passages")
    return DONE


def doctor(options: Options, terminal: Terminal) -> int:
    """Checks of this installation, each with the next command to type."""
    from wazi.doctor import examine

    settings = _settings(options)
    if options.settings:
        rows = config.table(settings)
        terminal.result({"settings": rows})
        for row in rows:
            terminal.line(f"{row['setting']:32} {row['value']:24} {row['meaning']}")
        return DONE
    checks = examine(settings)
    terminal.result({"checks": checks})
    for check in checks:
        terminal.line(
            f"{check['state']:8} {check['name']}: {check['detail']}" + (f" -> {check['next']}" if check["next"] else "")
        )
    return PARTLY if any(check["state"] == "missing" for check in checks) else DONE


def audit(options: Options, terminal: Terminal) -> int:
    """The receipts of all answers."""
    from wazi.audit_command import ACTIONS

    return ACTIONS[options.action](options, _settings(options), terminal)


def _settings(options: Options, **overrides: dict[str, object]) -> Settings:
    given = {
        section: {name: value for name, value in names.items() if value is not None}
        for section, names in overrides.items()
    }
    return config.load(options.home, options.config, {section: names for section, names in given.items() if names})


def _desk(options: Options) -> Desk:
    from wazi.desk import open_desk

    return open_desk(_settings(options))


def _reader(options: Options, settings: Settings) -> Reader:
    language = _language(options.lang)
    return access.named(options.reader, settings, language) if options.reader else access.keeper(language)


def _language(tag: str | None) -> str | None:
    from wazi import languages

    if tag is None:
        return None
    if languages.find(tag) is None:
        raise UsageError(f"--lang {tag}: not a language known here: use a tag like en, fr or sw")
    return tag
