Attribute VB_Name = "BudgetHost"
Option Explicit
Option Private Module
' Between a click and Python: which workbook it is, whether a command may run there, and what is said when
' Python cannot be reached. Everything else is Python's.

Private heldEvents As BudgetEvents
Private functionsTold As Boolean
Private serverAsked As Boolean

Public Sub BudgetStart()
    ' When the workbook or the add-in is opened.
    On Error Resume Next
    If BudgetIsAddin() And heldEvents Is Nothing Then
        Set heldEvents = New BudgetEvents
        Set heldEvents.App = Application
    End If
    BudgetActivated
End Sub

Public Sub BudgetActivated()
    ' When a workbook comes to the front.
    On Error Resume Next
    RefreshRibbon
    If BudgetTarget() Is Nothing Then Exit Sub
    If Not functionsTold Then functionsTold = RegisterFunctions()
    If IsBudgetBook(BudgetTarget()) Then WakeServer
End Sub

Public Sub BudgetRun(command As String)
    Dim python As String
    python = BudgetPython(command)
    If python = "" Then Exit Sub
    If BudgetTarget() Is Nothing Then
        MsgBox BudgetText("NoBook"), vbInformation, BudgetText("Title")
        Exit Sub
    End If
    If Not BudgetCanRun(command) Then
        MsgBox BudgetText("NotOurs"), vbInformation, BudgetText("Title")
        Exit Sub
    End If
    On Error GoTo failed
    Application.StatusBar = BudgetText("Working")
    RunPython python
    Application.StatusBar = False
    Exit Sub
failed:
    Application.StatusBar = False
    BudgetFailed "VBA error " & Err.Number & ": " & Err.Description
End Sub

Public Function BudgetCanRun(command As String) As Boolean
    If BudgetAnywhere(command) Then
        BudgetCanRun = True
    ElseIf Not BudgetTarget() Is Nothing Then
        BudgetCanRun = IsBudgetBook(BudgetTarget())
    End If
End Function

Public Function IsBudgetBook(book As Workbook) As Boolean
    ' By a sheet or a defined name of the standard workbook; Python reads it properly.
    Dim wanted As Variant, sheet As Object
    For Each wanted In BudgetMarks()
        For Each sheet In book.Worksheets
            If sheet.Name = wanted Then IsBudgetBook = True
        Next sheet
        If Not IsBudgetBook Then IsBudgetBook = HasName(book, CStr(wanted))
        If IsBudgetBook Then Exit Function
    Next wanted
End Function

Private Function HasName(book As Workbook, wanted As String) As Boolean
    ' Asked by name: old workbooks hold thousands of them.
    Dim found As Object
    On Error Resume Next
    Set found = book.Names(wanted)
    HasName = Not found Is Nothing
End Function

Public Function BudgetAddinLoaded() As Boolean
    Dim book As Object
    On Error Resume Next
    Set book = Application.Workbooks("xlbudget.xlam")
    BudgetAddinLoaded = Not book Is Nothing
End Function

Public Sub BudgetFailed(details As String)
    ' What went wrong goes to a file; people read one calm sentence and where that file is.
    Dim path As String, number As Integer
    path = Environ("TEMP") & Application.PathSeparator & "xlbudget-excel.log"
    On Error Resume Next
    number = FreeFile
    Open path For Append As #number
    Print #number, Format(Now, "yyyy-mm-dd hh:mm:ss") & " " & details
    Close #number
    MsgBox BudgetText("Failed") & vbCrLf & vbCrLf & path, vbExclamation, BudgetText("Title")
End Sub

Private Sub WakeServer()
    ' The first click and the first formula need not wait for Python when it was started beforehand.
    Dim wanted As Boolean
    If serverAsked Then Exit Sub
    serverAsked = True
    On Error GoTo done
    wanted = GetConfig("USE UDF SERVER", "False")
    If Not wanted Then Exit Sub
    Application.StatusBar = BudgetText("Starting")
    XLPy.Module "xlbudget.excel.macros"
    XLPy.Module "xlbudget.workflow"
done:
    Application.StatusBar = False
End Sub
