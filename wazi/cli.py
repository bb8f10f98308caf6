# SPDX-FileCopyrightText: 2026 The wazi authors
# SPDX-License-Identifier: Apache-2.0
"""The same verbs in the shell. Nothing else prints.

Exit code 0: done; 1: done in part, named in the output; 2: wrong use or unusable input; 3: refused by configuration or rights.
With `--json` one JSON document goes to stdout and nothing else; progress and logs go to stderr.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from wazi import __version__, audit_options, people_options, tune_options
from wazi.errors import UsageError, WaziError
from wazi.types import Kind

EXAMPLES = """first steps:
  wazi ingest samples/                    take in a folder of documents
  wazi ask "What does a stall cost?"      one answer with its quotes
  wazi serve                              the page on http://127.0.0.1:8080
"""

KINDS = tuple(kind.value for kind in Kind)
SETTABLE = ("title", "valid_from", "valid_until", "kind", "publisher", "licence", "jurisdiction")
"""Fields that may be set by hand."""

UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters of a title or a file name that would steer the terminal or turn the line around."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    as_json = "--json" in (sys.argv[1:] if arguments is None else arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # documents are in every script, whatever the terminal's locale
        sys.stdout.reconfigure(encoding="utf-8", errors="replace", newline="\n")
    try:
        options = parser().parse_args(arguments)
        logging.basicConfig(stream=sys.stderr, level=logging.INFO if options.verbose else logging.WARNING)
        from wazi import commands  # the commands' libraries load only when one runs: `--help` stays quick

        code: int = getattr(commands, options.run)(options, Terminal(as_json=options.json))
        with _unread():
            sys.stdout.flush()
    except WaziError as error:
        return _fail(str(error), error.exit_code, as_json)
    except KeyboardInterrupt:
        return _fail("stopped: what was reported as done is kept; type the same command to go on", 1, as_json)
    return code


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, like all others; options are written out, as `--json` is looked for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(f"{message}: type `{self.prog} --help`")


@contextmanager
def _unread() -> Iterator[None]:
    """The reader of a pipe may have seen enough; the command does its work to the end all the same."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Terminal:
    """Where a command's results go: lines for people, or one JSON document."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def line(self, text: str = "") -> None:
        """A line for people; silent with `--json`."""
        if not self.as_json:
            with _unread():
                print(_tame(text), flush=True)  # a report that a kill could swallow is no report

    def say(self, text: str) -> None:
        """A remark beside the result, on stderr."""
        print(_tame(text), file=sys.stderr)

    def result(self, value: Any) -> None:
        """The result as JSON; silent without `--json`."""
        if self.as_json:
            with _unread():
                print(json.dumps(value, ensure_ascii=False))

    def raw(self, text: str) -> None:
        """Text exactly as it is, without a line end of ours."""
        with _unread():
            sys.stdout.write(text)


def _tame(text: str) -> str:
    return UNSEEN.sub("\ufffd", text)


def _fail(message: str, code: int, as_json: bool) -> int:
    line = " ".join(message.split())
    if as_json:
        print(json.dumps({"error": line, "exit_code": code}, ensure_ascii=False))
    print(f"wazi: {_tame(line)}", file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--home", metavar="DIR", help="where everything is held (WAZI_HOME, else ~/.local/share/wazi)")
    common.add_argument("--config", metavar="FILE", help="settings file (WAZI_CONFIG, else wazi.toml in the home)")
    common.add_argument("--json", action="store_true", help="one JSON document on stdout")
    common.add_argument("--verbose", action="store_true", help="log events on stderr")
    top = Parser(
        prog="wazi",
        description="Answers from your own documents, with exact quotes that open at their page.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"wazi {__version__}")
    top.set_defaults(home=None, config=None, json=False, verbose=False)
    verbs = top.add_subparsers(metavar="COMMAND", required=True)

    def verb(name: str, run: str, help: str, into: Any = verbs) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = into.add_parser(name, help=help, description=help, parents=[common])
        made.set_defaults(run=run)
        return made

    _documents(verb)
    _sources(verb)
    _questions(verb)
    _evals(verb)
    _keeping(verb)
    people_options.add(verb)
    return top


def _documents(verb: Any) -> None:
    made = verb("ingest", "ingest", "take in files, folders and addresses; unchanged files are skipped")
    made.add_argument("paths", nargs="+", metavar="PATH")
    made.add_argument(
        "--label", dest="labels", action="append", metavar="LABEL", help="access label, repeatable (default: public)"
    )
    made.add_argument(
        "--lang", dest="language", metavar="TAG", help="language of the documents, where it cannot be told"
    )
    _said(made)
    held = verb("documents", "documents", "what is held, with status, versions, validity and access labels")
    inner = held.add_subparsers(metavar="ACTION")
    for name, run, help in (
        ("show", "document_show", "everything held about one document, with the words it rests on"),
        ("text", "document_text", "the stored text that all offsets refer to"),
    ):
        verb(name, run, help, inner).add_argument("id", metavar="ID")
    corrected = verb("set", "document_set", "correct what is held about a document; later ingests keep it", inner)
    corrected.add_argument("id", metavar="ID")
    corrected.add_argument("--title", metavar="TEXT", help="its title")
    _said(corrected)
    corrected.add_argument(
        "--forget", action="append", choices=SETTABLE, metavar="FIELD", help="no longer keep what was set, repeatable"
    )
    sent = verb("export", "document_export", "a description of the whole holding for data catalogues", inner)
    sent.add_argument("file", nargs="?", metavar="FILE", help="where to write it (default: the terminal)")
    sent.add_argument("--format", choices=("dcat", "croissant"), default="dcat", help="default: dcat")
    sent.add_argument("--all", action="store_true", help="documents that are not public too")
    gone = verb("delete", "document_delete", "delete documents with their texts, vectors and originals", inner)
    gone.add_argument("ids", nargs="+", metavar="ID", help="an id, or the file or folder the documents came from")


def _said(made: argparse.ArgumentParser) -> None:
    """What a keeper may say about documents."""
    made.add_argument("--valid-from", metavar="DATE", help="first day in force, like 2026-01-31")
    made.add_argument("--valid-until", metavar="DATE", help="last day in force")
    made.add_argument("--kind", choices=KINDS, metavar="KIND", help=f"one of {', '.join(KINDS)}")
    made.add_argument("--publisher", metavar="NAME", help="who published it")
    made.add_argument("--licence", metavar="LICENCE", help="under which licence, like CC-BY-4.0")
    made.add_argument("--jurisdiction", metavar="PLACE", help="where it holds, like KE")


def _sources(verb: Any) -> None:
    listed = verb("sources", "sources", "where documents come from by themselves: folders, sites, catalogues, mail")
    listed.set_defaults(action="list")
    inner = listed.add_subparsers(metavar="ACTION")

    def action(name: str, help: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = verb(name, "sources", help, inner)
        made.set_defaults(action=name)
        return made

    added = action("add", "add a source; nothing is fetched yet")
    added.add_argument("name", metavar="NAME")
    added.add_argument("kind", metavar="KIND", help="folder, addresses, web, ckan, oai_pmh, s3 or mailbox")
    added.add_argument("address", metavar="ADDRESS", help="a path or an address")
    added.add_argument("--every", metavar="SPAN", help="how often it is due: 15m, 6h, 1d, 2w")
    added.add_argument("--label", action="append", metavar="LABEL", help="access label, repeatable (default: public)")
    added.add_argument("--lang", metavar="TAG", help="language of the documents, where it cannot be told")
    added.add_argument("--licence", metavar="TEXT", help="licence, where the source does not say")
    added.add_argument("--publisher", metavar="TEXT", help="publisher, where the source does not say")
    added.add_argument("--on-gone", metavar="DO", help="keep or delete what the source has removed (default: keep)")
    added.add_argument("--set", action="append", metavar="OPTION=VALUE", help="any option of its kind, repeatable")
    ran = action("run", "fetch and take in what changed")
    ran.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    ran.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")
    ran.add_argument("--due", action="store_true", help="only sources whose time has come")
    ran.add_argument("--again", action="store_true", help="as if nothing had been fetched before")
    watched = action("watch", "look at folders and mailboxes again and again, until Ctrl-C")
    watched.add_argument("names", nargs="*", metavar="NAME", help="default: all folders and mailboxes")
    watched.add_argument("--seconds", type=float, default=5.0, metavar="N", help="between two looks (default 5)")
    logged = action("log", "what the runs of a source found")
    logged.add_argument("name", metavar="NAME")
    logged.add_argument("-n", dest="number", type=int, default=20, metavar="N", help="the last N runs (default 20)")
    action("remove", "remove a source; its documents stay").add_argument("name", metavar="NAME")


def _questions(verb: Any) -> None:
    found = verb("retrieve", "retrieve", "ranked passages, no generation")
    found.add_argument("-k", type=int, default=10, metavar="N", help="how many (default 10)")
    asked = verb("ask", "ask", "one answer with its quotes")
    asked.add_argument("--model", metavar="NAME", help="a generator of the catalogue, or `quote` for none at all")
    asked.add_argument(
        "--after", action="append", metavar="QUESTION", help="what was asked before, oldest first, repeatable"
    )
    for made in (found, asked):
        made.add_argument("question", metavar="QUESTION")
        made.add_argument("--as", dest="reader", metavar="READER", help="a reader named in the settings")
        made.add_argument("--lang", metavar="TAG", help="language of the question and the reply")
        made.add_argument("--on", metavar="DATE", help="the day the answer must hold on (default: today)")
    served = verb("serve", "serve", "the web page and the API")
    served.add_argument("--host", metavar="ADDRESS", help="address to listen on (default 127.0.0.1)")
    served.add_argument("--port", type=int, metavar="N", help="port (default 8080)")
    program = verb("mcp", "mcp", "search, documents and answers for one program, by MCP over standard input and output")
    program.add_argument(
        "--as", dest="reader", metavar="READER", help="a reader named in the settings (default: the public)"
    )


def _only(task: argparse.ArgumentParser) -> None:
    task.add_argument("--only", metavar="FILE", help="ask the questions whose ids the file has, one a line")


def _evals(verb: Any) -> None:
    scored = verb("evals", "evals", "scores on a folder of questions with known answers")
    inner = scored.add_subparsers(metavar="TASK", required=True)
    task = verb("retrieve", "evals_retrieve", "nDCG, recall and MRR of retrieval on a BEIR folder, by direction", inner)
    task.add_argument("folder", metavar="DIR")
    task.add_argument("--lang", metavar="TAG", help="language of the folder, where its files do not say")
    task.add_argument(
        "--direction", action="append", metavar="YY-XX", help="questions YY on corpus XX, or YY-mixed; repeatable"
    )
    task.add_argument("--limit", type=int, metavar="N", help="ask N questions, spread evenly over the judgements")
    _only(task)
    task.add_argument("--cache", metavar="DIR", help="where vectors are kept (default: beside the models)")
    task.add_argument(
        "--no-cache", action="store_true", help="compute every vector, so that the cost is the whole cost"
    )
    task.add_argument("--run", dest="run_file", metavar="FILE", help="write the ranking in trec_eval's format")
    task.add_argument("--baseline", metavar="FILE", help="compare with a ranking of another system in that format")
    gone = verb("refuse", "evals_refuse", "each question with its answer there and removed: is it refused?", inner)
    gone.add_argument("folder", metavar="DIR")
    gone.add_argument("--lang", metavar="TAG", help="language of the folder, where its files do not say")
    gone.add_argument("--direction", action="append", metavar="YY-XX", help="questions YY on corpus XX; repeatable")
    gone.add_argument("--limit", type=int, metavar="N", help="ask N questions, spread evenly over the judgements")
    _only(gone)
    gone.add_argument("--cache", metavar="DIR", help="where vectors are kept (default: beside the models)")
    gone.add_argument("--no-cache", action="store_true", help="compute every vector")
    said = verb("answer", "evals_answer", "what answers show, cite and say beside the known ones", inner)
    said.add_argument("folder", metavar="DIR")
    said.add_argument("--given", choices=("gold",), help="only the passages that answer (default: the whole pool)")
    said.add_argument("--model", default="quote", metavar="NAME", help="a generator of the catalogue (default: quote)")
    said.add_argument("--lang", metavar="TAG", help="language of the folder, where its files do not say")
    said.add_argument("--limit", type=int, metavar="N", help="ask N questions, spread evenly over the judgements")
    _only(said)
    said.add_argument("--cache", metavar="DIR", help="where vectors of passages are kept (default: beside the models)")
    said.add_argument("--no-cache", action="store_true", help="compute every vector")
    said.add_argument("--run", dest="run_file", metavar="FILE", help="write every answer as a line of JSON")
    said.set_defaults(direction=None)
    turns = verb("converse", "evals_converse", "conversations: does each turn find its passages?", inner)
    turns.add_argument("folder", metavar="DIR")
    turns.add_argument("--half", choices=("first", "second"), help="every second conversation, in the order of hashes")
    turns.add_argument("--lang", metavar="TAG", help="language of the folder, where its files do not say")
    turns.add_argument("--cache", metavar="DIR", help="where vectors are kept (default: beside the models)")
    turns.add_argument("--no-cache", action="store_true", help="compute every vector")
    turns.set_defaults(direction=None, limit=None)
    _attacks(verb, inner)
    made = verb(
        "make", "evals_make", "a folder of questions with known answers from what is held, without a model", inner
    )
    made.add_argument("out", metavar="OUT")
    made.add_argument(
        "--as", dest="reader", metavar="READER", help="documents of this reader (default: public ones only)"
    )
    made.add_argument("--all", action="store_true", help="every document, whatever its access labels")
    made.add_argument("--on", metavar="DATE", help="documents in force on this day (default: today)")
    made.add_argument(
        "--per-kind", type=int, default=500, metavar="N", help="at most N questions of a kind (default 500)"
    )
    made.add_argument(
        "--seed", type=int, default=0, metavar="N", help="which are drawn when there are more (default 0)"
    )
    made.add_argument("--force", action="store_true", help="replace another benchmark at OUT")


def _attacks(verb: Any, inner: Any) -> None:
    tried = verb("attack", "evals_attack", "orders hidden in documents, attacks asked as questions", inner)
    tried.add_argument("folder", metavar="DIR")
    tried.add_argument(
        "--half", choices=("first", "second"), help="of the attacks, by hash: chosen on first, reported on second"
    )
    tried.add_argument("--held", metavar="DIR", help="a BEIR folder whose passages are held when attacks are asked")
    tried.add_argument(
        "--ordinary", action="append", metavar="DIR", help="a BEIR folder: questions taken for attacks; repeatable"
    )
    tried.add_argument("--model", default="quote", metavar="NAME", help="a generator of the catalogue (default: quote)")
    tried.add_argument("--lang", metavar="TAG", help="language of the askers (default: identified)")
    tried.add_argument("--limit", type=int, metavar="N", help="try N attacks of each sort, spread evenly")
    tried.add_argument("--cache", metavar="DIR", help="where vectors are kept (default: beside the models)")
    tried.add_argument("--no-cache", action="store_true", help="compute every vector")
    tried.set_defaults(direction=None)


def _keeping(verb: Any) -> None:
    tune_options.curate(verb)
    taught = verb("tune", "tune", "teach the house from your own texts")
    inner = taught.add_subparsers(metavar="TASK", required=True)
    words = verb("lexicon", "tune_lexicon", "which word is which in another language, from parallel texts", inner)
    words.add_argument("pair", metavar="PAIR", help="two languages, like rw-en")
    words.add_argument("files", nargs="*", metavar="FILE", help="JSON lines with both texts (default: what is held)")
    read = verb("reader", "tune_reader", "a model that finds answers in passages; typed again it goes on", inner)
    read.add_argument("recipe", metavar="RECIPE", help="which data sets, as TOML (docs/tune.md)")
    read.add_argument("--data", required=True, metavar="DIR", help="the folder that the recipe's folders are in")
    read.add_argument("--out", required=True, metavar="DIR", help="the folder of the run: checkpoint, log, reader.npz")
    read.add_argument("--start", metavar="FILE", help="checkpoint.pt or reader.npz of another run to begin from")
    read.add_argument("--steps", type=int, default=1100, metavar="N", help="of 2,048 tokens each (default 1100)")
    read.add_argument("--rate", type=float, metavar="R", help="learning rate of the layers (default 0.0002)")
    read.add_argument("--frozen", type=int, metavar="N", help="leave the N lowest layers as they are (default 0)")
    read.add_argument("--seed", type=int, metavar="N", help="of heads and order (default 17)")
    worth = verb("odds", "tune_odds", "what a reader's signals are worth, from development questions", inner)
    worth.add_argument("reader", metavar="READER", help="a reader.npz; the weights are written into it")
    worth.add_argument("recipe", metavar="RECIPE", help="the recipe that it was trained by")
    worth.add_argument("--data", required=True, metavar="DIR", help="the folder that the recipe's folders are in")
    tune_options.mean(verb, inner)
    tune_options.gate(verb, inner)
    held = verb("models", "models", "the catalogue of models: licence, size, languages, what is here")
    inner = held.add_subparsers(metavar="ACTION")
    pulled = verb("pull", "models_pull", "fetch a model once, check it and keep it", inner)
    pulled.add_argument("names", nargs="*", metavar="NAME", help="default: the models that the settings name")
    pulled.add_argument("--from", dest="place", metavar="PLACE", help="a local file, or `hub` for the publisher's own")
    verb("verify", "models_verify", "check size and sha256 of the models that are here", inner)
    used = verb("use", "models_use", "put a reader that the gate let in to use", inner)
    used.add_argument("name", metavar="NAME", help="a reader of this home, or `none`")
    verb("rollback", "models_rollback", "put back the reader that was in use before", inner)
    verb("backup", "backup", "the whole home in one file").add_argument("file", metavar="FILE")
    verb("restore", "restore", "a home from a backup file").add_argument("file", metavar="FILE")
    checked = verb("doctor", "doctor", "what is installed, missing, slow or insecure here")
    checked.add_argument("--settings", action="store_true", help="every setting, its value and its meaning")
    audit_options.add(verb)


if __name__ == "__main__":
    sys.exit(main())
