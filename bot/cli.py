"""The command `xiaoge`. Heavy imports stand inside the commands, so that help is quick."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli_accounts import wechat_app, wecom_app
from bot.cli_partners import app as intake_app
from bot.cli_platform import app as platform_app
from bot.cli_shared import database as _database
from bot.cli_shared import settings as _settings
from bot.cli_shared import stop as _stop

if TYPE_CHECKING:
    from casework.methods import Method

app = typer.Typer(
    name="xiaoge",
    help="小格: a township's villagers, grid members and admins, from a message to a settled case.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
town_app = typer.Typer(help="The town file: check it, load it, write it out.", no_args_is_help=True)
method_app = typer.Typer(
    help="Work methods 工作法: list, show, check, diff, trial.", no_args_is_help=True
)
clock_app = typer.Typer(help="The town's clock (demo mode).", no_args_is_help=True)
app.add_typer(wechat_app, name="wechat")
app.add_typer(wecom_app, name="wecom")
app.add_typer(town_app, name="town")
app.add_typer(method_app, name="method")
app.add_typer(clock_app, name="clock")
app.add_typer(intake_app, name="intake")
app.add_typer(platform_app, name="platform")
answers_app = typer.Typer(
    help="The answer base: the examples that are shipped, how well questions find theirs.",
    no_args_is_help=True,
)
app.add_typer(answers_app, name="answers")
audit_app = typer.Typer(help="The audit trail: check it, write it out.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")


def main() -> None:
    from bot.settings import WrongSettings
    from storage.book import NoTown

    try:
        app()
    except WrongSettings as wrong:
        _stop(str(wrong))
    except NoTown:
        _stop(
            "No town is loaded yet: xiaoge town load FILE.toml (an example: deploy/town.example.toml)"
        )


@app.command()
def serve() -> None:
    """Run the service. Brings the schema up to date first."""
    gc.disable()  # what is loaded now stays, there is nothing to collect; on again when it is ready
    from bot.heap import one_heap
    from bot.run import serve as run

    one_heap()
    settings = _settings()
    run(settings, _database(settings))


@app.command()
def chat(
    person: Annotated[
        str, typer.Option("--as", help="zhang (a villager), or staff:li, staff:zhao …")
    ] = "zhang",
) -> None:
    """Talk to 小格 in the terminal. `/as staff:li` changes who you are, `/clock 26h` moves time."""
    from bot.channels.terminal.chat import chat as talk

    settings = _settings()
    talk(settings, _database(settings), person)


@town_app.command("check")
def town_check(file: Path) -> None:
    """Say what is wrong with a town file."""
    from bot import town
    from casework.townfile import TownFileError

    try:
        entries = town.check(_read(file))
    except TownFileError as error:
        _stop(str(error))
    counts = "，".join(f"{kind} {len(rows)}" for kind, rows in entries.items())
    typer.echo(f"没有问题：{counts}")


@town_app.command("load")
def town_load(
    file: Path,
    overwrite: Annotated[
        bool, typer.Option(help="Also undo what was changed in chat since.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Load a town file: shows what changes, asks, and stops at what was changed in chat since."""
    from bot import town
    from casework import townfile

    text = _read(file)
    database = _database(_settings())
    try:
        plan = town.preview(database, text, overwrite)
        typer.echo(townfile.describe(plan))
        if plan.blocked:
            raise SystemExit(1)
        if plan.changes and (yes or typer.confirm("载入？")):
            town.load(database, text, overwrite=overwrite, by="cli")
    except townfile.TownFileError as error:
        _stop(str(error))
    finally:
        database.close()


@town_app.command("export")
def town_export() -> None:
    """Write the town, with what was changed in chat, as a town file."""
    from bot import town

    database = _database(_settings())
    try:
        typer.echo(town.export(database), nl=False)
    finally:
        database.close()


@method_app.command("list")
def method_list() -> None:
    """The work methods that are shipped."""
    from casework.methods import shipped

    for identity, method in shipped().items():
        typer.echo(f"{identity}\t{method.name}\t{method.origin}")


