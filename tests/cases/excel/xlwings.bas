Attribute VB_Name = "xlwings"
Option Explicit
' Stands in for xlwings' module in LibreOffice: commands and calls go to the test's Python over a UNO job.

Public heldBridge As Object

Public Sub SetBridge(bridge)
    Set heldBridge = bridge
End Sub

Public Function RunPython(PythonCommand As String)
    heldBridge.execute(Array(Pair("run", PythonCommand)))
End Function

Public Function GetConfig(configKey As String, Optional default As String = "") As Variant
    GetConfig = default
End Function

Public Function XLPy()
    Set XLPy = New XlwingsServer
End Function

Public Function CallBridge(module, name, arguments)
    Dim i As Long, given()
    ReDim given(LBound(arguments) To UBound(arguments))
    For i = LBound(arguments) To UBound(arguments)
        If TypeName(arguments(i)) = "Range" Then
            given(i) = RangeValues(arguments(i))
        ElseIf TypeName(arguments(i)) = "Error" Then
            given(i) = "(missing)"
        Else
            given(i) = arguments(i)
        End If
    Next i
    CallBridge = Square(heldBridge.execute(Array(Pair("module", module), Pair("name", name), Pair("arguments", given))))
End Function

Private Function RangeValues(cells)
    RangeValues = cells.Value
End Function

Private Function Square(answer)
    ' Rows of cells come as an array of arrays; a cell takes a two-dimensional one.
    Dim row As Long, column As Long
    If Not IsArray(answer) Then
        Square = answer
        Exit Function
    End If
    Dim cells(LBound(answer) To UBound(answer), LBound(answer(0)) To UBound(answer(0)))
    For row = LBound(answer) To UBound(answer)
        For column = LBound(answer(row)) To UBound(answer(row))
            cells(row, column) = answer(row)(column)
        Next column
    Next row
    Square = cells
End Function

Private Function Pair(name, value)
    Dim made
    made = CreateUnoStruct("com.sun.star.beans.NamedValue")
    made.Name = name
    made.Value = value
    Pair = made
End Function
