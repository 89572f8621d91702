Attribute VB_Name = "BudgetCells"
Option Explicit
Option Private Module
' What Python answers to a cell function, with its error texts as error values.

Private Const ERROR_VALUE As Long = 2015
Private Const ERROR_NOT_AVAILABLE As Long = 2042

Public Function BudgetWithErrors(answer As Variant) As Variant
    Dim row As Long, column As Long
    If Not IsArray(answer) Then
        BudgetWithErrors = AsError(answer)
        Exit Function
    End If
    If Dimensions(answer) = 1 Then
        For row = LBound(answer) To UBound(answer)
            answer(row) = AsError(answer(row))
        Next row
    Else
        For row = LBound(answer, 1) To UBound(answer, 1)
            For column = LBound(answer, 2) To UBound(answer, 2)
                answer(row, column) = AsError(answer(row, column))
            Next column
        Next row
    End If
    BudgetWithErrors = answer
End Function

Public Function BudgetUnavailable() As Variant
    BudgetUnavailable = CVErr(ERROR_NOT_AVAILABLE)
End Function

Private Function AsError(answer As Variant) As Variant
    AsError = answer
    If VarType(answer) <> vbString Then Exit Function
    If answer = "#VALUE!" Then AsError = CVErr(ERROR_VALUE)
    If answer = "#N/A" Then AsError = CVErr(ERROR_NOT_AVAILABLE)
End Function

Private Function Dimensions(answer As Variant) As Long
    Dim last As Long
    Dimensions = 1
    On Error GoTo done
    last = UBound(answer, 2)
    Dimensions = 2
done:
End Function
