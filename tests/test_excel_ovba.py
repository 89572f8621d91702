"""The VBA project: read by olevba and pyOpenVBA, structured as Office's own, the same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.excel_readers import ExcelFile, VBA_Parser, olefile, pyopenvba
from xlbudget.excel.cfb import ContainerTooLarge, compound_file
from xlbudget.excel.compression import expand
from xlbudget.excel.ovba import Kind, Module, ProjectFault, vba_project

MODULES = [
    Module(
        "ThisWorkbook",
        Kind.WORKBOOK,
        'VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1\nEND\nAttribute VB_Name = "x"\nOption Explicit\n',
    ),
    Module("Sheet01", Kind.SHEET),
    Module("Work", Kind.MODULE, 'Attribute VB_Name = "Work"\nPublic Sub 집계()\n    \' 금액\nEnd Sub\n'),
    Module("Held", Kind.CLASS, "Public Value As Long\n"),
]
OFFICE_MADE = Path(pyopenvba.__file__).parent / "_templates" / "blank_files"


def stream(project: bytes, name: str) -> bytes:
    return olefile.OleFileIO(io.BytesIO(project)).openstream(name).read()


def records(project: bytes) -> list[tuple[int, bytes]]:
    """The records of the ``dir`` stream; PROJECTVERSION has two bytes more than its length says."""
    data = expand(stream(project, "VBA/dir"))
    found, at = [], 0
    while at + 6 <= len(data):
        number, length = struct.unpack_from("<HI", data, at)
        length += 2 if number == 0x09 else 0
        found.append((number, data[at + 6 : at + 6 + length]))
        at += 6 + length
    return found


def office_made(name: str) -> bytes:
    with zipfile.ZipFile(OFFICE_MADE / name) as package:
        return package.read("xl/vbaProject.bin")


def shape(project: bytes) -> tuple[list[int], list[list[int]], list[int]]:
    """Record numbers before the modules, of each module, and after them."""
    numbers = [number for number, _ in records(project)]
    first = numbers.index(0x19)
    starts = [at for at, number in enumerate(numbers) if number == 0x19] + [numbers.index(0x10)]
    modules = [numbers[a:b] for a, b in pairwise(starts)]
    return numbers[:first], modules, numbers[starts[-1] :]


def test_the_same_sources_give_the_same_bytes() -> None:
    assert vba_project(MODULES) == vba_project(list(MODULES))


def test_the_container_is_clean() -> None:
    file = olefile.OleFileIO(io.BytesIO(vba_project(MODULES)), raise_defects=olefile.DEFECT_POTENTIAL)
    assert sorted("/".join(path) for path in file.listdir()) == sorted(
        ["PROJECT", "PROJECTwm", "VBA/_VBA_PROJECT", "VBA/dir", *(f"VBA/{module.name}" for module in MODULES)]
    )


@pytest.mark.parametrize("made", ["blank_workbook.xlsm", "blank_excel_addin.xlam"])
def test_the_directory_is_built_as_office_builds_it(made: str) -> None:
    head, modules, tail = shape(vba_project(MODULES))
    office_head, office_modules, office_tail = shape(office_made(made))
    assert head == office_head
    assert tail == office_tail
    of_kind = {module[-2]: module for module in office_modules}
    assert sorted(of_kind) == [0x21, 0x22]
    assert [module[-2] for module in modules] == [0x22, 0x22, 0x21, 0x22]
    assert all(module == of_kind[module[-2]] for module in modules)


def test_the_project_says_korean_and_code_page_949() -> None:
    said = dict(records(vba_project(MODULES)))
    assert said[0x03] == struct.pack("<H", 949)
    assert said[0x02] == said[0x14] == struct.pack("<I", 0x0412)
    assert struct.unpack("<I", said[0x31]) == (0,)


def test_no_performance_cache_is_written() -> None:
    assert stream(vba_project(MODULES), "VBA/_VBA_PROJECT")[:5] == bytes.fromhex("CC61FFFF00")


def unveiled(text: str, key: int) -> bytes:
    """MS-OVBA 2.4.3.3, written from the decryption."""
    data = bytes.fromhex(text)
    seed, version, checksum = data[0], data[0] ^ data[1], data[0] ^ data[2]
    assert version == 2
    assert checksum == key
    plain, last, before, out = checksum, data[2], data[1], []
    for byte in data[3:]:
        value = byte ^ ((before + plain) & 0xFF)
        before, last, plain = last, byte, value
        out.append(value)
    filler = (seed & 6) // 2
    length = struct.unpack("<I", bytes(out[filler : filler + 4]))[0]
    assert len(out) == filler + 4 + length
    return bytes(out[filler + 4 :])


def test_nothing_is_protected_and_the_project_is_visible() -> None:
    lines = dict(
        line.split("=", 1)
        for line in stream(vba_project(MODULES), "PROJECT").decode("cp949").splitlines()
        if "=" in line
    )
    key = sum(lines["ID"].strip('"').encode()) & 0xFF
    assert unveiled(lines["CMG"].strip('"'), key) == bytes(4)
    assert unveiled(lines["DPB"].strip('"'), key) == bytes(1)
    assert unveiled(lines["GC"].strip('"'), key) == b"\xff"
    office = dict(
        line.split("=", 1)
        for line in stream(office_made("blank_workbook.xlsm"), "PROJECT").decode("cp1252").splitlines()
        if "=" in line
    )
    office_key = sum(office["ID"].strip('"').encode()) & 0xFF
    assert [unveiled(office[name].strip('"'), office_key) for name in ("CMG", "DPB", "GC")] == [
        bytes(4),
        bytes(1),
        b"\xff",
    ]


def test_olevba_reads_the_sources(tmp_path: Path) -> None:
    path = tmp_path / "vbaProject.bin"
    path.write_bytes(vba_project(MODULES))
    read = {name.rpartition("/")[2]: text for _, name, _, text in VBA_Parser(str(path)).extract_macros()}
    assert set(read) == {module.name for module in MODULES}
    assert "Public Sub 집계()" in read["Work"]
    assert read["ThisWorkbook"].count("Attribute VB_Name") == 1
    assert "Option Explicit" in read["ThisWorkbook"]
    assert "VERSION" not in read["ThisWorkbook"]


def test_pyopenvba_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "made.xlsm"
    with zipfile.ZipFile(OFFICE_MADE / "blank_workbook.xlsm") as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, vba_project(MODULES) if name == "xl/vbaProject.bin" else source.read(name))
    with ExcelFile(path) as file:
        project = file.vba_project()
        assert [module.name for module in project.modules] == [module.name for module in MODULES]
        assert project.validate() == []


@pytest.mark.parametrize(
    "modules",
    [
        [],
        [Module("Work", Kind.MODULE), Module("WORK", Kind.MODULE)],
        [Module("1st", Kind.MODULE)],
        [Module("작업", Kind.MODULE)],
        [Module("N" * 32, Kind.MODULE)],
        [Module("Work", Kind.MODULE, "' \U0001f600")],
    ],
)
def test_impossible_sources_are_refused(modules: list[Module]) -> None:
    with pytest.raises(ProjectFault):
        vba_project(modules)


@given(
    st.dictionaries(
        st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,20}", fullmatch=True),
        st.binary(max_size=9_000),
        min_size=1,
        max_size=25,
    )
)
@settings(max_examples=25, deadline=None)
def test_any_streams_come_back_from_the_container(streams: dict[str, bytes]) -> None:
    unique = {
        f"VBA/{name}": data for name, data in {name.upper(): data for name, data in streams.items()}.items()
    }
    file = olefile.OleFileIO(io.BytesIO(compound_file(unique)), raise_defects=olefile.DEFECT_POTENTIAL)
    assert {"/".join(path): file.openstream(path).read() for path in file.listdir()} == unique


def tree(data: bytes) -> list[tuple[int, int, int, int]]:
    """Colour, left, right and child of each entry of the directory."""
    sector = struct.unpack_from("<I", data, 48)[0]
    fat = struct.unpack_from("<128I", data, 512 * (1 + struct.unpack_from("<I", data, 76)[0]))
    found = []
    while sector != 0xFFFFFFFE:
        for at in range(0, 512, 128):
            entry = data[512 * (sector + 1) + at :][:128]
            found.append((entry[67], *struct.unpack_from("<III", entry, 68)))
        sector = fat[sector]
    return found


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 7, 8, 15, 16, 20])
def test_siblings_form_a_red_black_tree(count: int) -> None:
    entries = tree(compound_file({f"VBA/M{number:02}": b"x" for number in range(count)}))

    def blacks(at: int, parent_red: bool) -> int:
        if at == 0xFFFFFFFF:
            return 1
        colour, left, right, _ = entries[at]
        red = colour == 0
        assert not (red and parent_red)
        heights = {blacks(left, red), blacks(right, red)}
        assert len(heights) == 1
        return heights.pop() + (not red)

    storage = entries[0][3]
    root = entries[storage][3]
    assert entries[root][0] == 1
    blacks(root, False)


def test_a_container_that_would_not_fit_is_refused() -> None:
    with pytest.raises(ContainerTooLarge):
        compound_file({"Big": bytes(8 << 20)})
