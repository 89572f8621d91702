"""How a generated sheet prints and shows, as strokes; drawn last, for Excel needs a printer for some of it."""

from __future__ import annotations

from xlbudget.book.live.picture import Frame
from xlbudget.book.live.strokes import Kind, Stroke
from xlbudget.edits import PageSetup, SheetImage
from xlbudget.grid import a1

_POINTS = 72
_PORTRAIT, _LANDSCAPE = 1, 2
_A4 = 9
_PARTS = {"L": "Left", "C": "Center", "R": "Right"}


def page_strokes(sheet: str, image: SheetImage, before: Frame, *, first: bool) -> list[Stroke]:
    """Return what brings a sheet's pages to what an image says; margins and view on the first build only."""
    found = _setup(sheet, image.page) if first else []
    if first:
        freeze = a1(*image.freeze) if image.freeze not in {None, (1, 1)} and image.freeze else ""
        found.append(Stroke(Kind.FREEZE, sheet, freeze, image.gridlines))
    if image.print_area is not None and str(image.print_area) != before.print_area:
        found.append(Stroke(Kind.PAGE, sheet, "PrintArea", str(image.print_area)))
    titles = image.page.title_rows
    if titles is not None and f"${titles[0]}:${titles[1]}" != before.titles:
        found.append(Stroke(Kind.PAGE, sheet, "PrintTitleRows", f"${titles[0]}:${titles[1]}"))
    if image.breaks != before.breaks:
        found.append(Stroke(Kind.BREAKS, sheet, "", tuple(image.breaks)))
    return found


def frame_strokes(sheet: str, frame: Frame) -> list[Stroke]:
    """Return what gives a sheet its earlier page breaks, print area and titles back."""
    return [
        Stroke(Kind.PAGE, sheet, "PrintArea", frame.print_area),
        Stroke(Kind.PAGE, sheet, "PrintTitleRows", frame.titles),
        Stroke(Kind.BREAKS, sheet, "", frame.breaks),
    ]


def _setup(sheet: str, page: PageSetup) -> list[Stroke]:
    wanted: dict[str, object] = {
        "PaperSize": _A4,
        "Orientation": _LANDSCAPE if page.landscape else _PORTRAIT,
        "LeftMargin": page.left * _POINTS,
        "RightMargin": page.right * _POINTS,
        "TopMargin": page.top * _POINTS,
        "BottomMargin": page.bottom * _POINTS,
        "HeaderMargin": page.header_margin * _POINTS,
        "FooterMargin": page.footer_margin * _POINTS,
        "CenterHorizontally": page.centred,
        "Zoom": False,
        "FitToPagesWide": 1,
        "FitToPagesTall": False,
        "FirstPageNumber": 1,
    }
    for where, text in (("Header", page.header), ("Footer", page.footer)):
        wanted |= {f"{side}{where}": part for side, part in _thirds(text).items()}
    return [Stroke(Kind.PAGE, sheet, name, value) for name, value in wanted.items()]


def _thirds(text: str) -> dict[str, str]:
    """Cut a header into left, centre and right: ``&L…&C…&R…``; ``&&`` is a plain sign."""
    found = dict.fromkeys(_PARTS.values(), "")
    side = "Center"
    at = 0
    while at < len(text):
        pair = text[at : at + 2]
        if pair[:1] == "&" and pair[1:] in _PARTS:
            side = _PARTS[pair[1:]]
            at += 2
            continue
        step = 2 if pair[:1] == "&" else 1
        found[side] += text[at : at + step]
        at += step
    return found
