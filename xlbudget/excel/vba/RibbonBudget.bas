Attribute VB_Name = "RibbonBudget"
Option Explicit
' Callbacks of the ribbon. What they do stands in BudgetHost and in the generated BudgetMacros.

Private heldRibbon As IRibbonUI

Public Sub OnRibbonLoad(ribbon As IRibbonUI)
    Set heldRibbon = ribbon
    BudgetStart
End Sub

Public Sub OnCommand(control As IRibbonControl)
    BudgetRun control.ID
End Sub

Public Sub GetEnabled(control As IRibbonControl, ByRef enabled)
    enabled = BudgetCanRun(control.ID)
End Sub

Public Sub GetTip(control As IRibbonControl, ByRef tip)
    ' A grey button says why it is grey.
    If BudgetCanRun(control.ID) Then
        tip = BudgetText(control.ID)
    Else
        tip = BudgetText("NotOurs")
    End If
End Sub

Public Sub GetTabVisible(control As IRibbonControl, ByRef visible)
    ' While the add-in is loaded, the workbook's own tab hides, so that there is one.
    visible = BudgetIsAddin() Or Not BudgetAddinLoaded()
End Sub

Public Sub RefreshRibbon()
    ' The ribbon is gone after the VBA project was reset; a stale one is no reason to stop.
    On Error Resume Next
    If Not heldRibbon Is Nothing Then heldRibbon.Invalidate
End Sub
