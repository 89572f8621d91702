Rem Attribute VBA_ModuleType=VBAModule
Option VBASupport 1
' Calls the ribbon's callbacks as Excel would, with a control of our own.

Public Sub Click(id)
    Dim control As New FakeControl
    control.ID = id
    RibbonBudget.OnCommand control
End Sub

Public Function Enabled(id)
    Dim control As New FakeControl, answer
    control.ID = id
    RibbonBudget.GetEnabled control, answer
    Enabled = answer
End Function

Public Function Tip(id)
    Dim control As New FakeControl, answer
    control.ID = id
    RibbonBudget.GetTip control, answer
    Tip = answer
End Function

Public Function TabVisible(id)
    Dim control As New FakeControl, answer
    control.ID = id
    RibbonBudget.GetTabVisible control, answer
    TabVisible = answer
End Function
