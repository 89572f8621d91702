@echo off
rem Installs the budget add-in for this person: no admin rights, no network.
setlocal
chcp 65001 >nul
set "HERE=%~dp0"
set "TARGET=%LOCALAPPDATA%\xlbudget\python"
set PYTHONUTF8=1
for %%Z in ("%HERE%python\*.zip") do (
  if not exist "%TARGET%" mkdir "%TARGET%"
  tar -xf "%%~Z" -C "%TARGET%" || powershell -NoProfile -Command "Expand-Archive -Force -LiteralPath '%%~Z' -DestinationPath '%TARGET%'"
)
if exist "%TARGET%\python.exe" (
  "%TARGET%\python.exe" "%HERE%setup.py"
) else (
  py -3 "%HERE%setup.py"
)
if errorlevel 1 echo Installation failed. Please send the lines above to your IT staff.
pause
