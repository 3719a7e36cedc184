#!/usr/bin/env bash
# Packs dist/casewell/ as dist/casewell_VERSION_ARCH.deb; build.sh comes first.
set -euo pipefail
cd "$(dirname "$0")/../.."
. requirements/prepare.sh

[ -x dist/casewell/casewell ] || give_up "nothing to pack; run installer/linux/build.sh first"
need_system binutils gzip
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml | head -n 1)
arch=$(dpkg --print-architecture)
stamp=$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)
export SOURCE_DATE_EPOCH="$stamp"

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
share="$root/usr/share"
mkdir -p "$root/DEBIAN" "$root/usr/bin" "$root/usr/lib" "$share/applications" "$share/metainfo" \
    "$share/icons/hicolor/scalable/apps" "$share/doc/casewell" "$share/man/man1"
cp -a dist/casewell "$root/usr/lib/casewell"
ln -s ../lib/casewell/casewell "$root/usr/bin/casewell"
install -m 644 installer/linux/casewell.desktop "$share/applications/"
install -m 644 resources/icons/casewell.svg "$share/icons/hicolor/scalable/apps/"
sed "s/@VERSION@/$version/; s/@DATE@/$(date -u -d "@$stamp" +%F)/" \
    installer/linux/org.casewell.casewell.metainfo.xml >"$share/metainfo/org.casewell.casewell.metainfo.xml"
install -m 644 installer/linux/copyright docs/dependencies.md "$share/doc/casewell/"
gzip -9n <CHANGELOG.md >"$share/doc/casewell/CHANGELOG.md.gz"
gzip -9n <installer/linux/casewell.1 >"$share/man/man1/casewell.1.gz"
find "$root/usr" -type d -exec chmod 755 {} +
find "$root/usr" -type f ! -perm -u+x -exec chmod 644 {} +
find "$root/usr" -type f -name '*.so*' -exec chmod 644 {} +

# The newest glibc symbol used anywhere is the oldest system it runs on.
glibc=$(find "$root/usr/lib/casewell" -type f \( -name '*.so*' -o -name casewell \) -print0 |
    xargs -0 objdump -T 2>/dev/null | grep -o 'GLIBC_2\.[0-9]*' | sort -uV | tail -n 1)
depends="libc6 (>= ${glibc#GLIBC_}), libstdc++6, zlib1g"
for name in "${qt_packages[@]}"; do depends+=", $name"; done

cat >"$root/DEBIAN/control" <<CONTROL
Package: casewell
Version: $version
Architecture: $arch
Maintainer: The Casewell team <team@casewell.invalid>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Depends: $depends
Recommends: libcups2, fonts-noto-core | fonts-dejavu-core
Section: education
Priority: optional
Description: encrypted caseload of a school's counselor, nurse and social worker
 Casewell keeps a caseload on one's own laptop, encrypted, with or without a
 network: the roster, session notes that are signed and never overwritten, and
 the summary of a student as a printed page.
CONTROL
(cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
find "$root" -newermt "@$stamp" -exec touch --no-dereference --date="@$stamp" {} +
package="dist/casewell_${version}_${arch}.deb"
# A package that is only tried need not be small.
level=6
[ -z "${CASEWELL_DEB_FAST:-}" ] || level=0
dpkg-deb --root-owner-group -Zxz -z$level --build "$root" "$package" >/dev/null
say "built $package ($(du -m "$package" | cut -f1) MB, needs glibc ${glibc#GLIBC_} or newer)"
