Attribute VB_Name = "BudgetStrokes"
Option Explicit
' Changes to a workbook that Python has planned, many in one call. Only what stands in Draw can be done.
' Answers how many were made, and what stopped the next one.

Private Const DOWN As Long = -4121
Private Const UP As Long = -4162

Public Function BudgetDraw(bookName As String, text As String) As Variant
    Dim strokes As Variant, done As Long
    On Error GoTo failed
    strokes = Split(text, Chr(30))
    For done = 0 To UBound(strokes)
        Draw Workbooks(bookName), Split(strokes(done), Chr(31))
    Next done
    BudgetDraw = Array(done, "")
    Exit Function
failed:
    BudgetDraw = Array(done, Err.Number & " " & Err.Description)
End Function

Private Sub Draw(book As Object, fields As Variant)
    Dim kind As String
    kind = fields(0)
    Select Case kind
        Case "name"
            book.Names.Add fields(2), "=" & Mid(fields(3), 2)
        Case "unname"
            RemoveName book, CStr(fields(2))
        Case "add"
            AddSheet book, CStr(fields(1))
        Case "drop"
            book.Worksheets(fields(1)).Delete
        Case "page", "breaks", "freeze"
            DrawPage book, book.Worksheets(fields(1)), fields
        Case Else
            DrawRange book, book.Worksheets(fields(1)), fields
    End Select
End Sub

Private Sub DrawRange(book As Object, sheet As Object, fields As Variant)
    Dim cells As Object, area As Object
    Set cells = sheet.Range(fields(2))
    Select Case fields(0)
        Case "enter"
            Enter cells, fields
        Case "note"
            If Not cells.Comment Is Nothing Then cells.Comment.Delete
            cells.AddComment Mid(fields(3), 2)
        Case "unnote"
            If Not cells.Comment Is Nothing Then cells.Comment.Delete
        Case "link"
            sheet.Hyperlinks.Add cells, "", Mid(fields(3), 2), Mid(fields(4), 2)
        Case "unlink"
            cells.Hyperlinks.Delete
        Case "insert"
            cells.Insert DOWN, 0
        Case "delete"
            cells.Delete UP
        Case Else
            For Each area In cells.Areas
                DrawArea book, area, CStr(fields(0)), FieldValue(fields, 3)
            Next area
    End Select
End Sub

Private Sub DrawArea(book As Object, area As Object, kind As String, value As Variant)
    Select Case kind
        Case "style"
            area.Style = book.Styles(value)
        Case "merge"
            area.Merge
        Case "unmerge"
            area.UnMerge
        Case "height"
            If IsEmpty(value) Then
                area.EntireRow.AutoFit
            Else
                area.RowHeight = value
            End If
        Case "hide"
            area.EntireRow.Hidden = value
        Case "width"
            If IsEmpty(value) Then
                area.UseStandardWidth = True
            ElseIf value > 0 Then
                area.ColumnWidth = value
            Else
                area.EntireColumn.Hidden = True
            End If
        Case Else
            Err.Raise 5
    End Select
End Sub

Private Sub Enter(cells As Object, fields As Variant)
    Dim block() As Variant, rows As Long, columns As Long, row As Long, column As Long
    rows = CLng(fields(3))
    columns = CLng(fields(4))
    If rows = 1 And columns = 1 Then
        EnterOne cells, FieldValue(fields, 5)
        Exit Sub
    End If
    ReDim block(1 To rows, 1 To columns)
    For row = 1 To rows
        For column = 1 To columns
            block(row, column) = FieldValue(fields, 4 + (row - 1) * columns + column)
        Next column
    Next row
    cells.Formula = block
End Sub

Private Sub EnterOne(cell As Object, value As Variant)
    ' Long text does not go in as a formula would, nor do truth values everywhere.
    If VarType(value) = vbBoolean Or Len(value) > 8000 Then
        cell.Value = value
    Else
        cell.Formula = value
    End If
End Sub

Private Function FieldValue(fields As Variant, index As Long) As Variant
    Dim text As String
    If index > UBound(fields) Then Exit Function
    text = fields(index)
    Select Case Left(text, 1)
        Case "s"
            FieldValue = Mid(text, 2)
        Case "n"
            FieldValue = CDbl(Val(Mid(text, 2)))
        Case "b"
            FieldValue = (Mid(text, 2) = "1")
    End Select
End Function

Private Sub DrawPage(book As Object, sheet As Object, fields As Variant)
    Dim index As Long
    Select Case fields(0)
        Case "page"
            CallByName sheet.PageSetup, CStr(fields(2)), VbLet, FieldValue(fields, 3)
        Case "breaks"
            sheet.ResetAllPageBreaks
            For index = 3 To UBound(fields)
                sheet.HPageBreaks.Add sheet.Cells(FieldValue(fields, index) + 1, 1)
            Next index
        Case "freeze"
            Freeze book, sheet, CStr(fields(2)), FieldValue(fields, 3)
    End Select
End Sub

Private Sub Freeze(book As Object, sheet As Object, address As String, lines As Variant)
    ' What belongs to a window can be set of the sheet in front only.
    Dim before As Object, window As Object
    Set before = book.ActiveSheet
    sheet.Activate
    Set window = book.Windows(1)
    window.DisplayGridlines = lines
    If address <> "" Then
        window.FreezePanes = False
        window.SplitColumn = sheet.Range(address).Column - 1
        window.SplitRow = sheet.Range(address).Row - 1
        window.FreezePanes = True
    End If
    before.Activate
End Sub

Private Sub AddSheet(book As Object, name As String)
    Dim before As Object, made As Object
    Set before = book.ActiveSheet
    Set made = book.Worksheets.Add(After:=book.Worksheets(book.Worksheets.Count))
    On Error GoTo failed
    made.Name = name
    before.Activate
    Exit Sub
failed:
    made.Delete
    Err.Raise 1004, , "sheet name"
End Sub

Private Sub RemoveName(book As Object, name As String)
    Dim found As Object
    For Each found In book.Names
        If found.Name = name Then
            found.Delete
            Exit Sub
        End If
    Next found
End Sub
