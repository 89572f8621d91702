"""The command for expressions without a workbook: derive."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated

import typer

from xlbudget.cli.app import EXIT_FINDINGS, app, say


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
        differs = result.stated is not None and result.stated != result.amount
        failed = failed or result.error is not None or differs
        if as_json:
            sys.stdout.write(json_line(result) + "\n")
        elif result.error is not None:
            say(
                f"{result.text or '(빈 글)'}: {result.error.position + 1}번째 글자에서 {result.error.message}"
            )
        else:
            told = f" (적힌 {format_amount(result.stated)}천원과 다름)" if differs else ""
            sys.stdout.write(
                f"{result.label} {result.expression} = {format_amount(result.amount)}천원{told}\n".lstrip()
            )
    raise typer.Exit(EXIT_FINDINGS if failed else 0)


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
