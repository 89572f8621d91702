"""Commands from one round or year to another: diff, roll, upgrade."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xlbudget.cli.app import EXIT_FINDINGS, EXIT_UNREADABLE, Input, Jobs, app, complain, same_file, say
from xlbudget.errors import XlbudgetError

if TYPE_CHECKING:
    from xlbudget.diffing import Difference, Folders

_WIDTH = 120
"""Columns of a table that does not go to a terminal."""


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="이전", help="통합 문서, 사업 JSON 또는 폴더")],
    after: Annotated[Path, typer.Argument(metavar="지금", help="통합 문서, 사업 JSON 또는 폴더")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="다른 곳을 표시한 사본(폴더끼리면 폴더)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="사업마다 JSON 한 줄")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="다른 곳이 있으면 1로 끝냄")] = False,
    jobs: Jobs = None,
) -> None:
    """두 통합 문서나 두 폴더를 견주어, 달라진 금액과 글을 사업마다 보입니다. 다른 곳이 있어도 0으로 끝납니다."""
    if before.is_dir() != after.is_dir():
        raise typer.BadParameter("파일은 파일과, 폴더는 폴더와 견줍니다.")
    if out is not None and any(path.exists() and path.resolve() == out.resolve() for path in (before, after)):
        raise typer.BadParameter(f"-o {out}: 견주는 것과 같습니다. 다른 이름을 주세요.")
    if (
        before.is_dir()
        and out is not None
        and {before.resolve(), after.resolve()} & set(out.resolve().parents)
    ):
        raise typer.BadParameter(
            f"-o {out}: 견주는 폴더의 안입니다. 다음에 견줄 때 섞이지 않게 다른 폴더를 주세요."
        )
    if before.is_dir():
        code, differs = _folders(before, after, out, as_json, jobs)
    else:
        code, differs = 0, _files(before, after, out, as_json)
    raise typer.Exit(code or (EXIT_FINDINGS if exit_code and differs else 0))


@app.command()
def roll(
    source: Input,
    to: Annotated[int, typer.Option("--to", help="새 회계연도(다음 해)")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="저장할 파일. 없으면 이름_연도.xlsx")
    ] = None,
) -> None:
    """다음 해의 통합 문서를 만듭니다: 예산액이 전년도 예산액이 되고, 산출근거는 초안으로 남습니다."""
    from xlbudget import workflow, yearly

    target = out or yearly.default_target(source, to)
    if same_file(source, target):
        raise typer.BadParameter(f"-o {target}: 원본과 같은 파일입니다. 다른 이름을 주세요.")
    rolled = yearly.roll_book(workflow.open_book(source), to)
    workflow.save(rolled.book, target, backup=out is None)
    typer.echo(str(target))
    for line in rolled.said:
        say(line)
    for finding in rolled.caused:
        say(f"넘기면서 생긴 오류: {finding.message}")
    say(f"새 통합 문서 점검: {rolled.outcome.summary}")
    raise typer.Exit(EXIT_FINDINGS if rolled.outcome.has_errors else 0)


@app.command()
def upgrade(
    source: Input,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="저장할 파일. 없으면 이름_새서식.xlsx")
    ] = None,
) -> None:
    """옛 서식의 통합 문서를 지금 서식으로 올립니다. 적힌 것은 그대로이고, 넣은 것을 모두 보입니다."""
    from xlbudget import workflow, yearly

    target = out or source.with_name(f"{source.stem}_새서식{_ending(source)}")
    if same_file(source, target):
        raise typer.BadParameter(f"-o {target}: 원본과 같은 파일입니다. 다른 이름을 주세요.")
    book = workflow.open_book(source)
    said = yearly.upgrade_book(book)
    if not said and out is None:
        say("이미 지금의 서식입니다. 새로 저장하지 않았습니다.")
        return
    workflow.save(book, target, backup=out is None)
    typer.echo(str(target))
    for line in said:
        say(line)


def _files(before: Path, after: Path, out: Path | None, as_json: bool) -> bool:
    from xlbudget.diffing import compare_files

    difference = compare_files(before, after)
    _show(difference, as_json)
    if out is not None:
        _save_copy(difference, out / f"{after.stem}{_ending(after)}" if out.is_dir() else out)
    return difference.differs


def _ending(path: Path) -> str:
    return ".xlsx" if path.suffix.lower() == ".json" else path.suffix


def _folders(
    before: Path, after: Path, out: Path | None, as_json: bool, jobs: int | None
) -> tuple[int, bool]:
    from xlbudget.batch.pools import processes, processors
    from xlbudget.diffing import compare_folders

    found = compare_folders(before, after, processes(jobs or processors()))
    for difference in found.differences:
        _show(difference, as_json)
        if out is not None and difference.before is not None and difference.after is not None:
            target = out / difference.after.path.relative_to(after)
            target.parent.mkdir(parents=True, exist_ok=True)
            _save_copy(difference, target, quiet=True)
    return _finish(found), bool(found.differences)


def _finish(found: Folders) -> int:
    for olds, news in found.several:
        say(
            "이름과 부서가 같은 파일이 여럿이라 견주지 못함: "
            f"{', '.join(map(str, olds))} ↔ {', '.join(map(str, news))}"
        )
    for path, reason in found.faults:
        complain(XlbudgetError(reason), path)
    say(str(found))
    return EXIT_UNREADABLE if found.faults else 0


def _save_copy(difference: Difference, target: Path, *, quiet: bool = False) -> None:
    from xlbudget.diffing import marked_copy
    from xlbudget.workflow import save

    files = (difference.before, difference.after)
    if any(file is not None and same_file(file.path, target) for file in files):
        raise typer.BadParameter(f"-o {target}: 견주는 파일과 같습니다. 다른 이름을 주세요.")
    save(marked_copy(difference), target)
    if not quiet:
        say(f"표시한 사본: {target}")


def _show(difference: Difference, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(difference.as_json(), ensure_ascii=False))
        return
    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _WIDTH, highlight=False, markup=False)
    console.print(_heading(difference), style="bold")
    if difference.before is None or difference.after is None:
        return
    for sentence in difference.conditions:
        console.print(f"  {sentence}")
    if difference.changes:
        console.print(_table(difference))


def _heading(difference: Difference) -> str:
    from xlbudget.comparison import count
    from xlbudget.workbook.changes import shown

    name = " ".join(difference.name.split()) or "(이름 없음)"
    if difference.before is None or difference.after is None:
        word = "새로 생김" if difference.before is None else "없어짐"
        file = difference.after or difference.before
        assert file is not None
        return f"{name}: {word} · 예산액(B) {shown(file.side.figures.cost)} · {file.path}"
    found = count(difference.changes)
    return f"{name}: 다른 곳 {found:,}군데" if found else f"{name}: 다른 곳이 없습니다."


def _table(difference: Difference) -> object:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from xlbudget.workbook.changes import amount_change, shown

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("구분", no_wrap=True)
    table.add_column("표", no_wrap=True)
    table.add_column("무엇", ratio=4, overflow="fold")
    table.add_column("이전", ratio=3, overflow="fold")
    table.add_column("지금", ratio=3, overflow="fold")
    table.add_column("차이", justify="right", no_wrap=True)
    table.add_column("칸", overflow="fold")
    for change in difference.changes:
        place = change.after_place or change.before_place
        texts = [
            Text(shown(said), justify="right" if isinstance(said, int) else "left")
            for said in (change.before, change.after)
        ]
        table.add_row(
            change.kind.word, change.section, Text(change.what), *texts, amount_change(change.by),
            "" if place is None else str(place) if change.after_place is not None else f"(이전) {place}",
        )  # fmt: skip
    return table
