"""From Python to LibreOffice's implementation of Excel's objects, one Basic function a kind of call.

Those objects (``ooo.vba.excel.*``) can be used in Basic with ``Option VBASupport 1`` only. A hidden document
holds a small function for each member and shape of arguments; objects stay in a Basic array, and Python holds
their numbers. Errors come back as values, for Basic that is called from outside swallows them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.hosts.errors import com_error

if TYPE_CHECKING:
    from tests.hosts.office import Office

EPOCH = datetime(1899, 12, 30)
_MOST_OBJECTS = 200_000
_STORE = f"""Option VBASupport 1
Public H({_MOST_OBJECTS}) As Variant
Function Answer(slot, x)
 If IsObject(x) Then
  If x Is Nothing Then
   Answer = Array("N", "")
  Else
   Set H(slot) = x
   Answer = Array("O", TypeName(x))
  End If
 ElseIf IsError(x) Then
  Answer = Array("X", CLng(x))
 ElseIf IsArray(x) Then
  Answer = Array("V", Marked(x))
 ElseIf VarType(x) = 7 Then
  Answer = Array("D", CDbl(x))
 Else
  Answer = Array("V", x)
 End If
End Function
Function Marked(x)
 ' A date inside an array reaches Python as 0, so it is sent as marked text.
 Dim i, j
 On Error GoTo done
 For i = LBound(x, 1) To UBound(x, 1)
  For j = LBound(x, 2) To UBound(x, 2)
   If VarType(x(i, j)) = 7 Then x(i, j) = Chr(1) & Str(CDbl(x(i, j)))
  Next
 Next
done:
 Marked = x
End Function
Function Block(rows)
 ' Rows of unlike cells get lost on assignment unless they come as a true array of two dimensions.
 Dim cells(0 To UBound(rows), 0 To UBound(rows(0))) As Variant
 Dim i, j, row
 For i = 0 To UBound(rows)
  row = rows(i)
  For j = 0 To UBound(row)
   cells(i, j) = row(j)
  Next
 Next
 Block = cells
End Function
Function Root(slot)
 Root = Answer(slot, Application)
