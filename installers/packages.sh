#!/usr/bin/env bash
# Makes sure that the Debian packages of a list are installed: usage packages.sh LIST [LIST ...].
# As root it installs what is missing; otherwise it prints the exact command and fails.
set -euo pipefail
missing=()
for package in $(sed 's/#.*//' "$@"); do
  dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if [ "$(id -u)" -ne 0 ]; then
  echo "These system packages are missing. Ask an administrator to run:" >&2
  echo "  sudo ${install[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=900 -qq update
"${install[0]}" -o DPkg::Lock::Timeout=900 -qq "${install[@]:1}" >/dev/null
