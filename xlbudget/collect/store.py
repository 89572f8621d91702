"""The database of a collection: a SQLite file, or PostgreSQL by its URL.

SQLAlchemy is loaded only here and in ``schema``. Every value goes to the database as a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xlbudget.collect import CollectFault
from xlbudget.collect.extract import Content, plain_text
from xlbudget.collect.names import Alias, Aliases

if TYPE_CHECKING:
    from sqlalchemy import Connection, CursorResult, Engine, Table

COLLECTED, FAILED, REMOVED = "collected", "failed", "removed"
DEFAULT_NAME = "취합.db"
"""The database of a folder, in the folder itself, where none is named."""
_SQLITE = b"SQLite format 3\0"
_PATIENCE = 30
"""Seconds to wait while another program writes to a SQLite file."""


class Known(NamedTuple):
    """A file as the database knows it."""

    number: int
    state: str
    reason: str
    content: str
    rules: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who collects, when and with what; a moment as ISO 8601 with its offset."""

    started: str
    by: str
    program: str


def open_store(target: str | Path) -> Store:
    """Open a database, and make its tables where they are missing.

    ``target`` is a file (SQLite) or a URL (``postgresql://user@host/name``). Raises ``CollectFault``.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise CollectFault(
            "취합하려면 SQLAlchemy가 있어야 합니다. pip install 'xlbudget[collect]' 로 설치하세요."
        ) from None
    url = _url(str(target))
    secret = [key for key in url.query if "pass" in key.lower()]  # password, sslpassword
    name = url.difference_update_query(secret).render_as_string(hide_password=True)
    local = {"connect_args": {"timeout": _PATIENCE}} if url.get_backend_name() == "sqlite" else {}
    try:
        engine = sqlalchemy.create_engine(url, **local)
    except ImportError:
        raise CollectFault(
            f"{name}: 이 데이터베이스에 닿는 프로그램이 없습니다. pip install 'xlbudget[postgresql]' 로 설치하세요."
        ) from None
    except sqlalchemy.exc.ArgumentError:
        raise CollectFault(
            f"{name}: --db 로 쓸 수 없는 주소입니다. 파일 이름이나 postgresql:// 주소를 주세요."
        ) from None
    store = Store(engine, url.database if url.get_backend_name() == "sqlite" and url.database else name)
    store.prepare()
    return store


def _url(target: str) -> Any:
    """Return the address of a database. Raises ``CollectFault``."""
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if "://" not in target:
        _check_file(Path(target))
        return URL.create("sqlite", database=target)
    try:
        url = make_url(target)
    except (ArgumentError, ValueError):
        raise CollectFault(
            "--db 의 주소를 읽을 수 없습니다. 예: postgresql://이름@서버/데이터베이스"
        ) from None
    if url.drivername in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database:
        _check_file(Path(url.database))
    return url


def _check_file(path: Path) -> None:
    """Refuse a file that is no database of ours to write. Raises ``CollectFault``."""
    if path.is_dir() or not path.absolute().parent.is_dir():
        raise CollectFault(f"{path}: --db 에는 있는 폴더 안의 파일 이름을 주세요.")
    try:
        with path.open("rb") as file:
            start = file.read(len(_SQLITE))
    except FileNotFoundError:
        return
    except OSError as error:
        raise CollectFault(f"{path}: 읽을 수 없습니다({error.strerror}). 권한을 확인하세요.") from None
    if start not in (b"", _SQLITE):
        raise CollectFault(f"{path}: SQLite 파일이 아닙니다. 다른 이름을 주세요.")


class Store:
    """An open database. Each method is one transaction; each raises ``CollectFault`` where the database fails."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.name = name
        self._engine = engine

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        from sqlalchemy.exc import DBAPIError, SQLAlchemyError

        try:
            with self._engine.begin() as connection:
                yield connection
        except DBAPIError as error:
            said = " ".join(str(error.orig).split())
            raise CollectFault(
                f"{self.name}: 데이터베이스가 받아들이지 않았습니다({said}). 다른 실행이 같은 폴더를 담고 있지 않은지, 주소와 "
                "권한이 맞는지 확인한 뒤 다시 하세요. 여기까지 담은 것은 그대로입니다."
            ) from error
        except SQLAlchemyError as error:
            raise CollectFault(f"{self.name}: 데이터베이스를 쓸 수 없습니다({error}).") from error

    def prepare(self) -> None:
        """Make the tables that are missing."""
        from xlbudget.collect.schema import metadata

        with self._transaction() as connection:
            metadata.create_all(connection)

    def begin(self, folder: str, origin: Origin) -> int:
        """Note a run; return its number."""
        from sqlalchemy import insert

        from xlbudget.collect.schema import runs

        told = {"started": origin.started, "by": plain_text(origin.by), "program": origin.program}
        with self._transaction() as connection:
            return _number(connection.execute(insert(runs).values(folder=folder, **told)))

    def finish(self, run: int, counts: Mapping[str, int]) -> None:
        """Note what a run has done."""
        from sqlalchemy import update

        from xlbudget.collect.schema import runs

        with self._transaction() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(complete=True, **counts))

    def known(self, folder: str) -> dict[str, Known]:
        """Return the files of a folder that the database knows, by their path in it."""
        from sqlalchemy import select

        from xlbudget.collect.schema import workbooks as w

        columns = select(w.c.path, w.c.id, w.c.state, w.c.reason, w.c.content, w.c.rules)
        with self._transaction() as connection:
            return {
                row[0]: Known(*row[1:]) for row in connection.execute(columns.where(w.c.folder == folder))
            }

    def put(self, number: int | None, row: Mapping[str, object], content: Content) -> None:
        """Write a file and its rows in place of what the database knew of it; ``number`` is its number there."""
        from sqlalchemy import delete, insert, update

        from xlbudget.collect.schema import CONTENT, workbooks

        with self._transaction() as connection:
            if number is None:
                number = _number(connection.execute(insert(workbooks).values(**row)))
            else:
                connection.execute(update(workbooks).where(workbooks.c.id == number).values(**row))
                for table in reversed(CONTENT):
                    connection.execute(delete(table).where(table.c.workbook == number))
            for table in CONTENT:
                rows = content.get(table.name)
                if rows:
                    connection.execute(insert(table), [{**found, "workbook": number} for found in rows])

    def aliases(self) -> Aliases:
        """Return the table of names that mean the same."""
        from xlbudget.collect.schema import aliases

        return Aliases(Alias(row["kind"], row["key"], row["name"]) for row in self.rows(aliases))

    def replace_aliases(self, given: Iterable[Alias]) -> None:
        """Put a table of names in place of the one that was there."""
        from sqlalchemy import delete, insert

        from xlbudget.collect.schema import aliases

        rows = [{**alias._asdict(), "name": plain_text(alias.name)} for alias in given]
        with self._transaction() as connection:
            connection.execute(delete(aliases))
            if rows:
                connection.execute(insert(aliases), rows)

    def rows(self, table: Table, *order: str) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a table, in the order of some columns."""
        from sqlalchemy import select

        query = select(table).order_by(*(table.c[name] for name in order))
        with self._transaction() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()


def _number(made: CursorResult[Any]) -> int:
    """Return the number that a new row was given."""
    assert made.inserted_primary_key is not None
    return int(made.inserted_primary_key[0])
