"""The two built files: parts, types, relationships, code names, buttons, and the readers that open them."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.excel_readers import ExcelFile, VBA_Parser
from xlbudget.book.file import FileBook
from xlbudget.excel.package import ADDIN, CONF_SHEET, WORKBOOK, addin, build, guide_buttons, with_macros
from xlbudget.excel.registry import COMMANDS
from xlbudget.excel.ribbon import faults
from xlbudget.excel.sources import AddinFault, xlwings_version
from xlbudget.grid import Cell, Grid
from xlbudget.resources import STANDARD_WORKBOOK, resource
from xlbudget.workbook.layout import GUIDE, SHEETS

STANDARD = resource(STANDARD_WORKBOOK).read_bytes()
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("addin")
    return {path.name: path for path in build(folder)}


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def types(found: dict[str, bytes]) -> dict[str, str]:
    """The content type of every part."""
    root = ElementTree.fromstring(found["[Content_Types].xml"])
    defaults = {
        node.get("Extension", "").lower(): node.get("ContentType", "")
        for node in root.iter(f"{TYPES}Default")
    }
    named = {
        node.get("PartName", "").lstrip("/"): node.get("ContentType", "")
        for node in root.iter(f"{TYPES}Override")
    }
    return {name: named.get(name, defaults.get(name.rpartition(".")[2].lower(), "")) for name in found}


def relations(found: dict[str, bytes], name: str) -> dict[str, str]:
    return {
        node.get("Type", ""): node.get("Target", "")
        for node in ElementTree.fromstring(found[name]).iter(f"{RELATIONS}Relationship")
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (WORKBOOK, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        (ADDIN, "application/vnd.ms-excel.addin.macroEnabled.main+xml"),
    ],
)
def test_types_and_relationships(files: dict[str, Path], name: str, kind: str) -> None:
    found = parts(files[name])
    said = types(found)
    assert said["xl/workbook.xml"] == kind
    assert said["xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"
    assert all(said[part] for part in found if part != "[Content_Types].xml")
    book = relations(found, "xl/_rels/workbook.xml.rels")
    assert book["http://schemas.microsoft.com/office/2006/relationships/vbaProject"] == "vbaProject.bin"
    root = relations(found, "_rels/.rels")
    assert (
        root["http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"]
        == "customUI/customUI14.xml"
    )
    for rels in (part for part in found if part.endswith(".rels")):
        folder = rels.replace("_rels/", "").rpartition("/")[0]
        for target in relations(found, rels).values():
            place = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
            assert re.sub(r"[^/]+/\.\./", "", place) in found, (rels, target)
    for part, content in found.items():
        if part.endswith((".xml", ".rels", ".vml")):
            ElementTree.fromstring(content)


@pytest.mark.parametrize("name", [WORKBOOK, ADDIN])
def test_the_project_is_read_by_others_and_the_ribbon_finds_it(files: dict[str, Path], name: str) -> None:
    sources = {
        macro.rpartition("/")[2]: text for _, macro, _, text in VBA_Parser(str(files[name])).extract_macros()
    }
    assert "BudgetMacros" in " ".join(sources)
    with ExcelFile(files[name]) as file:
        assert file.validate() == []
        project = file.vba_project()
        assert project.validate() == []
        modules = {module.name: module.source for module in project.modules}
    assert (
        faults(
            parts(files[name])["customUI/customUI14.xml"],
            {m: text.replace("\r\n", "\n") for m, text in modules.items()},
        )
        == []
    )
    assert f'XLWINGS_VERSION As String = "{xlwings_version()}"' in modules["xlwings"]


def code_names(found: dict[str, bytes]) -> list[str]:
    book = ElementTree.fromstring(found["xl/workbook.xml"])
    properties = book.find(f"{MAIN}workbookPr")
    assert properties is not None
    names = [properties.get("codeName", "")]
    for number in range(1, len(list(book.iter(f"{MAIN}sheet"))) + 1):
        sheet = ElementTree.fromstring(found[f"xl/worksheets/sheet{number}.xml"]).find(f"{MAIN}sheetPr")
        assert sheet is not None
        names.append(sheet.get("codeName", ""))
    return names


def test_code_names_are_the_document_modules(files: dict[str, Path]) -> None:
    for name in (WORKBOOK, ADDIN):
        with ExcelFile(files[name]) as file:
            modules = [module.name for module in file.vba_project().modules]
        names = code_names(parts(files[name]))
        assert modules[: len(names)] == names
    assert code_names(parts(files[WORKBOOK]))[1:] == [
        f"Sheet{number:02d}" for number in range(1, len(SHEETS) + 1)
    ]


def test_everything_else_of_the_workbook_stays(files: dict[str, Path]) -> None:
    with zipfile.ZipFile(io.BytesIO(STANDARD)) as package:
        before = {name: package.read(name) for name in package.namelist()}
    after = parts(files[WORKBOOK])
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    }
    old, new = FileBook.from_bytes(STANDARD), FileBook.open(files[WORKBOOK])
    assert old.sheets() == new.sheets() == SHEETS
    for sheet in SHEETS:
        assert dict(old.read(sheet).cells) == dict(new.read(sheet).cells)


def test_openpyxl_opens_both(files: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(files[WORKBOOK], keep_vba=True)
    assert tuple(book.sheetnames) == SHEETS
    assert book.vba_archive is not None
    book.vba_archive.close()  # openpyxl leaves that to the garbage collector, which warns
    bare = files[ADDIN].read_bytes()
    with zipfile.ZipFile(io.BytesIO(bare)) as source:
        as_workbook = io.BytesIO()
        with zipfile.ZipFile(as_workbook, "w") as target:
            for name in source.namelist():
                target.writestr(name, source.read(name).replace(b"addin.macroEnabled", b"sheet.macroEnabled"))
    assert openpyxl.load_workbook(as_workbook).sheetnames == [CONF_SHEET]


def test_the_add_in_has_no_window_and_says_how_python_is_run(files: dict[str, Path]) -> None:
    found = parts(files[ADDIN])
    assert b'<workbookView visibility="hidden"/>' in found["xl/workbook.xml"]
    grid = FileBook.open(files[ADDIN]).read(CONF_SHEET)
    said = {str(grid.value(row, 1)): str(grid.value(row, 2)) for row in range(1, grid.last_row + 1)}
    assert said["ADD_WORKBOOK_TO_PYTHONPATH"] == "False"
    assert said["USE UDF SERVER"] == "True"
    assert said["XLWINGS VERSION"] == xlwings_version()
    assert "INTERPRETER_WIN" not in said
    own = FileBook.from_bytes(addin({"INTERPRETER_WIN": r"C:\예산 & 결산\pythonw.exe"})).read(CONF_SHEET)
    assert r"C:\예산 & 결산\pythonw.exe" in {cell.value for cell in own.cells.values()}


def test_the_guide_has_a_button_beside_each_step(files: dict[str, Path]) -> None:
    found = parts(files[WORKBOOK])
    guide = FileBook.from_bytes(STANDARD).read(GUIDE)
    shown = {command.id: command for command in COMMANDS if command.step}
    buttons = {button.name.removeprefix("xlb"): button for button in guide_buttons(guide)}
    assert buttons.keys() == shown.keys()
    for name, button in buttons.items():
        beside = guide.value(button.start.row + 1, 2)
        assert beside == (shown[name].step if shown[name].step != GUIDE else "시트")
    vml = found["xl/drawings/vmlDrawing1.vml"].decode("ascii")
    assert re.findall(r"<x:FmlaMacro>(.*?)</x:FmlaMacro>", vml) == [
        button.macro for button in buttons.values()
    ]
    with ExcelFile(files[WORKBOOK]) as file:
        macros = file.vba_project().modules
        source = next(module.source for module in macros if module.name == "BudgetMacros")
    for button in buttons.values():
        assert f"Public Sub {button.macro.removeprefix('[0]!')}()" in source
    sheet = found["xl/worksheets/sheet1.xml"].decode()
    assert sheet.count("<control ") == len(buttons) == sum(name.startswith("xl/ctrlProps/") for name in found)
    assert sheet.index("<drawing ") < sheet.index("<legacyDrawing ") < sheet.index("<controls>")
    assert found["xl/drawings/drawing1.xml"].decode().count("compatExt") == len(buttons)
    assert all(f">{shown[name].label}<" in found["xl/drawings/drawing1.xml"].decode() for name in buttons)


def test_buttons_need_the_guide_of_the_standard_workbook() -> None:
    assert guide_buttons(Grid(GUIDE)) == []
    assert guide_buttons(Grid(GUIDE, {(1, 2): Cell("모르는 시트")})) == []


def test_a_workbook_without_code_names_gets_them() -> None:
    made = openpyxl.Workbook()
    made.create_sheet("둘째")
    out = io.BytesIO()
    made.save(out)
    names = code_names({**_read(with_macros(out.getvalue()))})
    assert names == ["ThisWorkbook", "Sheet01", "Sheet02"]


def test_a_chart_sheet_is_refused() -> None:
    made = openpyxl.Workbook()
    made.create_chartsheet("차트").add_chart(openpyxl.chart.BarChart())
    out = io.BytesIO()
    made.save(out)
    with pytest.raises(AddinFault, match="차트"):
        with_macros(out.getvalue())


def _read(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_the_same_sources_give_the_same_bytes() -> None:
    assert with_macros(STANDARD) == with_macros(STANDARD)
    assert addin() == addin()


@pytest.mark.parametrize("name", [WORKBOOK, ADDIN])
def test_the_committed_files_are_what_a_build_makes(files: dict[str, Path], name: str) -> None:
    committed = resource(name)
    assert committed.is_file(), f"{name}: xlbudget addin build 로 만들어 두어야 합니다"
    told = parts(committed)
    assert list(told) == list(parts(files[name]))
    assert {part for part, content in parts(files[name]).items() if told[part] != content} == set()
