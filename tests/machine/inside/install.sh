#!/bin/sh
# Installs the agent as installers/README.md says, and the virus scanner with signatures of the checks' own.
set -eu
mkdir -p /opt/lamplighter-agent /etc/lamplighter
mount --bind /carried/agent /opt/lamplighter-agent
ln -s /opt/lamplighter-agent/bin/lamplighter-agent /usr/bin/lamplighter-agent
groupadd --system lamplighter
: > /etc/lamplighter/agent.toml
cp /carried/72-lamplighter-media.rules /lib/udev/rules.d/
cp /carried/10-lamplighter-media.rules /usr/share/polkit-1/rules.d/
cp /carried/inside/lamplighter-agent.service /etc/systemd/system/
cp /carried/signatures/* /var/lib/clamav/
cat >> /etc/clamav/clamd.conf <<EOF
AlertExceedsMax yes
AlertEncryptedArchive yes
AlertEncryptedDoc yes
OfficialDatabaseOnly no
EOF
# Debian's unit asks for the official signatures, which nobody has here.
mkdir -p /etc/systemd/system/clamav-daemon.service.d
printf '[Unit]\nConditionPathExistsGlob=\n' > /etc/systemd/system/clamav-daemon.service.d/machine.conf
udevadm control --reload
systemctl daemon-reload
systemctl start clamav-daemon
