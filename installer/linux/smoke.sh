#!/usr/bin/env bash
# Runs what was built: unpacks the newest .deb beside itself and works with it as a user would,
# with an empty home and no Python in reach. A real window is opened, locked and unlocked by key.
set -euo pipefail
cd "$(dirname "$0")/../.."
. requirements/prepare.sh

package=$(ls -t dist/casewell_*.deb 2>/dev/null | head -n 1)
[ -n "$package" ] || give_up "nothing to try; run installer/linux/build.sh and deb.sh first"
need_system "${qt_packages[@]}" poppler-utils xauth xdotool xvfb

place=$(mktemp -d)
desk_process=""
screen_process=""
finish() {
    local code=$?
    [ -z "$desk_process" ] || kill -9 "$desk_process" 2>/dev/null || true
    [ -z "$screen_process" ] || kill "$screen_process" 2>/dev/null || true
    if [ $code -ne 0 ] && [ -s "$place/log" ]; then tail -n 20 "$place/log" >&2; fi
    rm -rf "$place"
}
trap finish EXIT
mkdir "$place/root" "$place/home" "$place/bin" "$place/work"
dpkg-deb -x "$package" "$place/root"
program="$place/root/usr/bin/casewell"
[ "$(readlink -f "$program")" = "$place/root/usr/lib/casewell/casewell" ] ||
    give_up "usr/bin/casewell points nowhere"

casewell() {
    (cd "$place/work" && env -i HOME="$place/home" PATH="$place/bin" LANG=C.UTF-8 \
        "$program" "$@") >>"$place/log" 2>&1 </dev/null || give_up "failed: casewell $*"
}
step() {
    : >"$place/log"
    say "smoke: $*"
}
# until SECONDS COMMAND...: waits until the command succeeds.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.2
    done
}

passphrase="seven lanterns over quiet water"
echo "$passphrase" >"$place/secret"
vault="$place/work/smoke.casewell"
opened=(--vault "$vault" --passphrase-file "$place/secret")

step "nothing is missing that it links against"
env -i PATH="$PATH" find "$place/root/usr/lib/casewell" -name '*.so*' -type f -exec ldd {} + 2>/dev/null |
    { grep 'not found' || true; } | sort -u >"$place/missing"
if grep -v -E "libQt6|lib(pyside|shiboken)6|lib[a-z0-9]+-[0-9a-f]{8}" "$place/missing" >"$place/log"; then
    give_up "libraries are missing"
fi

step "make a vault"
casewell --version
casewell vault create "${opened[@]}" --name "Robin Tester" --role counselor \
    --school "North School" --recovery-words "$place/words" --sheet "$place/work/sheet.pdf"
casewell vault confirm "${opened[@]}" --recovery-words "$place/words"

step "bring in a roster"
cat >"$place/work/roster.csv" <<'ROSTER'
Student ID,First name,Last name,Grade,School
7001,Maple,Testperson,7,North School
7002,Yıldız,Testperson,8,North School
7003,ليلى,Testperson,8,North School
ROSTER
casewell roster import "$place/work/roster.csv" "${opened[@]}" --mapping guess

step "save a student's summary"
casewell report student-summary "${opened[@]}" --student 7001 --to-whom "Family" \
    --why "Smoke test" --ground subject --out "$place/work/summary.pdf"
pdftotext "$place/work/summary.pdf" "$place/text"
grep -q Maple "$place/text" || give_up "the summary does not name its student"
pdffonts "$place/work/summary.pdf" | grep -q Noto || give_up "the summary lacks the shipped fonts"

step "belong to a district, send it the month’s counts, and collect them"
echo "another lantern under loud rain" >"$place/keys-secret"
mkdir "$place/work/share"
keys=(--passphrase-file "$place/keys-secret")
casewell district init "$place/work/it" --name "Smoke Valley" "${keys[@]}"
casewell district invite "$place/work/it" --label "Robin" --out "$place/work/robin.casewell-district" \
    --destination Share folder "path=$place/work/share" "${keys[@]}"
: >"$place/log"
casewell district show "$place/work/robin.casewell-district"
words=$(sed -n 's/^Words of the key: //p' "$place/log")
casewell district load "$place/work/robin.casewell-district" "${opened[@]}" --words "$words"
casewell sync "${opened[@]}"
month=$(date +%Y-%m)
casewell outbox send services "${opened[@]}" --period "$month" --place Share --to-whom "Smoke Valley" \
    --why "Smoke test" --ground no_names
casewell sync "${opened[@]}"
casewell collect "$place/work/share" --into "$place/work/district.db" --keys "$place/work/it" "${keys[@]}"
casewell sync "${opened[@]}"
casewell collect report --from "$place/work/district.db" --month "$month" --out "$place/work/month.pdf"
pdftotext "$place/work/month.pdf" "$place/text"
grep -q "North School" "$place/text" || give_up "the district’s report does not name the school"

step "draw every page of the demo offscreen"
casewell demo --at "$place/work/demo" --students 30 --years 1
pictures=$(find "$place/work/demo" -name '*.png' | wc -l)
[ "$pictures" -ge 8 ] || give_up "only $pictures pictures of the demo's pages"

step "open, lock and unlock the desk"
exec 3<>"$place/display"
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp >>"$place/log" 2>&1 &
screen_process=$!
until_true 20 test -s "$place/display" || give_up "no virtual screen"
display=":$(head -n 1 "$place/display")"
key() { DISPLAY="$display" xdotool "$@" >/dev/null 2>>"$place/log"; }
(cd "$place/work" && exec env -i HOME="$place/home" PATH="$place/bin" LANG=C.UTF-8 \
    DISPLAY="$display" QT_QPA_PLATFORM=xcb "$program" --vault "$vault") >>"$place/log" 2>&1 3>&- &
desk_process=$!
window() { key search --onlyvisible --pid "$desk_process"; }
command_line() { tr '\0' ' ' <"/proc/$desk_process/cmdline"; }
# The desk holds the vault's lock exactly while it has the key.
holds() { grep -q ":$(stat -c %i "$vault/open.lock") " /proc/locks; }
focus() {
    local id
    id=$(DISPLAY="$display" xdotool search --onlyvisible --pid "$desk_process" 2>/dev/null | tail -n 1)
    [ -n "$id" ] && key windowfocus --sync "$id"
}
is_open() { holds && kill -0 "$desk_process"; }
is_locked() { [[ "$(command_line)" == *--locked* ]] && ! holds; }
is_closed() { ! kill -0 "$desk_process" 2>/dev/null; }
unlock() {
    until_true 30 window || give_up "no window came up"
    until_true 10 focus || give_up "the window takes no keys"
    sleep 1
    key type --delay 20 "$passphrase"
    key key Return
    until_true 30 is_open || give_up "the desk did not open"
    sleep 2
}
unlock
before=$(command_line)
focus && key key ctrl+l
until_true 20 is_locked || give_up "the desk did not lock (it runs as: $before)"
unlock
kill -TERM "$desk_process"
until_true 20 is_closed || give_up "the desk did not end"
desk_process=""

step "verify the vault"
casewell vault verify "${opened[@]}"
if grep -rq Testperson "$place/home" "$place/work" --exclude=roster.csv --exclude='*.pdf'; then
    give_up "a name lies outside the vault"
fi
say "smoke: all well ($(basename "$package"))"
