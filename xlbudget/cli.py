"""The command line: one thin command a verb. Only the imports that a command needs are paid for.

Exit codes: 0 fine; 1 a finding of severity error or an unreadable derivation; 2 usage, or a file that
cannot be read (the others of a batch are still done). Results go to standard output, the rest to standard
error.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xlbudget.errors import XlbudgetError

if TYPE_CHECKING:
    from xlbudget.batch.jobs import Done
    from xlbudget.intake import TakenBook
    from xlbudget.workflow import Outcome

EXIT_FINDINGS = 1
EXIT_UNREADABLE = 2
EXIT_STOPPED = 130

_USAGE: Any = typer.BadParameter.__mro__[1]  # the parser's base class of usage faults

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


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _complain(error: XlbudgetError, path: Path | None = None) -> None:
    """Say what is wrong, with the file's name in front where the sentence does not name it."""
    text = str(error)
    _say(f"xlbudget: {text}" if path is None or path.name in text else f"xlbudget: {path}: {text}")


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="예시를 둘 폴더")] = Path(),
) -> None:
    """채워진 예시를 만들고 점검한 뒤, 완성된 통합 문서 하나를 남깁니다."""
    from xlbudget.resources import DEMO_PROJECT, resource
    from xlbudget.workflow import build as build_workbook

    folder.mkdir(parents=True, exist_ok=True)
    outcome = build_workbook(resource(DEMO_PROJECT), folder / "예시_사업설명서.xlsx")
    _report(outcome)
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
    if out is not None and out.is_file() and any(_same_file(Path(text), out) for text in inputs):
        raise typer.BadParameter(f"-o {out}: 원본과 같은 파일입니다. 원본에 저장하려면 --in-place 를 쓰세요.")
    if out is not None and out.suffix and not out.is_dir() and not _is_one_file(inputs, out):
        raise typer.BadParameter(f"-o {out}: 파일이 여럿이면 폴더를, 하나면 .xlsx 또는 .xlsm 이름을 주세요.")
    plan = Plan(inputs, "build", out, in_place=in_place, preview=dry_run)
    raise typer.Exit(perform(plan, Wishes(jobs, report, cluster)))


def _same_file(path: Path, other: Path) -> bool:
    return path.is_file() and other.is_file() and path.samefile(other)


def _is_one_file(inputs: Sequence[str], out: Path) -> bool:
    from itertools import islice

    from xlbudget.batch.find import find_inputs

    return out.suffix.lower() in {".xlsx", ".xlsm"} and len(list(islice(find_inputs(inputs), 2))) == 1


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
            _complain(error or XlbudgetError(), path)
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
    book = workflow.open_book(source)
    before = earlier(last)
    day = on or date.today().isoformat()
    if accepted:
        outcome = decisions.repair(book, accepted, by=by, on=day, last=before)
    else:
        exception = Acceptance(excepted, reason.upper(), text, by, day)
        outcome = decisions.let_stand(book, exception, last=before)
    target = out or source.with_name(f"{source.stem}_고침{source.suffix}")
    workflow.save(book, target, backup=out is None)
    typer.echo(str(target))
    _report(outcome)


