"""The command that gathers many workbooks in one database: collect."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xlbudget.cli.app import EXIT_FINDINGS, EXIT_UNREADABLE, Jobs, app, say

if TYPE_CHECKING:
    from xlbudget.collect.gathering import Gathered
    from xlbudget.collect.summary import Remark, Summary

_MOST_SHOWN = 20
"""Lines of one kind on the screen; the summary workbook holds them all."""


@app.command()
def collect(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="통합 문서가 든 폴더")],
    db: Annotated[
        str, typer.Option("--db", help="SQLite 파일이나 postgresql:// 주소. 없으면 그 폴더의 취합.db")
    ] = "",
    xlsx: Annotated[Path | None, typer.Option("--xlsx", help="요약 통합 문서를 저장할 .xlsx")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="과목마다 한 줄인 표를 저장할 .csv")] = None,
    aliases: Annotated[
        Path | None, typer.Option("--aliases", help="같은 이름의 표(.csv: 구분, 적힌 이름, 모을 이름)")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="모으는 사람. 없으면 이 컴퓨터의 사용자")] = "",
    jobs: Jobs = None,
) -> None:
    """폴더의 통합 문서를 모두 데이터베이스 하나에 모읍니다. 바뀐 파일만 다시 담습니다."""
    from xlbudget import __version__
    from xlbudget.collect.gathering import gather, survey
    from xlbudget.collect.names import read_aliases
    from xlbudget.collect.store import DEFAULT_NAME, Origin, open_store
    from xlbudget.collect.summary import summarise

    _check_outputs(xlsx, table)
    survey(folder)
    given = read_aliases(aliases) if aliases is not None else None
    store = open_store(db or folder / DEFAULT_NAME)
    try:
        if given is not None:
            store.replace_aliases(given)
        origin = Origin(datetime.now().astimezone().isoformat(timespec="seconds"), by or _user(), __version__)
        with _bar() as watch:
            gathered = gather(folder, store, origin, jobs=jobs, watch=watch)
        summary = summarise(store)
    finally:
        store.close()
    _write(summary, xlsx, table)
    _tell(gathered, summary)
    typer.echo(store.name)
    wrong = summary.has_errors
    raise typer.Exit(EXIT_UNREADABLE if gathered.counts["failed"] else EXIT_FINDINGS if wrong else 0)


def _check_outputs(xlsx: Path | None, table: Path | None) -> None:
    """Refuse names that say something else than what is written, and a workbook that is no summary of ours."""
    from xlbudget.collect.output import is_summary

    for option, path, ending in (("--xlsx", xlsx, ".xlsx"), ("--csv", table, ".csv")):
        if path is not None and path.suffix.lower() != ending:
            raise typer.BadParameter(f"{option} {path}: {ending} 로 끝나는 이름을 주세요.")
    if xlsx is not None and xlsx.exists() and not is_summary(xlsx):
        raise typer.BadParameter(f"--xlsx {xlsx}: 취합 요약이 아닌 파일이 이미 있습니다. 다른 이름을 주세요.")


def _write(summary: Summary, xlsx: Path | None, table: Path | None) -> None:
    from xlbudget.book.file.save import save
    from xlbudget.collect.output import items_csv, summary_workbook

    for path, made in ((xlsx, summary_workbook), (table, items_csv)):
        if path is not None:
            save(path, made(summary))
            typer.echo(str(path))


def _tell(gathered: Gathered, summary: Summary) -> None:
    from xlbudget.collect.output import balance_line

    for line in (*gathered.failures, *gathered.notices):
        say(f"xlbudget: {line}")
    for remarks in _by_kind(summary, gathered):
        for remark in remarks[:_MOST_SHOWN]:
            say(f"[{remark.severity.word}] {remark.what}: {remark.text}")
        if len(remarks) > _MOST_SHOWN:
            say(
                f"[{remarks[0].severity.word}] {remarks[0].what}: 그 밖에 {len(remarks) - _MOST_SHOWN:,}건. --xlsx 로 모두 봅니다."
            )
    counts = gathered.counts
    placed = counts["added"] + counts["changed"] + counts["unchanged"]
    typer.echo(
        f"파일: 찾음 {counts['found']:,} = 담음 {placed:,}(새로 {counts['added']:,}, 바뀜 {counts['changed']:,}, "
        f"그대로 {counts['unchanged']:,}) + 읽지 못함 {counts['failed']:,}; 없어짐 {counts['removed']:,}"
    )
    typer.echo(f"{balance_line(summary.by_department)} (천원)")


def _by_kind(summary: Summary, gathered: Gathered) -> Iterator[Sequence[Remark]]:
    """Yield the remarks to show, kind by kind: failures are told already, files that are gone only once."""
    kinds: dict[str, list[Remark]] = {}
    for remark in summary.remarks:
        told = remark.what == "읽지 못한 파일" or (
            remark.what == "없어진 파일" and remark.run != gathered.run
        )
        if not told:
            kinds.setdefault(remark.what, []).append(remark)
    yield from kinds.values()


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # nobody is logged in: a task of the system
        return ""


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal; give what moves it."""
    if not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("취합", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
