"""Named secrets in a folder of their own, sealed to this machine where systemd-creds can do it.

A secret is one file, mode 0600, in a folder of mode 0700: ``NAME.sealed`` as `systemd-creds` wrote it with
the machine's host key, or ``NAME.key`` as it is. Which of the two a new secret gets is found out once, by
sealing and opening something, and is never a silent choice: `form` says it, and a secret that is only a file
is logged. A copied folder of sealed secrets opens on no other machine; neither form keeps out root on this
one.

A secret is made whole (written aside, synced, then linked to its name, which fails if somebody was faster).
Files that others can read, that belong to somebody else, or that are not plain files are refused. All of it
blocks, for some 20 ms where systemd-creds runs; used from any thread.
"""

import os
import re
import secrets
import stat
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import structlog

from lamplighter_collector.errors import SecretExists, SecretExposed, SecretMissing, SecretUnusable

SEALED: Final = "sealed by systemd-creds"
PLAIN: Final = "a file, mode 0600"
_TOOL: Final = Path("/usr/bin/systemd-creds")
_FORMS: Final = {".sealed": SEALED, ".key": PLAIN}
_RETIRED: Final = ".retired"
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_LONGEST: Final = 1 << 20
_TOOL_SECONDS: Final = 30
_log = structlog.get_logger()


