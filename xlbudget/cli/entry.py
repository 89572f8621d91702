"""Running the command line: what a fault becomes, on standard error and as an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Any

import typer

from xlbudget.cli.app import EXIT_STOPPED, EXIT_UNREADABLE, app, complain, say
from xlbudget.errors import XlbudgetError

_USAGE: Any = typer.BadParameter.__mro__[1]  # the parser's base class of usage faults


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
        say(f"xlbudget: {_usage(error)}")
        say(f"쓰는 법: {error.ctx.command_path if error.ctx else 'xlbudget'} --help")
        sys.exit(EXIT_UNREADABLE)
    except XlbudgetError as error:
        complain(error)
        sys.exit(EXIT_UNREADABLE)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_STOPPED
    except OSError as error:
        say(
            f"xlbudget: 파일을 다루지 못했습니다: {error.strerror} ({error.filename}). 권한과 남은 공간을 확인하세요."
        )
        sys.exit(EXIT_UNREADABLE)
    if code == EXIT_STOPPED:
        say("멈췄습니다. 저장하던 파일은 이전 그대로입니다.")
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
