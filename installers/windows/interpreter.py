"""Puts together a Windows interpreter from published wheels: for tests under wine, and to freeze the agent.

What the agent needs comes in the versions and with the hashes of requirements.lock. One more wheel carries
the interpreter's own libraries; what is still missing is compiled here. Of what is compiled `python3.dll`
alone, which hands names on, gets into a frozen agent.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Sequence
from pathlib import Path

from installers.closure import needed

ROOT = Path(__file__).parents[2]
TOOLS = "x86_64-w64-mingw32-"
COMPILER = TOOLS + "gcc"
HERE = Path(__file__).parent
# It carries the interpreter's libraries.
LIBRARIES = "panda3d"
LIBRARIES_LINE = (
    f"{LIBRARIES}==1.10.16 --hash=sha256:37acfb92655c4226879f95c988e2ef1449a53c54486d6c1ebc00e2772429af82\n"
)
# Of what the agent needs on this system: what Windows' markers leave out, and what they add.
ELSEWHERE = {"dbus-fast", "python-xlib", "pyudev"}
THERE = {"colorama", "pynput", "pywin32"}
# What freezes it, beside those.
FREEZERS = {
    "altgraph",
    "packaging",
    "pefile",
    "pyinstaller",
    "pyinstaller-hooks-contrib",
    "pywin32-ctypes",
    "setuptools",
}
LEFT_OUT = shutil.ignore_patterns(
    "lib-dynload", "site-packages", "dist-packages", "test", "__pycache__", "idlelib"
)


def put_together(folder: Path) -> Path:
    """Return the interpreter's program, in `folder`; it imports our sources from the checkout."""
    home = folder / "python"
    packages = _bare(home)
    _take_wheels(_wheels(ROOT / ".wine" / "wheels", _needed_there()), home)
    sources = [ROOT / part / "src" for part in ("agent", "protos", "keyword_lists")]
    _import_also(packages, [*sources, ROOT])
    return _program(home)


def put_together_to_freeze(folder: Path, ours: Sequence[Path]) -> Path:
    """Return the program of one that has our own wheels, as a device will, and what freezes them."""
    home = folder / "python"
    packages = _bare(home)
    _take_wheels(_wheels(ROOT / ".wine" / "freezing", _needed_there() | FREEZERS), home)
    for wheel in ours:
        with zipfile.ZipFile(wheel) as opened:
            opened.extractall(packages)
    _import_also(packages, [])
    return _program(home)


def _needed_there() -> set[str]:
    return needed("lamplighter-agent") - ELSEWHERE | THERE


def _bare(home: Path) -> Path:
    """Make the folders and the standard library; return where packages belong."""
    assert sys.version_info[:2] == (3, 11), "the wheels' interpreter is 3.11, and so must be ours"
    packages = home / "Lib" / "site-packages"
    shutil.copytree(sysconfig.get_path("stdlib"), home / "Lib", ignore=LEFT_OUT)
    packages.mkdir()
    (home / "DLLs").mkdir()
    return packages


def _take_wheels(wheels: Sequence[Path], home: Path) -> None:
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as opened:
            if wheel.name.startswith(LIBRARIES):
                _take_libraries(opened, home)
            else:
                opened.extractall(home / "Lib" / "site-packages")


def _import_also(packages: Path, more: Sequence[Path]) -> None:
    folders = [packages / "win32", packages / "win32" / "lib", *more]
    lines = "".join(f"{windows_path(one)}\n" for one in folders)
    # pywin32's own line, which adds the folder of its libraries, is read as ever.
    (packages / "ours.pth").write_text(lines, encoding="utf-8")


def _program(home: Path) -> Path:
    _forwarder(home)
    compile_random(home / "bcryptprimitives.dll")
    program = home / "python.exe"
    _compile("-municode", "-o", program, HERE / "stand_ins/launch.c")
    return program


def compile_random(library: Path) -> None:
    """Make a library of Windows that wine 8 lacks; never shipped."""
    _compile("-shared", "-o", library, HERE / "stand_ins/random.c", "-lbcrypt")


def _wheels(folder: Path, names: set[str]) -> list[Path]:
    """Fetch the wheels that are not there yet, none without its hash; return all of them."""
    wanted = _lines(ROOT / "requirements.lock", names) + LIBRARIES_LINE
    stamp = folder / "wanted.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        asked = folder / "asked.txt"
        asked.write_text(wanted, encoding="utf-8")
        platform = ["--platform", "win_amd64", "--python-version", "3.11", "--only-binary=:all:", "--no-deps"]
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download"]
        command = [*pip, *platform, "--require-hashes", "--dest", str(folder), "--requirement", str(asked)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        asked.rename(stamp)
    return sorted(folder.glob("*.whl"))


def _lines(lock: Path, names: set[str]) -> str:
    """Return the lock's lines of some packages, without their markers: those are this machine's."""
    text = lock.read_text(encoding="utf-8")
    found = []
    for name in sorted(names):
        entry = re.search(rf"^({name}==[^\s;]+)[^\n]*\\\n((?: +--hash[^\n]*\n)+)", text, re.MULTILINE)
        assert entry is not None, f"requirements.lock has no {name}"
        found.append(f"{entry[1]} \\\n{entry[2]}")
    return "".join(found)


def _take_libraries(wheel: zipfile.ZipFile, home: Path) -> None:
    for name in wheel.namelist():
        file = name.rsplit("/", 1)[-1]
        if "deploy_libs/" not in name or not file or file.startswith("api-ms-win-crt-"):
            continue
        to = home / "DLLs" if file.endswith(".pyd") or file.startswith(("lib", "sqlite3")) else home
        (to / file).write_bytes(wheel.read(name))


def _forwarder(home: Path) -> None:
    """Make the library of the stable interface, which hands each name on to the interpreter's own."""
    library = "python311"
    told = subprocess.run(
        [TOOLS + "objdump", "-p", str(home / f"{library}.dll")], check=True, capture_output=True, text=True
    ).stdout
    names = re.findall(r"^\s+\[\s*\d+\].*?\s(_?Py\w+)\s*$", told, re.MULTILINE)
    lines = "".join(f"  {name} = {library}.{name}\n" for name in names)
    exports = home / "python3.def"
    exports.write_text(f"LIBRARY python3.dll\nEXPORTS\n{lines}", encoding="ascii")
    nothing = home / "nothing.c"
    nothing.write_text("int nothing(void) { return 0; }\n", encoding="ascii")
    _compile("-shared", "-o", home / "python3.dll", nothing, exports)


def _compile(*arguments: str | Path) -> None:
    subprocess.run([COMPILER, *(os.fspath(one) for one in arguments)], check=True)


def windows_path(path: Path) -> str:
    """Return how wine names a path of this machine."""
    return "Z:" + os.fspath(path.resolve()).replace("/", "\\")