@method_app.command("show")
def method_show(method: str) -> None:
    """A work method: an id, a file, or a version that counted here (zhongjiang@1f3c9a20)."""
    from bot.methods import describe

    typer.echo(describe(_method(method)))


@method_app.command("check")
def method_check(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Check a method file, or all shipped ones."""
    from bot.methods import unknown_topics
    from casework.methods import shipped

    checked = [_file(file)] if file is not None else list(shipped().values())
    for method in checked:
        if problems := unknown_topics(method):
            _stop("\n".join(problems))
        typer.echo(f"{method.id}：没有问题")


@method_app.command("diff")
def method_diff(one: str, other: str) -> None:
    """What differs between two methods: ids, files, or versions that counted here."""
    from casework.methods.compare import differences

    found = differences(_method(one), _method(other))
    typer.echo("\n".join(found) or "没有不同")


@method_app.command("trial")
def method_trial(
    method: str,
    most: Annotated[int, typer.Option(help="Cases that are tried; of more, a part.")] = 100_000,
) -> None:
    """What the last 90 days would have been under a method: an id, a file, or a version."""
    from bot.methods import trial

    database = _database(_settings())
    try:
        typer.echo(trial(database, _method(method), most))
    finally:
        database.close()


def _method(word: str) -> Method:
    """By id, file, or version; the database is only asked for what is not shipped."""
    from bot.methods import of_version
    from casework.methods import shipped

    if word in shipped():
        return shipped()[word]
    if word.endswith(".toml"):
        return _file(Path(word))
    found = of_version(_database(_settings()), word) if "@" in word else None
    return found or _stop(f"没有工作法“{word}”；有：{'、'.join(shipped())}")


def _file(file: Path) -> Method:
    from casework.methods import MethodError, load

    try:
        return load(_read(file), file.name)
    except MethodError as error:
        _stop(str(error))


@answers_app.command("list")
def answers_list() -> None:
    """The example answers that are shipped."""
    from bot.answers import example_lines

    _tell(example_lines())


@answers_app.command("export")
def answers_export() -> None:
    """Write the example answers as [[answer]] of a town file, to be checked and changed there."""
    from bot.answers import export

    typer.echo(export(), nl=False)


@answers_app.command("measure")
def answers_measure(
    file: Path,
    town: Annotated[Path | None, typer.Option(help="A town file. [default: the demo town]")] = None,
) -> None:
    """How well questions find their answer: a CSV file with answer,text in, tables out."""
    from bot.answers import measure_lines
    from bot.town import example

    text = _read(town) if town is not None else example()
    _tell(measure_lines(_read(file).splitlines(keepends=True), text))


@app.command()
def doctor() -> None:
    """Walk through every step of going live, and say what is missing and where to click."""
    from bot.doctor import examine

    settings = _settings()
    database = _database(settings)
    try:
        missing = examine(settings, database, typer.echo)
    finally:
        database.close()
    if missing:
        raise typer.Exit(1)


@clock_app.command("advance")
def clock_advance(span: str) -> None:
    """Move a running demo's clock forward, e.g. 26h or 3d, or `next`."""
    import httpx

    settings = _settings()
    address = f"http://{settings.host}:{settings.port}/simulator/clock"
    try:
        answer = httpx.post(address, json={"advance": span}, timeout=120, trust_env=False)
    except httpx.ConnectError:
        _stop(f"No demo runs at {address}: start it with make run, or set XIAOGE_PORT to its port")
    typer.echo(answer.text)
    if answer.status_code != 200:
        raise typer.Exit(1)


@audit_app.command("verify")
def audit_verify() -> None:
    """Say whether the trail is whole; exits with 1 if it is not. Keep the chain's last hash elsewhere."""
    from bot import trail

    database = _database(_settings())
    try:
        whole, sentence = trail.verify(database)
    finally:
        database.close()
    typer.echo(sentence)
    if not whole:
        raise typer.Exit(1)


@audit_app.command("export")
def audit_export(
    about: Annotated[
        str, typer.Option(help="Only what is about a case number, a person's id, a command.")
    ] = "",
) -> None:
    """Write the trail as JSON lines, with the seals that hold it together."""
    from bot import trail

    database = _database(_settings())
    try:
        for line in trail.export(database, about):
            typer.echo(line)
    finally:
        database.close()


@app.command("import")
def import_sheet(
    file: Path,
    person: Annotated[str, typer.Option("--as", help="In whose name: a userid, e.g. zhao.")],
) -> None:
    """Register the rows of a CSV sheet: 内容, and if there are 地点, 姓名, 电话, 渠道."""
    import asyncio

    from bot.importing import WrongSheet, bring_in
    from bot.service import Service

    try:
        content = file.read_bytes()
    except OSError as error:
        _stop(f"{file}: {error.strerror}")
    database = _database(_settings())
    try:
        for answer in asyncio.run(bring_in(Service(database), person, content)):
            typer.echo(answer)
    except WrongSheet as wrong:
        _stop(str(wrong))
    finally:
        database.close()


@app.command()
def card(town: Annotated[str, typer.Option(help="The town's name, for the heading.")] = "") -> None:
    """Write the grid member's card, one side of A5, as a page to be printed."""
    from handlers.staff.conversation import COMMANDS
    from handlers.staff.paper import card as page

    typer.echo(page(town, COMMANDS), nl=False)


@app.command()
def read(
    town: Annotated[
        Path | None, typer.Option(help="A town file: its places are recognised.")
    ] = None,
    among: Annotated[
        str, typer.Option(help="Choose the field among these only, comma-separated.")
    ] = "",
) -> None:
    """Understand texts: JSON lines {"id","text"} in, one reading a line out."""
    from bot.understand import read_lines

    text = _read(town) if town is not None else None
    _write(read_lines(sys.stdin, text, _fields(among)))


@app.command()
def duplicates() -> None:
    """Find texts about the same matter: JSON lines {"id","text"} in, {"id","group"} out."""
    from bot.understand import group_lines

    _write(group_lines(sys.stdin))


@app.command()
def corrections() -> None:
    """Write what staff have put right (更正) as CSV: label,title,text, for `xiaoge learn`."""
    from bot.corrections import write

    database = _database(_settings())
    try:
        write(database, sys.stdout)
    finally:
        database.close()


@app.command()
def evaluate(
    file: Path,
    among: Annotated[
        str, typer.Option(help="Choose the field among these only, comma-separated.")
    ] = "",
) -> None:
    """How well fields are read: a CSV file with label,title,text in, tables out."""
    from bot.learning import evaluate_lines

    _tell(evaluate_lines(_read(file).splitlines(keepends=True), _fields(among)))


@app.command()
def learn(
    files: list[Path],
    into: Annotated[
        Path | None, typer.Option(help="Folder for the weights. [default: the lexicon's own]")
    ] = None,
    folds: Annotated[int, typer.Option(help="Parts for cross-validation; 1: none.")] = 5,
    words: Annotated[int, typer.Option(help="Words that are looked at, of each file.")] = 12_000,
) -> None:
    """Learn weights of words from CSV files with label,title,text or label,tokens.

    Files with 100 and more rows of each label teach from nothing; fewer, a town's corrected
    cases, move the weights that are there. Hand-written words are left as they are.
    Sentences labelled emergency, misconduct, hazard or a kind of speech, and - for none of them,
    teach hints."""
    from bot.learning import learn_lines

    if into is not None:
        into.mkdir(parents=True, exist_ok=True)
    sources = [_read(file).splitlines(keepends=True) for file in files]
    _tell(learn_lines(sources, into, folds, words))


def _fields(among: str) -> list[str]:
    from nlp.lexicon import FIELDS

    fields = [name.strip() for name in among.split(",") if name.strip()]
    if unknown := set(fields) - set(FIELDS):
        _stop(f"--among: 没有领域 {'、'.join(sorted(unknown))}；有：{'、'.join(FIELDS)}")
    return fields


def _tell(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            typer.echo(line)
    except ValueError as error:
        _stop(str(error))


def _write(lines: Iterable[dict[str, Any]]) -> None:
    try:
        for line in lines:
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    except ValueError as error:  # a town file's problems, or a line that is none
        _stop(str(error))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        _stop(f"{file}: {error.strerror}")
    except UnicodeDecodeError:
        _stop(f"{file}: not UTF-8; save it as UTF-8")