class Secrets:
    """The secrets in ``folder``, which is made when the first one is."""

    def __init__(self, folder: Path, *, tool: Path | None = _TOOL, warn: bool = True) -> None:
        """Without ``tool`` (systemd-creds) new secrets are files as they are.

        ``warn`` logs that; not where just such a file was asked for.
        """
        self._folder = folder
        self._warn = warn
        self._tool = tool

    @property
    def form(self) -> str:
        """What a secret made now becomes: `SEALED` or `PLAIN`."""
        return SEALED if self._tool is not None and _can_seal(self._tool) else PLAIN

    def form_of(self, name: str) -> str:
        """What this secret is.

        Raises:
            SecretMissing: there is none of this name.
        """
        return _FORMS[self._path(name).suffix]

    def names(self) -> tuple[str, ...]:
        """The secrets that are here, without retired ones."""
        return self._listed("")

    def retired(self) -> tuple[str, ...]:
        """The secrets that were put out of use and not forgotten yet."""
        return self._listed(_RETIRED)

    def create(self, name: str, content: bytes) -> None:
        """Keep a new secret; durable when this returns.

        Raises:
            SecretExists: there is one of this name already; it is never replaced.
            SecretExposed, SecretUnusable
        """
        if name in self.names():
            raise SecretExists(name)
        self._write(name, content, replace=False)

    def replace(self, name: str, content: bytes) -> None:
        """Keep a secret, in place of the one of this name if there is any; durable when this returns."""
        before = self._path(name) if name in self.names() else None
        after = self._write(name, content, replace=True)
        if before is not None and before != after:
            _erase(before)

    def load(self, name: str) -> bytes:
        """What the secret holds.

        Raises:
            SecretMissing: there is none of this name.
            SecretExposed: others can read it, or it is not ours.
            SecretUnusable: it can't be opened here, such as one that was sealed on another machine.
        """
        return self._open(name, self._path(name))

    def load_or_create(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What the secret holds; ``make`` makes it the first time."""
        if name not in self.names():
            try:
                self.create(name, make())
            except SecretExists:  # another process was faster: its secret is the one
                _log.info("secret-made-elsewhere", name=name)
        return self.load(name)

    def retire(self, name: str) -> None:
        """Put a secret out of use, but keep its file until `forget_retired`."""
        path = self._path(name)
        path.rename(path.with_name(path.name + _RETIRED))
        _sync(self._folder)

    def forget_retired(self) -> tuple[str, ...]:
        """Overwrite and unlink what was retired. On flash the overwrite may go elsewhere."""
        gone = self.retired()
        for name in gone:
            _erase(self._path(name, _RETIRED))
        return gone

    def prepare(self) -> None:
        """Make the folder, or refuse one that others may enter.

        Raises:
            SecretExposed, SecretUnusable
        """
        _private_folder(self._folder)

    def _listed(self, ending: str) -> tuple[str, ...]:
        try:
            files = [path.name for path in self._folder.iterdir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise SecretUnusable(self._folder.name, error.strerror or "can't be listed") from error
        endings = [suffix + ending for suffix in _FORMS]
        names = {file.removesuffix(end) for file in files for end in endings if file.endswith(end)}
        return tuple(sorted(name for name in names if _NAME.fullmatch(name)))

    def _path(self, name: str, ending: str = "") -> Path:
        if not _NAME.fullmatch(name):
            raise SecretUnusable(name, "is no name of a secret")
        paths = [self._folder / f"{name}{suffix}{ending}" for suffix in _FORMS]
        found = [path for path in paths if os.path.lexists(path)]
        if not found:
            raise SecretMissing(name)
        if len(found) > 1:
            # Whoever can drop a file here must not be able to choose the weaker form for us.
            raise SecretUnusable(name, "is there in two forms")
        return found[0]

    def _open(self, name: str, path: Path) -> bytes:
        content = _read(name, path)
        if path.suffix != ".sealed":
            return content
        if self._tool is None:
            raise SecretUnusable(name, "is sealed by systemd-creds, which is not here")
        return _run(self._tool, "decrypt", name, content)

    def _write(self, name: str, content: bytes, *, replace: bool) -> Path:
        if not _NAME.fullmatch(name):
            raise SecretUnusable(name, "is no name of a secret")
        self.prepare()
        if self._tool is not None and _can_seal(self._tool):
            path = self._folder / f"{name}.sealed"
            content = _run(self._tool, "encrypt", name, content)
        else:
            path = self._folder / f"{name}.key"
            if self._warn:
                _log.warning("secret-not-sealed", name=name, form=PLAIN)
        try:
            write_whole(path, content, replace=replace)
        except FileExistsError:
            raise SecretExists(name) from None
        except OSError as error:
            raise SecretUnusable(name, error.strerror or "can't be written") from error
        return path


@cache
def _can_seal(tool: Path) -> bool:
    """Whether systemd-creds can seal and open here; asked once per process.

    It can't without a machine's host key, which only root may read.
    """
    probe = secrets.token_bytes(32)
    try:
        return _run(tool, "decrypt", "probe", _run(tool, "encrypt", "probe", probe)) == probe
    except SecretUnusable as error:
        _log.warning("sealing-unavailable", problem=error.problem)
        return False


def _run(tool: Path, verb: str, name: str, content: bytes) -> bytes:
    """The name is sealed in, so that one secret can't be passed off as another."""
    key = ["--with-key=host"] if verb == "encrypt" else []
    try:
        done = subprocess.run(
            [str(tool), verb, *key, f"--name={name}", "-", "-"],
            input=content,
            capture_output=True,
            timeout=_TOOL_SECONDS,
            check=False,
        )
    except OSError as error:
        raise SecretUnusable(name, f"{tool.name}: {error.strerror}") from error
    except subprocess.TimeoutExpired:
        raise SecretUnusable(name, f"{tool.name} did not answer") from None
    if done.returncode != 0:
        raise SecretUnusable(name, f"{tool.name} {verb} ended with {done.returncode}")
    return done.stdout


def _private_folder(folder: Path) -> None:
    try:
        # Those above it too: mkdir would leave them open to all, and the next start would refuse them.
        for missing in reversed([one for one in folder.parents if not one.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        about = folder.stat()
    except OSError as error:
        raise SecretUnusable(folder.name, error.strerror or "can't be made") from error
    if about.st_uid != os.geteuid() or stat.S_IMODE(about.st_mode) & 0o077:
        raise SecretExposed(folder.name, f"the folder must be ours and of mode 700, {_mode(about)}")


def _read(name: str, path: Path) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise SecretUnusable(name, error.strerror or "can't be read") from error
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid():
            raise SecretExposed(name, "it must be a plain file of the collector's own account")
        if stat.S_IMODE(about.st_mode) & 0o077:
            raise SecretExposed(name, f"it must be of mode 600, {_mode(about)}")
        return file.read(_LONGEST)


def _mode(about: os.stat_result) -> str:
    return f"and is of mode {stat.S_IMODE(about.st_mode):o}"


def write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """A file of mode 0600 that is there whole or not at all, also after a power cut. Raises `OSError`."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace:
            aside.rename(path)
        else:
            # A link, not a rename: of two that start together, the second must use the first one's.
            os.link(aside, path)
        _sync(path.parent)
    finally:
        aside.unlink(missing_ok=True)


def _erase(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
