@echo off
rem Starts Refloat on Windows: finds a JDK, picks the AOT cache if it fits, and runs the JVM.
rem
rem   REFLOAT_JAVA_HOME   the JDK to use
rem   REFLOAT_JAVA_OPTS   more JVM options (for example -Xmx2g)
rem   REFLOAT_HOME        the distribution's folder, for copies of this file elsewhere
rem
rem No block in parentheses holds a path or an argument: a closing one in it would end the block
rem ("C:\Program Files (x86)").
setlocal EnableExtensions DisableDelayedExpansion

for %%I in ("%~dp0..") do set "home=%%~fI"
if not exist "%home%\lib\launch.txt" if defined REFLOAT_HOME set "home=%REFLOAT_HOME:"=%"
if not exist "%home%\lib\launch.txt" set "home=@home@"
if not exist "%home%\lib\launch.txt" goto lost
set "lib=%home%\lib"

rem Written when this distribution was made: jars, jvm_options, aot, aot_light, aot_runtime.
set "jars=" & set "jvm_options=" & set "aot=" & set "aot_light=" & set "aot_runtime="
for /f "usebackq eol=# tokens=1* delims==" %%A in ("%lib%\launch.txt") do set "%%A=%%B"

call "%lib%\find-jdk.cmd" || exit /b 2

set "classpath="
for %%J in (%jars%) do call :add "%lib%\%%J"

rem The JDK does not check that the jars are those which the cache was made from (JDK-8377932), so
rem their times must be the cache's.
set "cache="
for %%L in (--version version help -h --help explain permissions completion) do if "%~1"=="%%L" set "aot=%aot_light%"
if "%~1"=="" set "aot=%aot_light%"
if not defined aot goto run
if not exist "%lib%\%aot%" goto run
if not "%jdk_runtime%"=="%aot_runtime%" goto run
for %%C in ("%lib%\%aot%") do set "stamp=%%~tC"
set cache="-XX:AOTCache=%lib%\%aot%"
for %%J in (%jars%) do for %%F in ("%lib%\%%J") do if not "%%~tF"=="%stamp%" set "cache="

:run
set "invoked=%~n0"
if defined REFLOAT_INVOKED_AS set "invoked=%REFLOAT_INVOKED_AS%"
set "REFLOAT_INVOKED_AS="
set "first="
if /i "%invoked%"=="kubectl_complete-refloat" set "first=__complete"
"%jdk_home%\bin\java.exe" %jvm_options% %REFLOAT_JAVA_OPTS% %cache% "-Drefloat.invoked-as=%invoked%" "-Drefloat.home=%home%" -cp "%classpath%" dev.refloat.wiring.Main %first% %*
exit /b %errorlevel%

:lost
echo refloat: cannot find lib\launch.txt beside "%~f0": set REFLOAT_HOME to the distribution's folder.>&2
exit /b 2

:add
if defined classpath set "classpath=%classpath%;%~1"
if not defined classpath set "classpath=%~1"
exit /b 0
