"""The main job, end to end: a filled workbook goes in, the finished one comes out."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import office, rich
from tests.rich import parts
from xlbudget import workflow
from xlbudget.book.file import FileBook
from xlbudget.exchange.assignments import read_assignments
from xlbudget.exchange.project_json import dump, load
from xlbudget.grid import Grid, a1
from xlbudget.resources import DEMO_PROJECT, resource
from xlbudget.workbook import layout
from xlbudget.workbook.styles import STYLES

CASES = tomllib.loads(
    (Path(__file__).parent / "cases" / "main_job" / "mutations.toml").read_text(encoding="utf-8")
)["case"]


NO_SOURCE = {"xlb 재원 국비", "xlb 재원 구비", "xlb 재원 기타"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "예시.xlsx"
    workflow.build(resource(DEMO_PROJECT), out)
    return out


def test_the_example_has_the_known_figures_and_no_finding(demo: Path) -> None:
    outcome = workflow.judge(workflow.open_book(demo))
    figures = outcome.figures
    assert outcome.findings == ()
    assert figures.total.current.total == figures.cost == figures.schedule_total == 13500
    assert [item.row.current.total for item in figures.items] == [10500, 3000]
    assert [line.amount for line in figures.items[0].lines] == [10500, 9000, 1500]
    assert figures.total.change.total == 0
    assert figures.total.rate.total == 0


def test_building_again_gives_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.xlsx"
    workflow.build(demo, again)
    assert again.read_bytes() == demo.read_bytes()


def test_from_json_and_from_the_filled_workbook_the_same_comes_out(demo: Path, tmp_path: Path) -> None:
    filled = tmp_path / "filled.xlsx"
    workflow.save(workflow.open_book(resource(DEMO_PROJECT)), filled)
    built = workflow.build(filled, tmp_path / "built.xlsx")
    assert built.out is not None
    ours, theirs = FileBook.open(built.out), FileBook.open(demo)
    assert ours.sheets() == theirs.sheets() == layout.SHEETS
    for sheet in ours.sheets():
        assert _picture(ours.read(sheet)) == _picture(theirs.read(sheet))


def _picture(grid: Grid) -> tuple[Any, ...]:
    return dict(grid.cells), grid.merges, dict(grid.heights), dict(grid.widths)


def test_json_to_workbook_and_back_is_the_same(demo: Path) -> None:
    project = load(resource(DEMO_PROJECT).read_text(encoding="utf-8"))
    outcome = workflow.judge(workflow.open_book(demo))
    assert outcome.project == project
    text = dump(outcome.project, outcome.figures)
    assert load(text) == project
    assert json.loads(text)["figures"]["cost"] == 13500


def test_every_amount_of_the_description_points_at_its_cell(demo: Path) -> None:
    grid = FileBook.open(demo).read(layout.DESCRIPTION)
    numbers = [cell for cell in grid.cells.values() if isinstance(cell.value, int)]
    assert len(numbers) > 40
    # Only sources that the project does not have come from nowhere.
    assert [c.value for c in numbers if not c.formula and c.style not in NO_SOURCE] == []


def mutated(demo: Path, change: Mapping[str, str]) -> tuple[FileBook, workflow.Outcome]:
    book = FileBook.open(demo, styles=STYLES)
    evidence = workflow.judge(book).project.evidence
    texts = [f"{evidence.place(path)}={value}" for path, value in change.items()]
    book.apply(read_assignments(texts, book.sheets()))
    return book, workflow.judge(book)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_mutated_example_gets_exactly_its_findings(demo: Path, case: dict[str, Any]) -> None:
    before = workflow.judge(workflow.open_book(demo)).project.evidence
    _, outcome = mutated(demo, case["change"])
    found = {finding.code: finding.cells[0] for finding in reversed(outcome.findings)}
    assert sorted(f.code for f in outcome.findings) == sorted([*case["expect"], *case.get("also", [])])
    assert found == {code: str(before.place(path)) for code, path in case["expect"].items()}
    if not outcome.findings:
        return
    first = outcome.findings[0]
    suspect = first.suspects[0] if first.suspects else None
    if "codes" in case:
        assert first.facts["codes"] == case["codes"]
    if "suspects" in case:
        assert suspect is not None
        assert suspect.cells == tuple(str(before.place(path)) for path in case["suspects"])
    if "mechanism" in case:
        assert suspect is not None
        assert case["mechanism"] in suspect.mechanism
    if "proposal" in case:
        assert suspect is not None
        assert suspect.proposal == {str(before.place(p)): value for p, value in case["proposal"].items()}
    if case.get("no_proposal"):
        assert first.suspects
        assert all(one.proposal is None for one in first.suspects)


def test_several_wrong_things_are_all_told_and_listed_on_the_sheet(demo: Path) -> None:
    change = {
        "total/current/total": "13501",
        "funding/0/amount": "13000",
        "schedule/0/amount": "12000",
        "settlements/0/unspent/total": "17613",
    }
    book, outcome = mutated(demo, change)
    assert [f.code for f in outcome.findings] == ["BUD-R01", "BUD-T01", "BUD-P01", "BUD-S02"]
    book.apply(workflow.plan(book, "build").edits)
    listed = {cell.value for cell in book.read(layout.RESULTS).cells.values()}
    assert {finding.code for finding in outcome.findings} <= listed
    place = outcome.project.evidence.place("total/current/total")
    assert place is not None
    cell = book.read(place.sheet).cell(place.row, place.column)
    assert (cell.value, bool(cell.formula)) == (13500, True)


def test_undo_gives_back_the_cells_and_styles(demo: Path) -> None:
    book, _ = mutated(demo, {"items/0/derivations/1/text": "회의 참석수당 150,000원*30명*3회"})
    before = {sheet: _picture(book.read(sheet)) for sheet in book.sheets()}
    inverse = book.apply(workflow.plan(book, "build").edits)
    changed = [sheet for sheet in book.sheets() if _picture(book.read(sheet)) != before[sheet]]
    assert set(changed) >= {"산출근거", "예산총괄", "사업설명서", "점검결과"}
    book.apply(inverse)
    assert {sheet: _picture(book.read(sheet)) for sheet in book.sheets()} == before


def test_only_the_touched_parts_of_the_package_change(demo: Path) -> None:
    book, _ = mutated(demo, {"items/0/derivations/1/text": "회의 참석수당 150,000원*30명*3회"})
    before = parts(demo.read_bytes())
    book.apply(workflow.plan(book, "build").edits)
    after = parts(book.to_bytes())
    added = after.keys() - before.keys()
    assert all(re.match(r"xl/(comments|drawings/vmlDrawing|worksheets/_rels/)", name) for name in added), (
        "notes"
    )
    changed = {name for name in before if before[name] != after[name]} - {"[Content_Types].xml"}
    assert all(name.startswith("xl/worksheets/sheet") or name == "xl/workbook.xml" for name in changed), (
        changed
    )


def enriched(data: bytes, sheet: str) -> bytes:
    """Put what other programs leave in a workbook onto the sheet that holds 예산총괄: everything of the rich one."""
    given = rich.parts(rich.rich_workbook())
    kept = re.compile(
        r"customUI/|customXml/|_xmlsignatures/|xl/(charts|comments1|drawings|media|persons|printerSettings|slicers|threadedComments|vbaProject)"
    )
    added: dict[str, Any] = {name: content for name, content in given.items() if kept.match(name)}
    rels = given["xl/worksheets/_rels/sheet1.xml.rels"]
    rels = re.sub(rb'<Relationship Id="(?:rId1|rId4)".*?/>', b"", rels)  # an outside link, a table
    sparkline = re.search(
        rb"<ext [^>]*uri=\"\{05C60535.*?</ext>", given["xl/worksheets/sheet1.xml"], re.DOTALL
    )
    assert sparkline is not None
    tail = (
        b'<drawing r:id="rId2"/><legacyDrawing r:id="rId3"/><extLst>'
        + sparkline[0]
        + b"</extLst></worksheet>"
    )
    namespace = b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'

    def dress(content: bytes) -> bytes:
        opened = (
            content
            if b"xmlns:r=" in content[:600]
            else content.replace(b"<worksheet", b"<worksheet" + namespace, 1)
        )
        return opened.replace(b"</worksheet>", tail)

    def types(content: bytes) -> bytes:
        theirs = given["[Content_Types].xml"]
        wanted = [m[0] for m in re.finditer(rb"<(?:Default|Override)[^>]*/>", theirs) if m[0] not in content]
        wanted = [
            t
            for t in wanted
            if b"/worksheets/" not in t and b"calcChain" not in t and b"workbook.xml" not in t
        ]
        wanted = [
            t
            for t in wanted
            if not re.search(
                rb"/xl/(styles|theme|sharedStrings|metadata|tables|workbook)|docProps|Extension=\"(xml|rels)\"",
                t,
            )
        ]
        return content.replace(b"</Types>", b"".join(wanted) + b"</Types>")

    def link(*made: bytes) -> Any:
        return lambda content: content.replace(b"</Relationships>", b"".join(made) + b"</Relationships>")

    workbook = link(
        rich.relationship(
            "rIdVba", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", "vbaProject.bin"
        ),
        rich.relationship(
            "rIdPersons",
            "http://schemas.microsoft.com/office/2017/10/relationships/person",
            "persons/person.xml",
        ),
    )
    root = link(
        rich.relationship(
            "rIdUi",
            "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
            "customUI/customUI14.xml",
        ),
        rich.relationship("rIdXml", "customXml", "customXml/item1.xml"),
        rich.relationship(
            "rIdSig",
            "http://schemas.openxmlformats.org/package/2006/relationships/digital-signature/origin",
            "_xmlsignatures/origin.sigs",
        ),
    )
    return rich.operated(
        data,
        added
        | {
            f"xl/worksheets/{sheet}": dress,
            f"xl/worksheets/_rels/{sheet}.rels": rels,
            "[Content_Types].xml": types,
            "xl/_rels/workbook.xml.rels": workbook,
            "_rels/.rels": root,
        },
    )


def test_what_others_put_into_the_workbook_survives(tmp_path: Path) -> None:
    filled = workflow.open_book(resource(DEMO_PROJECT)).to_bytes()
    source = tmp_path / "풍성한.xlsx"
    source.write_bytes(enriched(filled, "sheet4.xml"))
    outcome = workflow.build(source, tmp_path / "완성.xlsx")
    before, after = rich.parts(source.read_bytes()), rich.parts((tmp_path / "완성.xlsx").read_bytes())
    assert outcome.findings == ()
    written = {f"xl/worksheets/sheet{number}.xml" for number in (2, 3, 4, 6, 8, 9, 10)} | {"xl/workbook.xml"}
    assert {name for name in before if before[name] != after.get(name)} <= written
    assert after.keys() == before.keys()
    sheet = after["xl/worksheets/sheet4.xml"]
    for kept in (b"<drawing r:id", b"<legacyDrawing r:id", b"x14:sparklineGroup"):
        assert kept in sheet
    assert b"ROUND(" in sheet
    notices = workflow.open_book(source)
    notices.apply(workflow.plan(notices, "build").edits)
    assert any("디지털 서명" in notice for notice in notices.notices)


@pytest.mark.office
def test_recalculated_by_libreoffice_nothing_differs(demo: Path, tmp_path: Path) -> None:
    """First a planted wrong cached value must come out, so that a silent recalculation cannot pass."""
    cached = {sheet: FileBook.open(demo).read(sheet) for sheet in layout.SHEETS}
    formulas = {(s, ref): c for s, grid in cached.items() for ref, c in grid.cells.items() if c.formula}
    assert len(formulas) > 150

    def differences(path: Path) -> list[str]:
        fresh = office.recalculate(path)
        return [
            f"{sheet}!{a1(*ref)}"
            for (sheet, ref), cell in formulas.items()
            if (fresh[sheet].get(a1(*ref)) or 0) != (cell.value or 0)
        ]

    planted = tmp_path / "planted.xlsx"
    content = rich.parts(demo.read_bytes())
    wrong = content["xl/worksheets/sheet4.xml"].replace(b"<v>13500</v>", b"<v>13501</v>", 1)
    assert wrong != content["xl/worksheets/sheet4.xml"]
    planted.write_bytes(rich.packed(content | {"xl/worksheets/sheet4.xml": wrong}))
    ours = FileBook.open(planted).read("예산총괄")
    (ref,) = [ref for ref, c in ours.cells.items() if c.value == 13501]
    assert office.recalculate(planted)["예산총괄"][a1(*ref)] == 13500
    assert differences(demo) == []


@pytest.mark.office
def test_the_pdf_holds_every_text_of_the_model(demo: Path, tmp_path: Path) -> None:
    pdf = office.convert(demo, "pdf", tmp_path)
    text = subprocess.run(["pdftotext", "-raw", pdf, "-"], capture_output=True, check=True).stdout.decode()
    printed = "".join(text.split())
    grid = FileBook.open(demo).read(layout.DESCRIPTION)
    for cell in grid.cells.values():
        if isinstance(cell.value, str):
            assert "".join(cell.value.split()) in printed
    for amount in (
        "13,500천원",
        "10,500천원",
        "9,000천원",
        "1,500천원",
        "3,000천원",
        "279,576",
        "17,163",
        "(x-)",
    ):
        assert amount in printed
