#!/bin/sh
# The pupil's desktop: a window manager, and the line by which a check speaks to it.
python3 -I /carried/inside/control.py /dev/virtio-ports/pupil &
exec openbox
