@echo off
rem Makes the caches that let Refloat start in a third of the time, for the JDK that is found here:
rem once after unpacking, and again when the JDK was updated. Refloat works without them.
setlocal EnableExtensions DisableDelayedExpansion
set "lib=%~dp0"
set "lib=%lib:~0,-1%"
for %%I in ("%lib%\..") do set "home=%%~fI"
set "jars="
for /f "usebackq eol=# tokens=1* delims==" %%A in ("%lib%\launch.txt") do if "%%A"=="jars" set "jars=%%B"
call "%lib%\find-jdk.cmd" || exit /b 2
set "classpath=%lib%\tune.jar"
for %%J in (%jars%) do call :add "%lib%\%%J"
"%jdk_home%\bin\java.exe" -cp "%classpath%" dev.refloat.packaging.Tune "%home%"
exit /b %errorlevel%

:add
set "classpath=%classpath%;%~1"
exit /b 0
