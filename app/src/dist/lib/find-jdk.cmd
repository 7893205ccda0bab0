@echo off
rem Finds a JDK 25 or newer without starting any: reads the `release` file that every JDK has.
rem Sets jdk_home and jdk_runtime. With an argument (javac), the JDK must have that tool.
set "jdk_home="
if not defined REFLOAT_JAVA_HOME goto search
call :try "%REFLOAT_JAVA_HOME:"=%" %1
if defined jdk_home exit /b 0
echo refloat: REFLOAT_JAVA_HOME is "%REFLOAT_JAVA_HOME:"=%", which is not a JDK 25 or newer.>&2
exit /b 1

:search
if defined JAVA_HOME call :try "%JAVA_HOME:"=%" %1
for %%P in (java.exe) do if not "%%~$PATH:P"=="" for %%H in ("%%~dp$PATH:P..") do call :try "%%~fH" %1
for /d %%D in (
  "%ProgramFiles%\Eclipse Adoptium\*" "%ProgramFiles%\Java\*" "%ProgramFiles%\Microsoft\jdk-*"
  "%ProgramFiles%\Zulu\*" "%ProgramFiles%\Amazon Corretto\*" "%ProgramFiles%\BellSoft\*"
  "%LOCALAPPDATA%\Programs\Eclipse Adoptium\*" "%USERPROFILE%\.jdks\*"
) do call :try "%%~fD" %1
rem A pattern is allowed in the last part of a path only.
for /d %%D in ("%USERPROFILE%\scoop\apps\*jdk*") do call :try "%%~fD\current" %1
if defined jdk_home exit /b 0
echo refloat: no JDK 25 or newer found (looked at REFLOAT_JAVA_HOME, JAVA_HOME, PATH and the usual folders).>&2
echo Get one, for example with: winget install EclipseAdoptium.Temurin.25.JDK>&2
echo and set REFLOAT_JAVA_HOME to its folder if it is somewhere unusual.>&2
exit /b 1

:try
if defined jdk_home exit /b 0
if not exist "%~1\bin\java.exe" exit /b 0
if not exist "%~1\release" exit /b 0
if not "%~2"=="" if not exist "%~1\bin\%~2.exe" exit /b 0
set "version=" & set "runtime="
for /f "usebackq tokens=1,2 delims==" %%A in ("%~1\release") do (
  if "%%A"=="JAVA_VERSION" set "version=%%~B"
  if "%%A"=="JAVA_RUNTIME_VERSION" set "runtime=%%~B"
)
for /f "delims=.-+" %%V in ("%version%") do set "major=%%V"
if not defined version exit /b 0
if %major% LSS 25 exit /b 0
set "jdk_home=%~1"
set "jdk_runtime=%runtime%"
exit /b 0
