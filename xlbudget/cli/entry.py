"""Running the command line: what a fault becomes, on standard error and as an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import Any

import typer

from xlbudget.cli.app import EXIT_STOPPED, EXIT_UNREADABLE, app, complain, say
from xlbudget.cli.usage import usage_fault
from xlbudget.errors import XlbudgetError, reason

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
        say(f"xlbudget: {usage_fault(error)}")
        say(f"쓰는 법: {error.ctx.command_path if error.ctx else 'xlbudget'} --help")
        sys.exit(EXIT_UNREADABLE)
    except XlbudgetError as error:
        complain(error)
        sys.exit(EXIT_UNREADABLE)
    except (typer.Abort, KeyboardInterrupt):
        code = EXIT_STOPPED
    except OSError as error:
        say(
            f"xlbudget: {error.filename or '파일'}: 다루지 못했습니다({reason(error)}). 이름, 권한, 남은 공간을 확인하세요."
        )
        sys.exit(EXIT_UNREADABLE)
    if code == EXIT_STOPPED:
        say("멈췄습니다. 저장하던 파일은 이전 그대로입니다.")
    sys.exit(code if isinstance(code, int) else 0)
