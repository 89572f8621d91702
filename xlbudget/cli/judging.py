"""Commands that judge figures and act on what was found: check, fix, explain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from xlbudget.cli.app import (
    EXIT_FINDINGS,
    EXIT_UNREADABLE,
    Cluster,
    Input,
    Inputs,
    Jobs,
    LastYear,
    ReportFile,
    app,
    complain,
    same_file,
    tell,
)
from xlbudget.errors import XlbudgetError


@app.command()
def check(
    inputs: Inputs,
    as_json: Annotated[bool, typer.Option("--json", help="파일마다 JSON 한 줄")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="SARIF 2.1.0 으로 한꺼번에")] = False,
    last: LastYear = None,
    jobs: Jobs = None,
    report: ReportFile = None,
    cluster: Cluster = "",
) -> None:
    """점검만 하고, 찾은 것을 보입니다. 파일은 바꾸지 않습니다."""
    if as_sarif or last is not None:
        if as_json and as_sarif:
            raise typer.BadParameter("--json 과 --sarif 는 함께 쓸 수 없습니다.")
        if jobs is not None or report is not None or cluster:
            raise typer.BadParameter(
                "--with 와 --sarif 는 --jobs, --report, --cluster 와 함께 쓸 수 없습니다."
            )
        raise typer.Exit(_check_together(inputs, last, as_json, as_sarif))
    from xlbudget.batch.console import Wishes, perform
    from xlbudget.batch.plan import Plan

    raise typer.Exit(perform(Plan(inputs), Wishes(jobs, report, cluster, as_json)))


def _check_together(inputs: Sequence[str], last: Path | None, as_json: bool, as_sarif: bool) -> int:
    """Check files one after the other, against last year's workbook where one is given; return the exit code."""
    from xlbudget import __version__
    from xlbudget.batch.find import find_inputs
    from xlbudget.checking import check_files
    from xlbudget.exchange.report import finding_lines, report_json
    from xlbudget.exchange.sarif import sarif

    worst, judged = 0, []
    for path, outcome, error in check_files((found.path for found in find_inputs(inputs)), last):
        if outcome is None or error is not None:
            complain(error or XlbudgetError(), path)
            worst = EXIT_UNREADABLE
            continue
        judged.append((str(path), outcome.findings))
        worst = max(worst, EXIT_FINDINGS if outcome.has_errors else 0)
        if as_json:
            told = report_json(str(path), outcome.findings, outcome.summary)
            typer.echo(json.dumps(told, ensure_ascii=False))
        elif not as_sarif:
            typer.echo("\n".join([str(path), *finding_lines(outcome.findings, outcome.summary)]))
    if as_sarif:
        typer.echo(json.dumps(sarif(judged, __version__), ensure_ascii=False, indent=2))
    return worst


@app.command()
def fix(
    source: Input,
    accepted: Annotated[str, typer.Option("--accept", help="고칠 값을 받아들일 지적의 번호")] = "",
    excepted: Annotated[str, typer.Option("--except", help="예외로 둘 지적의 번호")] = "",
    reason: Annotated[
        str, typer.Option(help="예외의 까닭: ROUND, NOTLISTED, POLICY, SOURCE, OTHER")
    ] = "OTHER",
    text: Annotated[str, typer.Option(help="까닭을 풀어 쓴 글")] = "",
    by: Annotated[str, typer.Option(help="정한 사람")] = "",
    on: Annotated[str, typer.Option(help="정한 날. 없으면 오늘")] = "",
    last: LastYear = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="저장할 파일")] = None,
) -> None:
    """지적 하나를 고치거나(--accept) 예외로 둡니다(--except). 번호는 점검결과와 check --json 에 있습니다."""
    from datetime import date

    from xlbudget import decisions, workflow
    from xlbudget.checking import earlier
    from xlbudget.findings import Acceptance

    if bool(accepted) == bool(excepted):
        raise typer.BadParameter("--accept 와 --except 가운데 하나만 주세요.")
    try:
        day = date.fromisoformat(on).isoformat() if on else date.today().isoformat()
    except ValueError:
        raise typer.BadParameter(f"--on {on}: 2026-03-31처럼 있는 날짜를 적으세요.") from None
    book = workflow.open_book(source)
    before = earlier(last)
    if accepted:
        outcome = decisions.repair(book, accepted, by=by, on=day, last=before)
    else:
        exception = Acceptance(excepted, reason.upper(), text, by, day)
        outcome = decisions.let_stand(book, exception, last=before)
    target = out or source.with_name(f"{source.stem}_고침{source.suffix}")
    workflow.save(book, target, backup=out is None or same_file(source, out))
    typer.echo(str(target))
    tell(outcome)
    raise typer.Exit(EXIT_FINDINGS if outcome.has_errors else 0)


@app.command()
def explain(
    code: Annotated[str | None, typer.Argument(help="규칙 번호, 예: BUD-S02. 없으면 모두 보임")] = None,
) -> None:
    """점검 규칙을 풀어 보입니다: 무엇을, 왜, 어떻게 고치는지."""
    from xlbudget.exchange.report import rule_lines
    from xlbudget.findings import catalogue

    if code is None:
        for rule in catalogue().values():
            typer.echo(f"{rule.code}  {rule.title}")
        return
    known = catalogue().get(code.upper())
    if known is None:
        raise typer.BadParameter(f"{code} 라는 규칙은 없습니다. 모두 보려면 xlbudget explain 을 쓰세요.")
    for line in rule_lines(known):
        typer.echo(line)