End Function
"""
_FUNCTION = """Option VBASupport 1
Function F({parameters})
On Error GoTo failed
{body}
Exit Function
failed:
F = Array("E", Err.Number, Err.Description)
End Function
"""
_FLOATS = frozenset(["value", "value2", "rowheight", "columnwidth", "width", "height", "left", "top", "size"])


class Handle:
    """An object that stays in Basic, by its number."""

    def __init__(self, slot: int, kind: str) -> None:
        self.slot, self.kind = slot, kind


class Bridge:
    """Calls members of objects in LibreOffice and counts the calls.

    ``before_call`` (kind, member, arguments) is asked before each call and may raise ``com_error``.
    """

    def __init__(self, office: Office) -> None:
        self.office = office
        self.home = office.new(hidden=True)
        libraries = self.home.BasicLibraries
        libraries.VBACompatibilityMode = True
        self.library = libraries.getByName("Standard")
        self._provider = self.home.getScriptProvider()
        self.library.insertByName("Store", _STORE)
        self._functions: dict[tuple[str, str, str], Any] = {}
        self._free: list[int] = []
        self._last = 0
        self.calls = 0
        self.before_call: Callable[[str, str, Sequence[Any]], None] | None = None

    def root(self) -> Handle:
        """Return the Application."""
        found = self._answer(self._script("Store", "Root").invoke((0,), (), ())[0], 0, "")
        assert isinstance(found, Handle)
        return found

    def _script(self, module: str, function: str) -> Any:
        return self._provider.getScript(
            f"vnd.sun.star.script:Standard.{module}.{function}?language=Basic&location=document"
        )

    def knock(self, kind: str, member: str, arguments: Sequence[Any] = ()) -> None:
        """Count a call, and let the test refuse it."""
        self.calls += 1
        if self.before_call is not None:
            self.before_call(kind, member, arguments)

    def get(self, handle: Handle, member: str, arguments: Sequence[Any] = ()) -> Any:
        """Read a property or call a method. ``None`` among the arguments is an argument left out."""
        given = list(arguments)
        while given and given[-1] is None:
            given.pop()
        shape = "".join("-" if a is None else _shape(a) for a in given)
        return self._call("get", handle, member, shape, [a for a in given if a is not None])

    def put(self, handle: Handle, member: str, value: Any) -> None:
        """Set a property."""
        self._call("set", handle, member, _shape(value), [value])

    def uno(self, handle: Handle, method: str) -> Any:
        """Call a method that gives a plain UNO object."""
        return self._call("uno", handle, method, "", [])

    def run(self, module: str, function: str, arguments: Sequence[Any]) -> Any:
        """Run a function of a Basic module in the hidden document, objects among its arguments.

        The arguments stand in a line of Basic, for objects are known there only.
        """
        shape = "".join(_shape(a) for a in arguments)
        body = f"F = Store.Answer(s, {module}.{function}({_expressions(shape)}))"
        key = ("run", f"{module}.{function}", shape)
        return self._invoke(self._function(key, shape, body), None, arguments, function)

    def _call(self, kind: str, handle: Handle, member: str, shape: str, arguments: Sequence[Any]) -> Any:
        expressions = _expressions(shape)
        body = {
            "get": f"F = Store.Answer(s, Store.H(h).{member}{f'({expressions})' if shape else ''})",
            "set": f'Store.H(h).{member} = {expressions}\nF = Array("V", 0)',
            "uno": f'F = Array("U", Store.H(h).{member}())',
        }[kind]
        function = self._function((kind, member.lower(), shape), shape, body)
        return self._invoke(function, handle, arguments, member)

    def _function(self, key: tuple[str, str, str], shape: str, body: str) -> Any:
        if key not in self._functions:
            names = ", ".join(["h", "s", *(f"a{i}" for i, c in enumerate(shape) if c != "-")])
            module = f"G{len(self._functions)}"
            self.library.insertByName(module, _FUNCTION.format(parameters=names, body=body))
            self._functions[key] = self._script(module, "F")
        return self._functions[key]

    def _invoke(self, function: Any, handle: Handle | None, arguments: Sequence[Any], member: str) -> Any:
        slot = self._free.pop() if self._free else self._next()
        values = tuple(a.slot if isinstance(a, Handle) else to_uno(a) for a in arguments)
        try:
            answer = function.invoke((handle.slot if handle else 0, slot, *values), (), ())[0]
        except Exception as error:  # a compile error in Basic, or the program died
            self._free.append(slot)
            raise com_error(f"{member}: {type(error).__name__}: {error}") from None
        return self._answer(answer, slot, member)

    def _next(self) -> int:
        self._last += 1
        return self._last

    def free(self, slot: int) -> None:
        """Let a number be used again."""
        self._free.append(slot)

    def _answer(self, answer: Any, slot: int, member: str) -> Any:
        if answer is not None and answer[0] == "O":
            return Handle(slot, answer[1].removeprefix("ScVba"))
        self._free.append(slot)
        if answer is None:
            raise com_error(f"{member}: Basic gave no answer")
        tag, value = answer[0], answer[1]
        if tag == "E":
            raise com_error(f"{member}: {value} {answer[2]}")
        if tag == "N":
            return None
        if tag == "U":
            return value
        return EPOCH + timedelta(days=value) if tag == "D" else to_com(value, member)


def _shape(value: Any) -> str:
    if isinstance(value, Handle):
        return "o"
    return "g" if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple) else "v"


def _expressions(shape: str) -> str:
    forms = {"v": "a{}", "o": "Store.H(a{})", "-": "", "g": "Store.Block(a{})"}
    return ", ".join(forms[c].format(i) for i, c in enumerate(shape))


def to_uno(value: Any) -> Any:
    """Return a value as UNO takes it."""
    if isinstance(value, list | tuple):
        return tuple(to_uno(x) for x in value)
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - EPOCH) / timedelta(days=1)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 0x7FFFFFFF:
        return float(value)
    return value


def to_com(value: Any, member: str) -> Any:
    """Return a value as pywin32 would give it: numbers are floats, blanks ``None``."""
    if isinstance(value, tuple):
        return tuple(to_com(x, member) for x in value)
    if isinstance(value, str) and value[:1] == "\x01":
        return EPOCH + timedelta(days=float(value[1:]))
    if member.lower() in _FLOATS:
        if isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        return None if value == "" else value
    return value
