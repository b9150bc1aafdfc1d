"""`kg witness`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from kgents.cli.complete import ids
from kgents.cli.loop import run_loop
from kgents.cli.option_types import JsonOptions, RecordOptions
from kgents.cli.options import record_options
from kgents.errors import TamperedRecord, UsageError

if TYPE_CHECKING:
    from kgents.store.attest import Envelope
    from kgents.store.witness import Checked

PATH = click.Path(path_type=Path, dir_okay=False)


class VerifyCommand(JsonOptions):
    """All options of `kg witness verify`; `head` is hex."""

    head: str | None
    recheck: bool
    export: Path | None
    signers: Path | None
    identity: str | None


class ExportCommand(RecordOptions):
    """All options of `kg witness export`."""

    predicate: str


@click.group()
def witness() -> None:
    """The record: what was witnessed, in a chain that shows every change.

    \b
    kg witness verify
    kg witness log @latest
    """


@witness.command()
@click.argument("reference", default="@latest", metavar="ID|ledger", shell_complete=ids)
@click.option("--json", "as_json", is_flag=True, help="One mark a line, its exact bytes.")
@record_options
def log(reference: str, **options: Unpack[JsonOptions]) -> int:
    """The marks of an experiment, or of the ledger, in order.

    \b
    kg witness log @latest
    """
    return run_loop(_log(reference, options))


async def _log(reference: str, options: JsonOptions) -> int:
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, _):
        name = reference if reference == "ledger" else await store.resolve(reference)
        async for mark in store.marks(name):
            if options["as_json"]:
                click.echo(mark.body.decode())
            else:
                text = json.dumps(mark.data, ensure_ascii=False, sort_keys=True)
                click.echo(f"{mark.seq:>6}  {mark.at[:19]}  {mark.id[:12]}  {mark.kind:<20}  {text[:120]}")
    return 0


@witness.command()
@click.argument("reference", metavar="ID", shell_complete=ids)
@click.argument("seq", type=int)
@record_options
def show(reference: str, seq: int, **options: Unpack[RecordOptions]) -> int:
    """One mark: its exact bytes and its id.

    \b
    kg witness show @latest 0
    """
    return run_loop(_show(reference, seq, options))


async def _show(reference: str, seq: int, options: RecordOptions) -> int:
    from kgents.runner.session import stored

    async with stored(options["database"]) as (store, _):
        name = reference if reference == "ledger" else await store.resolve(reference)
        marks = [mark async for mark in store.marks(name, seq - 1) if mark.seq == seq]
    if not marks:
        raise UsageError(f"{name} has no mark {seq}", f"kg witness log {reference}")
    click.echo(json.dumps({"id": marks[0].id, **json.loads(marks[0].body)}, indent=2, ensure_ascii=False))
    return 0


@witness.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=ids)
@click.option("--head", default=None, help="A head that you noted earlier: it has to be in the chain.")
@click.option("--recheck", is_flag=True, help="Recompute the verdict, and judge every stored candidate again.")
@click.option("--export", type=PATH, default=None, help="An exported envelope: its head has to be in the record.")
@click.option("--signers", type=PATH, default=None, help="With --export: who may sign (allowed_signers of ssh-keygen).")
@click.option("--identity", default=None, help="With --signers: who has to have signed.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@record_options
def verify(reference: str | None, **options: Unpack[VerifyCommand]) -> int:
    """Check bytes, ids, chains, texts, projections and ledger; exit 3 where they disagree.

    \b
    kg witness verify
    kg witness verify @latest --recheck
    kg witness verify --export result.dsse.json --signers allowed_signers --identity me@example.org
    """
    if options["export"]:
        reference, options["head"] = _exported(options["export"], options["signers"], options["identity"])
    elif options["signers"] or options["identity"]:
        raise UsageError("--signers and --identity are for --export", "kg witness verify --export FILE --signers …")
    if options["head"] and reference is None:
        raise UsageError("--head is of one experiment", "kg witness verify ID --head HEX")
    return run_loop(_verify(reference, options))


def _exported(file: Path, signers: Path | None, identity: str | None) -> tuple[str, str]:
    from kgents.store.attest import check_signature, read_envelope, subject

    document = read_envelope(file)
    if (signers is None) != (identity is None):
        raise UsageError("--signers and --identity belong together", "name both, or neither")
    if signers is not None and identity is not None and not check_signature(document, signers, identity):
        raise TamperedRecord(f"{file} is not signed by {identity}", "was it changed, or signed by somebody else?")
    return subject(document)


async def _verify(reference: str | None, options: VerifyCommand) -> int:
    from kgents.runner.recheck import check_all
    from kgents.runner.session import session, stored

    opened = session if reference is None else stored
    async with opened(options["database"]) as (store, context):
        name = None if reference is None else await store.resolve(reference)
        again = check_all(store, context, name, options["head"], options["recheck"])
        results = [checked async for checked in again]
    results.sort(key=lambda checked: not checked.problems)  # what is damaged first
    damaged = [checked.log for checked in results if checked.problems]
    signer = options["identity"] if options["export"] else None
    if options["as_json"]:
        rows = [
            {"log": c.log, "size": c.size, "head": c.head, "problems": list(c.problems), "notes": list(c.notes)}
            for c in results
        ]
        more = {"signed_by": signer} if options["export"] else {}
        click.echo(json.dumps({"ok": not damaged, "damaged": len(damaged), **more, "logs": rows}, indent=2))
    else:
        _print_checked(results, len(damaged))
        if options["export"]:
            click.echo(
                f"signed by {signer}" if signer else "signed content not checked: --signers FILE --identity NAME"
            )
    return TamperedRecord.exit_code if damaged else 0


def _print_checked(results: "list[Checked]", damaged: int) -> None:
    for checked in results:
        state = "ok" if not checked.problems else "DAMAGED"
        click.echo(f"{state:<8} {checked.log:<20} {checked.size:>7} marks  head {checked.head}")
        for problem in checked.problems:
            click.echo(f"         {problem}")
        for note in checked.notes:
            click.echo(f"         note: {note}")
    logs = f"{len(results)} log{'' if len(results) == 1 else 's'}"
    click.echo(f"{logs}: {f'{damaged} DAMAGED, {len(results) - damaged} ok' if damaged else 'all ok'}")


@witness.command()
@click.argument("reference", default="@latest", metavar="ID", shell_complete=ids)
@click.option(
    "--predicate",
    type=click.Choice(["experiment", "test-result"]),
    default="experiment",
    show_default=True,
    help="Ours, or in-toto's test-result/v0.1.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=None, help="A file; default: stdout."
)
@record_options
def export(reference: str, output: Path | None, **options: Unpack[ExportCommand]) -> int:
    """An in-toto statement of an experiment, in a DSSE envelope.

    \b
    kg witness export @latest -o result.dsse.json
    """
    document = run_loop(_export(reference, options))
    text = json.dumps(document, indent=2) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as wrong:
            raise UsageError(
                f"-o {output}: {wrong.strerror}", "name a file in a folder that you may write to"
            ) from wrong
    return 0


async def _export(reference: str, options: ExportCommand) -> "Envelope":
    from kgents.runner.session import stored
    from kgents.store.attest import envelope

    async with stored(options["database"]) as (store, _):
        return envelope(await store.summary(await store.resolve(reference)), options["predicate"])


@witness.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", type=click.Path(path_type=Path, dir_okay=False), required=True, help="An ssh key.")
def sign(file: Path, key: Path) -> int:
    """Sign an exported envelope with an ssh key; the signature is added to the file.

    \b
    kg witness sign result.dsse.json --key ~/.ssh/id_ed25519
    """
    from kgents.store.attest import read_envelope
    from kgents.store.attest import sign as add

    document = add(read_envelope(file), key)
    file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return 0
