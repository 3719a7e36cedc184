# Sourced by ./try, ./check, .ci/run and the builds: finds Python, makes a virtual environment
# from the hashed lists, installs what the system lacks. Nothing is done twice.
# shellcheck shell=bash

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# What Qt's own libraries link against and a bare Debian or Ubuntu may lack.
qt_packages=(
    libdbus-1-3 libegl1 libfontconfig1 libfreetype6 libgl1 libglib2.0-0 libgssapi-krb5-2
    libwayland-client0 libwayland-cursor0 libwayland-egl1 libx11-xcb1 libxcb-cursor0 libxcb-glx0
    libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-render0
    libxcb-shape0 libxcb-shm0 libxcb-sync1 libxcb-util1 libxcb-xfixes0 libxcb-xkb1 libxcb1
    libxkbcommon-x11-0 libxkbcommon0
)

# What tests use beside Python: a screen, a session bus, a keyring, a reader of PDFs, a tracer of
# system calls, a compiler of C (for the library that lets calls to the disk fail).
# shellcheck disable=SC2034
test_packages=(
    age apache2 at-spi2-core dbus gcc gnome-keyring libc6-dev openssh-server poppler-utils postgresql
    python3-dbus rclone strace xauth xvfb
)

say() { printf 'casewell: %s\n' "$*"; }

give_up() {
    printf 'casewell: %s\n' "$*" >&2
    exit 1
}

# Prints the Python to use: the system's own when it is new enough.
find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python3.14; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' \
            >/dev/null 2>&1; then
            command -v "$name"
            return
        fi
    done
    give_up "Python 3.11 or newer is needed (on Debian and Ubuntu: apt-get install python3)."
}

# Installs the named packages that are absent; says what to install where it may not.
need_system() {
    local name status missing=() apt=()
    command -v dpkg-query >/dev/null || return 0
    for name in "$@"; do
        # Newer releases call libglib2.0-0 libglib2.0-0t64.
        status=$(dpkg-query --show --showformat='${db:Status-Status}\n' "$name" "${name}t64" \
            2>/dev/null) || true
        [[ $'\n'$status == *$'\n'installed* ]] || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" = 0 ]; then
        apt=(env DEBIAN_FRONTEND=noninteractive apt-get)
    elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        apt=(sudo env DEBIAN_FRONTEND=noninteractive apt-get)
    else
        give_up "please install first, as root: apt-get install ${missing[*]}"
    fi
    say "installing from the system's packages: ${missing[*]}"
    local log
    log=$(mktemp)
    # The list may be stale or absent, so a failed install is tried once more after an update.
    if ! "${apt[@]}" install -y -q --no-install-recommends "${missing[@]}" >"$log" 2>&1 </dev/null &&
        ! { "${apt[@]}" update -q && "${apt[@]}" install -y -q --no-install-recommends \
            "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
        tail -n 5 "$log" >&2
        rm -f "$log"
        give_up "could not install: ${missing[*]}"
    fi
    rm -f "$log"
}

# make_venv DIR LIST...: a virtual environment with those lists, and this checkout installed in it.
make_venv() {
    local place=$1 python version name lists=() wanted
    shift
    python=$(find_python)
    version=$("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')
    for name in "$@" build; do lists+=("$checkout/requirements/$name.txt"); done
    wanted=$(cat "${lists[@]}" "$checkout/pyproject.toml" <(echo "$version $checkout $place") |
        sha256sum | cut -d' ' -f1)
    if [ "$(cat "$place/.made-of" 2>/dev/null)" = "$wanted" ] && "$place/bin/python" -c '' \
        2>/dev/null; then
        return
    fi
    if ! "$python" -c 'import ensurepip' 2>/dev/null; then
        case $python in
        /usr/bin/*) need_system "$version-venv" ;;
        *) give_up "this Python cannot make virtual environments: $python lacks ensurepip" ;;
        esac
    fi
    say "making ${place#"$checkout"/} with $version (first time only; a minute or two)"
    rm -rf "$place"
    "$python" -m venv "$place"
    # Only what the lists name, only with the hashes they name, and no build scripts.
    "$place/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: "${lists[@]/#/--requirement=}"
    "$place/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
        --no-deps --no-build-isolation --no-index --editable "$checkout"
    echo "$wanted" >"$place/.made-of"
}
