"""Chooses how this system keeps files. Light; whoever stores something uses it, mostly by `files.py`.

| of `disk` | promises |
|---|---|
| `FLAGS` | for `os.open`: bytes as they are, not inherited, and no link followed where the system can |
| `read_at`, `write_at` | at an offset, as much as goes at once; one descriptor from one thread only |
| `sync_folder` | the names in a folder are on disk |
| `replace` | one file takes another one's name and place, at once |
| `readable_by_all` | every account of this device may read it, and only its owner write |
| `PRIVATE` | how a file that is only for us is kept, in words for a technician |
| `only_for_us` | no account but the service's, and who administers the device, may read it |
| `others_may_read` | whether another account may |
| `lock` | held until the descriptor is closed; `BlockingIOError` where it is held and we don't wait |

| of `durability` | promises |
|---|---|
| `sync` | the content of a file is on disk |
| `reserve` | a file has room for so many bytes, of which what is there stays |

| of `scratch` | promises |
|---|---|
| `nameless` | an empty file that no other program finds, gone once it is closed |
| `ahead` | the start of a file is on its way before it is asked for, where the system has to be told |

Each raises `OSError` where that can't be.
"""

import sys

__all__ = ["disk", "durability", "scratch"]

if sys.platform == "linux":
    from lamplighter_agent.backends.linux import durability, scratch
    from lamplighter_agent.backends.posix import disk

elif sys.platform == "win32":
    from lamplighter_agent.backends.windows import disk, durability, scratch

else:
    from lamplighter_agent.backends.macos import durability, scratch
    from lamplighter_agent.backends.posix import disk
