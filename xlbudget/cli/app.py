"""What the commands share: the application they belong to, their exit codes and kinds of argument, how they speak."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xlbudget.errors import XlbudgetError

if TYPE_CHECKING:
    from xlbudget.workflow import Outcome

EXIT_FINDINGS = 1
EXIT_UNREADABLE = 2
EXIT_STOPPED = 130

app = typer.Typer(
    name="xlbudget",
    help="예산 사업설명서 도구: 산출근거를 셈하고, 예산총괄을 채우고, 점검하고, 사업설명서를 만듭니다.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Inputs = Annotated[
    list[str], typer.Argument(help="통합 문서(.xlsx .xlsm), 사업 JSON, 폴더 또는 이름 무늬(*.xlsx)")
]
Input = Annotated[Path, typer.Argument(help="통합 문서(.xlsx .xlsm) 또는 사업 JSON")]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="저장할 파일(여럿이면 폴더)")]
Jobs = Annotated[
    int | None, typer.Option("--jobs", min=1, help="나누어 일할 프로세스 수. 없으면 파일 수에 맞춤")
]
ReportFile = Annotated[Path | None, typer.Option("--report", help="파일마다의 결과를 적을 .json .csv .xlsx")]
LastYear = Annotated[
    Path | None, typer.Option("--with", help="같은 사업의 작년 설명서. 두 곳에 적힌 금액을 견줌")
]
Cluster = Annotated[str, typer.Option("--cluster", help="일을 맡길 Dask 스케줄러, 예: tcp://이름:8786")]


def say(text: str) -> None:
    """Print a line to standard error."""
    typer.echo(text, err=True)


def complain(error: XlbudgetError, path: Path | None = None) -> None:
    """Say what is wrong, with the file's name in front where the sentence does not name it."""
    text = str(error)
    say(f"xlbudget: {text}" if path is None or path.name in text else f"xlbudget: {path}: {text}")


def tell(outcome: Outcome) -> None:
    """Tell what was found, on standard error."""
    from xlbudget.exchange.report import finding_lines

    for line in finding_lines(outcome.findings, outcome.summary):
        say(line)


def same_file(path: Path, other: Path) -> bool:
    """Return whether two paths are one file that is there."""
    return path.is_file() and other.is_file() and path.samefile(other)
