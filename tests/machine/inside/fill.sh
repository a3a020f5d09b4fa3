# Fills sticks, for `.`; a stick is everybody's where its file system knows owners.
at=/mnt/stick
mkdir -p $at

# fill NODE [FILE]: an essay, and one more file.
fill() {
  mount "$1" $at
  put_files "${2:-}"
  umount $at
}

put_files() {
  mkdir $at/work
  echo about lamps > $at/work/essay.txt
  [ -z "$1" ] || cp "$1" $at/work/setup.com
  chown -R 1000:1000 $at 2>/dev/null || true
}

# Debian's kernel has no driver for it.
fill_ntfs() {
  ntfs-3g "$(readlink -e "$1")" $at
  put_files ""
  umount $at
}

# Enough for a scan of some length.
fill_many() {
  mount "$1" $at
  put_files ""
  for number in $(seq 1500); do echo "$number" > "$at/work/$number.txt"; done
  umount $at
}

# fill_luks NODE KEYFILE [FILE]
fill_luks() {
  cryptsetup luksFormat --batch-mode --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$1" "$2"
  cryptsetup open --key-file "$2" "$1" making
  mkfs.ext4 -q /dev/mapper/making
  fill /dev/mapper/making "${3:-}"
  cryptsetup close making
}

divide() {
  printf 'label: dos\n,24M,c\n,,83\n' | sfdisk -q "$1"
  udevadm settle
}
