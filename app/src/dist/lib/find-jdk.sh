# Finds a JDK 25 or newer without starting any: reads the `release` file that every JDK has.
# Sourced by bin/refloat and by the launcher of a checkout. POSIX sh, no processes of its own on the
# usual paths, because a process costs a millisecond and this runs before every command.

refloat_needs_java=25

# jdk_fits HOME [TOOL]: sets jdk_major and jdk_runtime; true for a JDK new enough that has bin/java
# and, when asked for, bin/TOOL (a runtime image without javac cannot build).
jdk_fits() {
  jdk_major= jdk_runtime=
  [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
  [ -z "${2-}" ] || [ -x "$1/bin/$2" ] || return 1
  while IFS='=' read -r jdk_key jdk_value; do
    jdk_value=${jdk_value#\"}
    jdk_value=${jdk_value%\"}
    case $jdk_key in
      JAVA_VERSION) jdk_major=${jdk_value%%[!0-9]*} ;;
      JAVA_RUNTIME_VERSION) jdk_runtime=$jdk_value ;;
    esac
  done <"$1/release"
  [ -n "$jdk_major" ] && [ "$jdk_major" -ge "$refloat_needs_java" ]
}

# The home of the `java` on PATH, or nothing. macOS's /usr/bin/java is a stub without a home.
jdk_on_path() {
  jdk_link=$(command -v java 2>/dev/null) || return 1
  jdk_link=$(readlink -f "$jdk_link" 2>/dev/null) || return 1
  printf '%s\n' "${jdk_link%/bin/java}"
}

# find_jdk [TOOL [LIKELY]]: sets jdk_home to the first that fits, in this order: REFLOAT_JAVA_HOME,
# JAVA_HOME, the LIKELY one (that this distribution's AOT cache was made with), PATH, the usual
# folders.
find_jdk() {
  if [ -n "${REFLOAT_JAVA_HOME-}" ]; then
    jdk_home=$REFLOAT_JAVA_HOME
    jdk_fits "$jdk_home" "${1-}" && return 0
    echo "refloat: REFLOAT_JAVA_HOME is $REFLOAT_JAVA_HOME, which is ${jdk_major:+Java $jdk_major, }not a JDK $refloat_needs_java or newer." >&2
    return 1
  fi
  for jdk_home in "${JAVA_HOME-}" "${2-}"; do
    jdk_fits "$jdk_home" "${1-}" && return 0
  done
  jdk_home=$(jdk_on_path) && jdk_fits "$jdk_home" "${1-}" && return 0
  for jdk_home in \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME-}"/.sdkman/candidates/java/* \
    "${HOME-}"/.asdf/installs/java/* \
    "${HOME-}"/.local/share/mise/installs/java/* \
    "${HOME-}"/.jdks/* "${HOME-}"/.gradle/jdks/* \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /home/linuxbrew/.linuxbrew/opt/openjdk*/libexec; do
    jdk_fits "$jdk_home" "${1-}" && return 0
  done
  cat >&2 <<MESSAGE
refloat: no JDK $refloat_needs_java or newer found (looked at REFLOAT_JAVA_HOME, JAVA_HOME, PATH and the usual folders).
Get one, for example:
  Debian, Ubuntu:  apt install openjdk-25-jdk-headless, or temurin-25-jdk from packages.adoptium.net
  macOS:           brew install openjdk
  any:             sdk install java 25-tem (sdkman.io), or https://adoptium.net/temurin/releases/?version=25
and set REFLOAT_JAVA_HOME to its folder if it is somewhere unusual.
MESSAGE
  return 1
}
