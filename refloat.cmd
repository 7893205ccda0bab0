@echo off
rem Refloat in a checkout on Windows: builds on first use, and when sources are newer than what was
rem built, then runs app\target\refloat\bin\refloat.cmd. Needs a JDK 25 or newer.
setlocal EnableExtensions DisableDelayedExpansion
for %%I in ("%~dp0.") do set "root=%%~fI"
set "built=%root%\app\target\refloat"

if not exist "%built%\lib\launch.txt" (
  echo refloat: building on first use, a minute or two, longer if Maven has to download>&2
  goto build
)
rem cmd.exe cannot compare times to the second, so PowerShell looks.
powershell -NoProfile -Command "$b=(Get-Item '%built%\lib\built').LastWriteTimeUtc; $p='pom.xml','core/pom.xml','picocli/pom.xml','app/pom.xml','core/src/main','app/src/main','app/src/dist','app/src/packaging','catalog','demo' | ForEach-Object { Join-Path '%root%' $_ } | Where-Object { Test-Path $_ }; if (Get-ChildItem -Recurse $p | Where-Object { $_.LastWriteTimeUtc -gt $b } | Select-Object -First 1) { exit 1 }" && goto run
echo refloat: sources have changed, building>&2

:build
call "%root%\app\src\dist\lib\find-jdk.cmd" javac || exit /b 2
set "JAVA_HOME=%jdk_home%"
set "MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow %MAVEN_OPTS%"
pushd "%root%"
call mvnw.cmd -B -ntp -q -Dmaven.test.skip=true -pl core,picocli,app package 1>&2
if errorlevel 1 (
  popd
  echo refloat: the build failed>&2
  exit /b 2
)
popd

:run
set "REFLOAT_INVOKED_AS=%~n0"
call "%built%\bin\refloat.cmd" %*
exit /b %errorlevel%
