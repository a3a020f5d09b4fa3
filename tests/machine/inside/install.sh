#!/bin/sh
# Installs the agent's package as installers/linux/README.md says. Then signatures come for the virus scanner, of the
# checks' own and in the order of freshclam's: what Debian's unit looks for is there last.
set -eu
apt-get --yes -o Dpkg::Use-Pty=0 install "$1"
cp /carried/signatures/* /var/lib/clamav/new.tmp
mv /var/lib/clamav/new.tmp /var/lib/clamav/daily.cud
touch /var/lib/clamav/main.inc /var/lib/clamav/daily.inc
