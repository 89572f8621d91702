"""Commands for other documents and formats: import, export, schema."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xlbudget.cli.app import EXIT_FINDINGS, EXIT_UNREADABLE, Input, Jobs, app, same_file, say, tell

if TYPE_CHECKING:
    from xlbudget.batch.jobs import Done
    from xlbudget.intake import TakenBook


@app.command("import")
def import_document(
    document: Annotated[
        Path, typer.Argument(help="사업설명서(.txt .md .hwpx) 또는 예산서 내려받기(.csv .xlsx)")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="저장할 통합 문서, 예산서면 폴더")],
    year: Annotated[int | None, typer.Option("--year", help="회계연도")] = None,
    jobs: Jobs = None,
) -> None:
    """다른 문서를 읽어 표준예산서로 옮깁니다. 옮기지 못한 줄은 모두 알립니다."""
    from xlbudget import intake
    from xlbudget.batch.pools import processors

    if not intake.is_book(document):
        outcome = intake.take_description(document, out, year=year)
        tell(outcome)
        typer.echo(str(outcome.out))
        raise typer.Exit(EXIT_FINDINGS if outcome.has_errors else 0)
    taken = intake.take_book(document, out, year=year, processes=jobs or processors())
    raise typer.Exit(_import_book(taken))


def _import_book(taken: TakenBook) -> int:
    from xlbudget.batch.jobs import Status
    from xlbudget.intake import record

    wrong = failed = 0
    for done in _progress(taken):
        failed += done.status is Status.FAILED
        wrong += done.has_errors
        if done.reason:
            say(f"xlbudget: {done.reason}")
    for line in record(taken.book):
        say(line.text)
        wrong += line.wrong
    typer.echo(f"{taken.folder}: 통합 문서 {len(taken) - failed:,}개")
    return EXIT_UNREADABLE if failed else EXIT_FINDINGS if wrong else 0


def _progress(taken: TakenBook) -> Iterator[Done]:
    """Show a bar on a terminal while a book is taken apart."""
    if not sys.stderr.isatty():
        yield from taken.results()
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(taken.results(), "예산서 옮기기", len(taken), console=console, transient=True)


@app.command()
def export(
    source: Input,
    to: Annotated[str, typer.Option("--to", help="json, txt, hwpx, pdf")] = "json",
    out: Annotated[Path | None, typer.Option("-o", "--out", help="저장할 파일 또는 폴더")] = None,
) -> None:
    """통합 문서의 내용을 다른 형식으로 내보냅니다. pdf 는 사업설명서 시트를 인쇄한 모습입니다."""
    from xlbudget import workflow
    from xlbudget.book.file.save import save
    from xlbudget.exchange.export import EXPORTS, PRINTED, exported

    kinds = (*EXPORTS, PRINTED)
    if to not in kinds:
        raise typer.BadParameter(f"--to 는 {', '.join(kinds)} 가운데 하나여야 합니다.")
    target = out / f"{source.stem}.{to}" if out is not None and out.is_dir() else out
    _check_target(source, to, target)
    if to == PRINTED:
        data = workflow.printed(source)
    else:
        outcome = workflow.judge(workflow.open_book(source))
        data = exported(outcome.project, outcome.figures, to)
    if target is None:
        typer.echo(data.decode())
        return
    save(target, data)
    typer.echo(str(target))


def _check_target(source: Path, to: str, out: Path | None) -> None:
    """Refuse what would write over the input, or under a name that says something else than what it is."""
    if out is None:
        if to in {"hwpx", "pdf"}:
            raise typer.BadParameter(f"{to} 는 -o 로 저장할 파일을 주세요.")
        return
    if same_file(source, out):
        raise typer.BadParameter(f"-o {out}: 원본과 같은 파일입니다. 다른 이름을 주세요.")
    if out.suffix.lower() in {".xlsx", ".xlsm"}:
        raise typer.BadParameter(f"-o {out}: 통합 문서의 이름입니다. .{to} 로 끝나는 이름을 주세요.")
    if to in {"hwpx", "pdf"} and out.suffix.lower() != f".{to}":
        raise typer.BadParameter(f"-o {out}: .{to} 로 끝나는 이름을 주세요.")


@app.command()
def schema() -> None:
    """사업 JSON의 JSON Schema를 보입니다."""
    from xlbudget.project import Project

    typer.echo(json.dumps(Project.model_json_schema(), ensure_ascii=False, indent=2))
