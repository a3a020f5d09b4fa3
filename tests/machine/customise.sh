# A school's laptop: one pupil, who is signed in on its screen. Usage: customise.sh ROOT PUPIL UID
root=$1 pupil=$2 uid=$3
echo marrowby > "$root/etc/hostname"
printf '127.0.0.1 localhost marrowby\n' > "$root/etc/hosts"
printf 'LABEL=machine / ext4 defaults 0 0\nLABEL=carried /carried ext4 ro 0 0\n' > "$root/etc/fstab"
mkdir -p "$root/carried"
chroot "$root" useradd --create-home --uid "$uid" --shell /bin/bash "$pupil"
chroot "$root" systemctl disable clamav-freshclam.service apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer >/dev/null 2>&1 || true
chroot "$root" systemctl set-default graphical.target >/dev/null 2>&1

# The pupil is signed in by the display manager, as somebody at the screen is.
mkdir -p "$root/etc/lightdm/lightdm.conf.d" "$root/usr/share/xsessions"
cat > "$root/etc/lightdm/lightdm.conf.d/machine.conf" <<EOF
[Seat:*]
autologin-user=$pupil
autologin-user-timeout=0
user-session=machine
EOF
cat > "$root/usr/share/xsessions/machine.desktop" <<EOF
[Desktop Entry]
Name=machine
Exec=/carried/inside/session.sh
Type=Application
EOF

# The test's own two lines into the machine: one to root, one into the pupil's session.
cat > "$root/etc/udev/rules.d/90-machine-port.rules" <<EOF
SUBSYSTEM=="virtio-ports", ATTR{name}=="pupil", OWNER="$pupil"
SUBSYSTEM=="virtio-ports", ATTR{name}=="control", TAG+="systemd", ENV{SYSTEMD_WANTS}+="machine-control.service"
EOF
cat > "$root/etc/systemd/system/machine-control.service" <<EOF
[Unit]
RequiresMountsFor=/carried
[Service]
ExecStart=/usr/bin/python3 -I /carried/inside/control.py /dev/virtio-ports/control
KillMode=process
[Install]
WantedBy=multi-user.target
EOF
chroot "$root" systemctl enable machine-control.service >/dev/null 2>&1
# The emulated network, which leads to the collector alone.
cat > "$root/etc/systemd/network/machine.network" <<EOF
[Match]
Name=en*
[Network]
Address=10.0.2.15/24
EOF
chroot "$root" systemctl enable systemd-networkd.service >/dev/null 2>&1
# Nothing is fetched in it: what the agent's package asks for is there, or it is not installed.
rm -rf "$root/etc/apt/sources.list" "$root"/etc/apt/sources.list.d/*