@app.command()
def derive(
    texts: Annotated[
        list[str] | None, typer.Argument(help="산출근거 글. 없으면 표준 입력에서 한 줄씩")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="한 줄에 JSON 하나")] = False,
    rounding: Annotated[str, typer.Option(help="천원 미만: ceil 절상, half-up 반올림, floor 절사")] = "ceil",
) -> None:
    """산출근거를 셈합니다: '회의 참석수당 150,000원*20명*3회' → 9,000천원."""
    from xlbudget.derivation import derive_many, json_line
    from xlbudget.money import Rounding, format_amount

    try:
        policy = Rounding(rounding)
    except ValueError:
        raise typer.BadParameter("--rounding 은 ceil, half-up, floor 가운데 하나입니다.") from None
    failed = False
    for result in derive_many(texts if texts else _standard_input(), policy):
        failed = failed or result.error is not None
        if as_json:
            sys.stdout.write(json_line(result) + "\n")
        elif result.error is not None:
            _say(f"{result.text}: {result.error.position + 1}번째 글자에서 {result.error.message}")
        else:
            sys.stdout.write(
                f"{result.label} {result.expression} = {format_amount(result.amount)}천원\n".lstrip()
            )
    raise typer.Exit(EXIT_FINDINGS if failed else 0)


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
        _say(notice)
    workflow.save(book, out, backup=_same_file(source, out))
    typer.echo(str(out))


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
        _report(outcome)
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
            _say(f"xlbudget: {done.reason}")
    for line in record(taken.book):
        _say(line.text)
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
    to: Annotated[str, typer.Option("--to", help="json, txt, hwpx")] = "json",
    out: Out = None,
) -> None:
    """통합 문서의 내용을 다른 형식으로 내보냅니다."""
    from xlbudget import workflow
    from xlbudget.exchange.export import EXPORTS, exported

    if to not in EXPORTS:
        raise typer.BadParameter(f"--to 는 {', '.join(EXPORTS)} 가운데 하나여야 합니다.")
    if out is not None and out.suffix.lower() in {".xlsx", ".xlsm"}:
        raise typer.BadParameter(f"-o {out}: 통합 문서의 이름입니다. .{to} 로 끝나는 이름을 주세요.")
    outcome = workflow.judge(workflow.open_book(source))
    data = exported(outcome.project, outcome.figures, to)
    if out is None and to == "hwpx":
        raise typer.BadParameter("hwpx 는 -o 로 저장할 파일을 주세요.")
    if out is None:
        typer.echo(data.decode())
    else:
        out.write_bytes(data)
        typer.echo(str(out))


@app.command()
def schema() -> None:
    """사업 JSON의 JSON Schema를 보입니다."""
    from xlbudget.project import Project

    typer.echo(json.dumps(Project.model_json_schema(), ensure_ascii=False, indent=2))


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


def _standard_input() -> Iterator[str]:
    for raw in getattr(sys.stdin, "buffer", sys.stdin):
        line = (_decoded(raw) if isinstance(raw, bytes) else raw).rstrip("\r\n")
        if line.strip():
            yield line


def _decoded(raw: bytes) -> str:
    """Return a line of text: UTF-8, or what Korean Windows writes."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp949", errors="replace")


def _report(outcome: Outcome) -> None:
    from xlbudget.exchange.report import finding_lines

    for line in finding_lines(outcome.findings, outcome.summary):
        _say(line)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; user faults become one calm line and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
    command = typer.main.get_command(app)
    try:
        code = command.main(
            args=None if arguments is None else list(arguments), prog_name="xlbudget", standalone_mode=False
        )
    except _USAGE as error:
        _say(f"xlbudget: {_usage(error)}")
        _say(f"쓰는 법: {error.ctx.command_path if error.ctx else 'xlbudget'} --help")
        sys.exit(EXIT_UNREADABLE)
    except XlbudgetError as error:
        _complain(error)
        sys.exit(EXIT_UNREADABLE)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_STOPPED
    except OSError as error:
        _say(
            f"xlbudget: 파일을 다루지 못했습니다: {error.strerror} ({error.filename}). 권한과 남은 공간을 확인하세요."
        )
        sys.exit(EXIT_UNREADABLE)
    if code == EXIT_STOPPED:
        _say("멈췄습니다. 저장하던 파일은 이전 그대로입니다.")
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: Any) -> str:
    """Say a usage fault in Korean; the classes of the library that parses differ by version, their names do not."""
    match type(error).__name__:
        case "NoSuchOption":
            return f"{error.option_name} 이라는 선택은 없습니다."
        case "MissingParameter":
            name = (error.param and error.param.name) or ""
            return f"빠진 것이 있습니다: {name.upper()}"
        case "NoSuchCommand":
            return f"그런 명령은 없습니다: {error.command_name}"
    return str(error.message)
