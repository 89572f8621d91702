"""Commands that make and fill workbooks: demo, new, build, set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from xlbudget.cli.app import Cluster, Input, Inputs, Jobs, Out, ReportFile, app, same_file, say, tell


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="예시를 둘 폴더")] = Path(),
) -> None:
    """채워진 예시를 만들고 점검한 뒤, 완성된 통합 문서 하나를 남깁니다."""
    from xlbudget.book import BookReadOnly
    from xlbudget.resources import DEMO_PROJECT, resource
    from xlbudget.workflow import build as build_workbook
    from xlbudget.workflow import is_untouched_result

    out = folder / "예시_사업설명서.xlsx"
    if folder.exists() and not folder.is_dir():
        raise BookReadOnly(f"{folder}: 같은 이름의 파일이 있습니다. 예시를 둘 폴더의 이름을 주세요.")
    if out.exists() and not is_untouched_result(out):
        raise BookReadOnly(f"{out}: 고친 예시가 이미 있습니다. 다른 폴더를 주거나 그 파일을 옮기세요.")
    folder.mkdir(parents=True, exist_ok=True)
    outcome = build_workbook(resource(DEMO_PROJECT), out)
    tell(outcome)
    typer.echo(str(outcome.out))


@app.command()
def new(
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="만들 통합 문서")],
    source: Annotated[Path | None, typer.Option("--from", help="채워 넣을 사업 JSON")] = None,
    macros: Annotated[bool, typer.Option("--macros", help="리본과 매크로가 든 .xlsm으로 만듦")] = False,
) -> None:
    """빈 표준예산서를 만듭니다. --from 을 주면 사업 JSON의 내용으로 채웁니다."""
    from xlbudget.book import BookReadOnly
    from xlbudget.workflow import open_book, save, standard_book

    if out.exists():
        raise BookReadOnly(f"{out}: 같은 이름의 파일이 이미 있습니다. 다른 이름을 주거나 그 파일을 옮기세요.")
    book = open_book(source) if source else standard_book()
    if macros:
        from xlbudget.book.file import FileBook
        from xlbudget.excel.package import with_macros

        book = FileBook.from_bytes(with_macros(book.to_bytes()))
    save(book, out)
    typer.echo(str(out))


@app.command()
def build(
    inputs: Inputs,
    out: Out = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="원본에 저장하고 백업을 남김")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="바뀔 내용만 보이고 저장하지 않음")] = False,
    jobs: Jobs = None,
    report: ReportFile = None,
    cluster: Cluster = "",
) -> None:
    """셈하고, 채우고, 점검하고, 사업설명서를 만들어 새 이름으로 저장합니다. 폴더면 그 안의 모두를 합니다."""
    from xlbudget.batch.console import Wishes, perform
    from xlbudget.batch.plan import Plan

    if in_place and out is not None:
        raise typer.BadParameter("--in-place 와 -o 는 함께 쓸 수 없습니다.")
    if out is not None and out.is_file() and any(same_file(Path(text), out) for text in inputs):
        raise typer.BadParameter(f"-o {out}: 원본과 같은 파일입니다. 원본에 저장하려면 --in-place 를 쓰세요.")
    if out is not None and out.suffix and not out.is_dir() and not _is_one_file(inputs, out):
        raise typer.BadParameter(f"-o {out}: 파일이 여럿이면 폴더를, 하나면 .xlsx 또는 .xlsm 이름을 주세요.")
    plan = Plan(inputs, "build", out, in_place=in_place, preview=dry_run)
    raise typer.Exit(perform(plan, Wishes(jobs, report, cluster)))


def _is_one_file(inputs: Sequence[str], out: Path) -> bool:
    from itertools import islice

    from xlbudget.batch.find import find_inputs

    return out.suffix.lower() in {".xlsx", ".xlsm"} and len(list(islice(find_inputs(inputs), 2))) == 1


@app.command("set")
def set_cells(
    source: Input,
    assignments: Annotated[list[str], typer.Argument(metavar="'시트!A1=값'…", help="쓸 칸과 값")],
    out: Annotated[Path, typer.Option("-o", "--out", help="저장할 파일")],
) -> None:
    """칸에 값을 씁니다. 나머지는 하나도 바뀌지 않습니다. 숫자는 숫자로, 그 밖은 글자로 씁니다."""
    from xlbudget import workflow
    from xlbudget.exchange.assignments import read_assignments

    book = workflow.open_book(source)
    book.apply(read_assignments(assignments, book.sheets()))
    for notice in book.notices:
        say(notice)
    workflow.save(book, out, backup=same_file(source, out))
    typer.echo(str(out))
