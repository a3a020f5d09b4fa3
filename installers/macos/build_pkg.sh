#!/bin/bash
# Builds, signs and notarises Lamplighter.pkg. On a Mac alone, with Xcode's command line tools; run on none yet.
#
#   ORGANISATION="Marrowby Vale School" TEAM=A1B2C3D4E5 NOTARY=profile installers/macos/build_pkg.sh
#
# TEAM is the team of the two certificates in the keychain (Developer ID Application and Installer); NOTARY the
# name under which `xcrun notarytool store-credentials` keeps what Apple asks for. COLLECTOR and PIN go into the
# profile. The result is in dist/macos.
set -euo pipefail
: "${ORGANISATION:?whose Macs}" "${TEAM:?the team identifier}" "${NOTARY:?a profile of notarytool}"
if [[ $(uname) != Darwin ]]; then
    echo "build_pkg.sh: needs a Mac" >&2
    exit 2
fi
# The whole name of a certificate in the keychain: codesign takes no name with its middle left out.
certificate() {
    security find-identity -v | sed -n "s/^.*\"\($1: .*($TEAM)\)\"\$/\1/p" | tail -n 1
}
application=$(certificate "Developer ID Application")
installer=$(certificate "Developer ID Installer")
: "${application:?no certificate \"Developer ID Application\" of this team}"
: "${installer:?no certificate \"Developer ID Installer\" of this team}"
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
out=dist/macos
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
app=$root/Library/Lamplighter/Lamplighter.app

"$python" -m installers.macos --organisation "$ORGANISATION" --team "$TEAM" \
    ${PIN:+--collector "$COLLECTOR" --pin "$PIN"} ${FULL_DISK_ACCESS:+--full-disk-access} "$out"
"$python" -m installers.frozen agent "$work/frozen"
mkdir -p "$app/Contents/MacOS" "$root/Library/LaunchDaemons" "$root/Library/LaunchAgents"
cp -R "$work/frozen/lamplighter-agent/." "$app/Contents/MacOS/"
test -x "$app/Contents/MacOS/lamplighter-agent"
cp "$out/Info.plist" "$app/Contents/Info.plist"
cp "$out/LaunchDaemons/"*.plist "$root/Library/LaunchDaemons/"
cp "$out/LaunchAgents/"*.plist "$root/Library/LaunchAgents/"
cp installers/macos/uninstall.sh "$root/Library/Lamplighter/uninstall.sh"
chmod 755 "$root/Library/Lamplighter/uninstall.sh"

# The inner files first: a bundle's signature is over theirs.
find "$app" -type f \( -name '*.so' -o -name '*.dylib' \) -print0 |
    xargs -0 codesign --force --timestamp --options runtime --sign "$application"
codesign --force --timestamp --options runtime --entitlements "$out/lamplighter.entitlements" \
    --sign "$application" "$app"
codesign --verify --strict --deep "$app"

version=$("$python" -c 'from importlib.metadata import version; print(version("lamplighter-agent"))')
pkgbuild --root "$root" --component-plist "$out/components.plist" --identifier lamplighter.agent --version "$version" --ownership recommended \
    --scripts installers/macos/scripts --install-location / "$work/component.pkg"
productbuild --package "$work/component.pkg" --sign "$installer" "$out/Lamplighter.pkg"
xcrun notarytool submit "$out/Lamplighter.pkg" --keychain-profile "$NOTARY" --wait
xcrun stapler staple "$out/Lamplighter.pkg"
echo "$out/Lamplighter.pkg"
