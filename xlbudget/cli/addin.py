"""Commands for Excel: addin build, install, uninstall, doctor, bundle; and live, on the open workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from xlbudget.cli.app import EXIT_FINDINGS, app


@app.command()
def live(
    verb: Annotated[
        str, typer.Argument(help="리본의 단추: build, calculate, fill, check, describe, preview …")
    ],
) -> None:
    """엑셀에 열려 있는 통합 문서에서 리본의 단추와 같은 일을 합니다(Windows)."""
    from xlbudget.excel.outside import run

    if run(verb, typer.echo):
        raise typer.Exit(EXIT_FINDINGS)


addin_app = typer.Typer(
    help="엑셀 추가 기능: 만들기, 설치, 제거, 꾸러미, 진단.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(addin_app, name="addin")


@addin_app.command("build")
def addin_build(
    folder: Annotated[Path, typer.Option("-o", "--out", help="둘 폴더")] = Path(),
) -> None:
    """리본과 매크로가 든 표준예산서.xlsm과 추가 기능 xlbudget.xlam을 만듭니다."""
    from xlbudget.excel.package import build as build_files

    for path in build_files(folder):
        typer.echo(str(path))


@addin_app.command("install")
def addin_install() -> None:
    """이 사용자의 엑셀에 추가 기능을 설치합니다. 관리자 권한도 인터넷도 필요 없고, 바꾼 것을 모두 보입니다."""
    from xlbudget.excel.install import install
    from xlbudget.excel.machine import this_machine

    install(this_machine(), typer.echo)


@addin_app.command("uninstall")
def addin_uninstall() -> None:
    """설치하며 바꾼 것을 모두 되돌립니다."""
    from xlbudget.excel.install import uninstall
    from xlbudget.excel.machine import this_machine

    uninstall(this_machine(), typer.echo)


@addin_app.command("doctor")
def addin_doctor(
    workbook: Annotated[str | None, typer.Argument(help="함께 살펴볼 통합 문서")] = None,
) -> None:
    """추가 기능이 돌아갈 수 있는지 살피고, 걸리는 것마다 까닭과 할 일을 알립니다."""
    from xlbudget.excel.doctor import examine, report

    for line in report(examine(workbook)):
        typer.echo(line)


@addin_app.command("bundle")
def addin_bundle(
    wheels: Annotated[Path, typer.Option("--wheels", help="윈도우용 wheel이 든 폴더")],
    out: Annotated[Path, typer.Option("-o", "--out", help="만들 zip")],
    python: Annotated[Path | None, typer.Option("--python", help="embeddable Python zip")] = None,
) -> None:
    """인터넷이 없는 곳에서 설치할 꾸러미 하나를 만듭니다."""
    from xlbudget.excel.bundle import bundle, summary
    from xlbudget.excel.package import addin, with_macros
    from xlbudget.resources import STANDARD_WORKBOOK, resource

    workbook = with_macros(resource(STANDARD_WORKBOOK).read_bytes())
    sums = bundle(out, wheels, addin(), workbook, python)
    for line in summary(out, sums):
        typer.echo(line)
