"""collect into a PostgreSQL that the test starts: the same as into SQLite, row by row."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import postgres
from tests.collected import TABLES, ask, changed, held
from tests.counties import FIRST_PREVIOUS, edit, large, project, workbook, write
from xlbudget.cli import main
from xlbudget.collect.gathering import gather
from xlbudget.collect.store import Origin, open_store
from xlbudget.collect.summary import summarise

ORIGIN = Origin("2026-11-23T09:00:00+09:00", "예산담당", "시험")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    if postgres.program("initdb") is None or postgres.program("pg_ctl") is None:
        if os.environ.get("XLBUDGET_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL이 있어야 합니다", pytrace=False)
        pytest.skip("PostgreSQL(initdb, pg_ctl)이 없어 건너뜁니다")
    with postgres.server() as found:
        yield found


def shown(url: str) -> Any:
    with psycopg.connect(url) as connection:
        return held(connection)


def asked(url: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return ask(connection, question)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(argument) for argument in arguments])
    return int(stopped.value.code or 0)


def test_five_hundred_workbooks_then_again_then_with_ten_edited(
    url: str, tmp_path: Path, capsys: Any
) -> None:
    source, county = large()
    folder = tmp_path / "취합"
    shutil.copytree(source, folder)
    total = sum(county.divisions.values())
    assert run("collect", folder, "--db", url) == 0
    out = capsys.readouterr().out
    assert "담음 500(새로 500, 바뀜 0, 그대로 0)" in out
    assert f"합계 {total:,} / 부서합계 {total:,} / 차이 0 (천원)" in out
    first = shown(url)
    by_division = (
        "SELECT p.division, sum(i.current)::bigint FROM projects p JOIN items i USING (workbook) GROUP BY 1"
    )
    assert dict(asked(url, by_division)) == dict(county.divisions)

    assert run("collect", folder, "--db", url) == 0
    assert "담음 500(새로 0, 바뀜 0, 그대로 500)" in capsys.readouterr().out
    assert changed(first, shown(url)) == set()

    paths = sorted(folder.rglob("*.xlsx"))[7::50]
    for path in paths:
        edit(path, "예산총괄", {FIRST_PREVIOUS: 77_777})
    assert run("collect", folder, "--db", url) == 0
    assert "담음 500(새로 0, 바뀜 10, 그대로 490)" in capsys.readouterr().out
    assert changed(first, shown(url)) == {path.relative_to(folder).as_posix() for path in paths}


def test_every_row_is_the_one_that_sqlite_holds(url: str, tmp_path: Path) -> None:
    folder, db = tmp_path / "둘 다", tmp_path / "a.db"
    write(folder, 30)
    edit(sorted(folder.rglob("*.xlsx"))[0], "추진일정", {(8, 4): 1})
    for target in (url, db):
        store = open_store(target)
        with closing(store):
            assert gather(folder, store, ORIGIN, jobs=1).counts["added"] == 30
    for table in TABLES:
        question = f"SELECT b.path, t.* FROM {table} t JOIN workbooks b ON b.id = t.workbook WHERE b.folder = '{folder}'"
        with closing(sqlite3.connect(db)) as connection:
            here = ask(connection, question)
        there = asked(url, question)
        assert here or table == "unplaced"
        assert sorted(map(_without_number, here)) == sorted(map(_without_number, there)), table


def _without_number(row: tuple[Any, ...]) -> str:
    """A row without the number of its workbook; SQLite keeps truth values as numbers."""
    return repr([int(value) if isinstance(value, bool) else value for value in (row[0], *row[2:])])


def test_types_are_those_of_the_figures(url: str) -> None:
    store = open_store(url)
    store.close()
    kinds = "SELECT data_type, count(*) FROM information_schema.columns WHERE table_name = 'items' AND column_name IN ('current', 'previous', 'current_subsidy', 'previous_subsidy') GROUP BY 1"
    assert asked(url, kinds) == [("bigint", 4)]


def test_hostile_texts_and_the_largest_amounts(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "험한 글"
    folder.mkdir()
    texts = ["'; DROP TABLE projects; --", "%s %(name)s :name", "가\0나", "\\x00 \\'", "E'\\000'", "$$x$$"]
    for number, text in enumerate(texts):
        said = project(number, name=text)
        said["items"][0]["previous"]["total"] = 10**15
        (folder / f"{number}.xlsx").write_bytes(workbook(said))
    store = open_store(url)
    with closing(store):
        gathered = gather(folder, store, ORIGIN, jobs=1)
        summary = summarise(store)
    assert gathered.counts["added"] == len(texts)
    held_names = {row["name"] for row in summary.projects}
    assert {text.replace("\0", "\u2400") for text in texts} <= held_names
    largest = asked(url, "SELECT count(*) FROM items WHERE previous = 1000000000000000")
    assert largest == [(len(texts),)]
    shutil.rmtree(folder)


def test_a_server_out_of_reach_is_named_without_its_password(tmp_path: Path, capsys: Any) -> None:
    write(tmp_path / "in", 1)
    url = f"postgresql://budget:secret@/postgres?host={tmp_path}"
    assert run("collect", tmp_path / "in", "--db", url) == 2
    err = capsys.readouterr().err
    assert "데이터베이스가 받아들이지 않았습니다" in err
    assert "secret" not in err
