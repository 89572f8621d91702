"""The ribbon's XML: as it is made, and what the checker says of XML that is wrong."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from xlbudget.excel.registry import COMMANDS, GROUPS, TAB
from xlbudget.excel.ribbon import NAMESPACE, faults, icons, ribbon
from xlbudget.excel.sources import Host, project

SOURCES = {module.name: module.source for module in project(Host.ADDIN, ["Sheet1"])}
XML = ribbon("xlbudgetTab")


def elements(name: str) -> list[dict[str, str]]:
    return [node.attrib for node in ElementTree.fromstring(XML).iter(f"{{{NAMESPACE}}}{name}")]


def test_the_ribbon_has_no_faults() -> None:
    assert faults(XML, SOURCES) == []
    assert ribbon("xlbudgetTab") == XML


def test_the_tab_holds_every_command_in_its_group_with_korean_captions() -> None:
    assert [tab["label"] for tab in elements("tab")] == [TAB]
    assert [group["label"] for group in elements("group")] == list(GROUPS.values())
    by_group = [c for group in GROUPS for c in COMMANDS if c.group == group]
    assert [(b["id"], b["label"], b["imageMso"], b["keytip"]) for b in elements("button")] == [
        (c.id, c.label, c.icon, c.key) for c in by_group
    ]
    assert {c.label for c in COMMANDS} == {
        "산출근거 계산", "예산총괄 채우기", "결산 점검", "사업설명서 만들기", "한번에", "미리보기", "되돌리기", "표시 지우기",
        "다음 지적으로", "PDF 저장", "새 표준예산서", "설정", "진단", "도움말",
    }  # fmt: skip


def test_every_image_is_on_the_list_and_the_list_is_in_order() -> None:
    assert {command.icon for command in COMMANDS} <= icons()
    assert len(icons()) > 30


def test_every_button_can_grey_out_and_say_why() -> None:
    for button in elements("button"):
        assert button["getEnabled"] == "RibbonBudget.GetEnabled"
        assert button["getSupertip"] == "RibbonBudget.GetTip"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('size="large"', 'size="huge"', "size='huge'"),
        ('label="도움말"', 'lable="도움말"', "no such attribute"),
        ('id="Help"', 'id="1bad"', "id='1bad'"),
        ('id="Help"', 'id="Undo"', "id 'Undo' twice"),
        ('imageMso="Help"', 'imageMso="NoSuchPicture"', "imageMso='NoSuchPicture'"),
        ('keytip="H"', 'keytip="Z"', "keytip 'Z' twice"),
        ('keytip="H"', 'keytip="help"', "keytip='help'"),
        ('onAction="RibbonBudget.OnCommand"', 'onAction="RibbonBudget.Gone"', "no such public Sub"),
        ('getEnabled="RibbonBudget.GetEnabled"', 'getEnabled="RibbonBudget.OnCommand"', "no such public Sub"),
        ('getVisible="RibbonBudget.GetTabVisible"', 'getVisible="GetTabVisible"', "no such public Sub"),
        ("<tabs>", "<tabs><button id='x'/>", "<button> inside <tabs>"),
        ('screentip="도움말"', 'screentip=""', "screentip=''"),
        ("</customUI>", "", "not well-formed"),
        ("2009/07", "2006/01", "the root is"),
    ],
)
def test_the_checker_tells_what_is_wrong(old: str, new: str, told: str) -> None:
    wrong = XML.decode().replace(old, new, 1).encode()
    assert wrong != XML
    assert any(told in fault for fault in faults(wrong, SOURCES)), faults(wrong, SOURCES)


def test_a_private_callback_is_none() -> None:
    sources = {
        **SOURCES,
        "RibbonBudget": SOURCES["RibbonBudget"].replace("Public Sub OnCommand", "Private Sub OnCommand"),
    }
    assert len(faults(XML, sources)) == len(COMMANDS)
