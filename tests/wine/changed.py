"""What becomes of an installed agent: repaired, upgraded, removed, installed again, in wine."""

import contextlib
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from lamplighter_agent.backends.windows.media_policy import REMOVABLE

from installers.windows.names import product_code
from installers.windows.package import package
from tests.support.collector import Collector
from tests.support.outcome import Outcome, beyond, proven
from tests.wine.installed import SETTINGS, THIS, Installed

_MAJOR, _MINOR, _PATCH = (int(part) for part in THIS.split("."))
NEXT, AFTER_NEXT = (f"{_MAJOR}.{_MINOR}.{_PATCH + more}" for more in (1, 2))
# Files that the program can do without: what is damaged or changed, deleted, and what the next version adds.
CHANGED, DELETED, ADDED = (
    Path("_internal/lamplighter_keywords/shipped/NOTICE"),
    Path("_internal/lamplighter_keywords/py.typed"),
    Path("_internal/of-the-next-version.txt"),
)
# What was found wrong, by whether it was.
Faults = Mapping[str, bool]


def check_changes(device: Installed, msi: Path, collector: Collector) -> list[Outcome]:
    """Do to an agent that is installed, enrolled and runs what a technician does in later years."""
    following, broken = _next(device, NEXT), _next(device, AFTER_NEXT, program=b"MZ")
    identity = _identity(device)
    return [
        _found(
            "installer: a repair brings back files, keeps settings and identity, and it runs",
            lambda: _repaired(device, identity),
        ),
        _found(
            "installer: an upgrade replaces the program, one version alone is listed, and it runs",
            lambda: _upgraded(device, following),
        ),
        _found(
            "installer: an upgrade keeps settings and identity (where the old one is told, as Windows does)",
            lambda: _kept(device, identity, collector),
        ),
        _found(
            "installer: an older version is refused, and nothing changes",
            lambda: _older(device, msi),
        ),
        _found(
            "installer: a removal leaves no program, service, file or registry entry of ours",
            lambda: _removed(device),
        ),
        _found(
            "installer: a removal erases what was stored, with key, identity and settings",
            lambda: {"the state is left": device.state.exists(), "settings are": device.settings.exists()},
        ),
        _found(
            "installer: installed again, with TOKENFILE: it enrols, and the file is removed",
            lambda: _again(device, msi, collector),
        ),
        _rolled_back(device, broken),
    ]


def _found(check: str, look: Callable[[], Faults]) -> Outcome:
    """Return what a look came to; one that broke off is a fault, and the next ones are still taken."""
    try:
        met = [fault for fault, is_met in look().items() if is_met]
    except TimeoutError as error:
        met = [str(error)]
    except (OSError, subprocess.SubprocessError) as error:
        met = [type(error).__name__]
    return proven(check, holds=not met, otherwise=", ".join(met))


def _next(device: Installed, number: str, *, program: bytes = b"") -> Path:
    """Make an MSI of what is installed, with changes, under another number."""
    folder = device.wine.folder / number
    shutil.copytree(device.folder, folder, ignore=shutil.ignore_patterns(device.settings.name))
    (folder / CHANGED).write_text(number, encoding="utf-8")
    (folder / DELETED).unlink()
    (folder / ADDED).write_text(number, encoding="utf-8")
    if program:
        (folder / device.program.name).write_bytes(program)
    return package(folder, number, device.wine.folder / f"{number}.msi")


def _identity(device: Installed) -> str:
    return hashlib.sha256((device.state / "identity" / "key.pem").read_bytes()).hexdigest()


def _repaired(device: Installed, identity: str) -> Faults:
    before = (device.folder / CHANGED).read_bytes()
    (device.folder / CHANGED).write_bytes(b"damaged")
    (device.folder / DELETED).unlink()
    device.stop()
    # What `/fa` stands for: wine knows that of no product.
    code = device.msiexec("/i", product_code(THIS), "REINSTALL=ALL")
    device.until("the service after the repair", device.works)
    device.until("its identity", lambda: device.status().get("enrolled"))
    return {
        f"it ended with {code}": bool(code),
        "a damaged file stayed so": (device.folder / CHANGED).read_bytes() != before,
        "a deleted file stayed so": not (device.folder / DELETED).exists(),
        "the settings are others": device.settings.read_text(encoding="utf-8") != SETTINGS,
        "it is another identity": _identity(device) != identity,
    }


def _upgraded(device: Installed, msi: Path) -> Faults:
    _tell_of_upgrade(device)
    device.stop()
    code = device.msiexec("/i", msi)
    device.until("the service of the next version", device.works)
    return {
        f"it ended with {code}": bool(code),
        "not one version alone is listed": device.is_product(THIS) or not device.is_product(NEXT),
        "a file is as it was": (device.folder / CHANGED).read_text(encoding="utf-8") != NEXT,
        "a file of the former is left": (device.folder / DELETED).exists(),
        "a file of the next is not there": not (device.folder / ADDED).exists(),
    }


def _tell_of_upgrade(device: Installed) -> None:
    """Put into the package that was kept what Windows tells it when a new one takes its place."""
    values = f"('UPGRADINGPRODUCTCODE', '{product_code(NEXT)}')"
    told = f"INSERT INTO `Property` (`Property`, `Value`) VALUES {values}"
    for kept in (device.wine.drive / "windows" / "Installer").glob("*.msi"):
        subprocess.run(["msibuild", str(kept), "-q", told], check=True, capture_output=True)


def _kept(device: Installed, identity: str, collector: Collector) -> Faults:
    device.until("its identity", lambda: device.status().get("enrolled"))
    return {
        "the settings are others": device.settings.read_text(encoding="utf-8") != SETTINGS,
        "it is another identity": _identity(device) != identity,
        "it enrolled anew": len(collector.report("devices list")) != 1,
    }


def _older(device: Installed, msi: Path) -> Faults:
    running = device.processes("service")
    code = device.msiexec("/i", msi)
    return {
        "it was done": not code,
        "it is listed": device.is_product(THIS) or not device.is_product(NEXT),
        "the service was touched": device.processes("service") != running or not device.works(),
        "a file was": (device.folder / CHANGED).read_text(encoding="utf-8") != NEXT,
    }


def _removed(device: Installed) -> Faults:
    policy = device.wine.run("wine", "reg", "query", f"HKLM\\{REMOVABLE}", "/s")
    device.stop()
    code = device.msiexec("/x", product_code(NEXT))
    return {
        f"it ended with {code}": bool(code),
        "the service is there": "STATE" in device.service(),
        "processes are left": bool(device.processes("service") + device.processes("session")),
        "it is listed": device.is_product(NEXT),
        f"{len(device.ours())} files are left": bool(device.ours()),
        "the registry has more of ours": any("lamplighter" in one.casefold() for one in device.registry()),
        "the policy for media changed": policy
        != device.wine.run("wine", "reg", "query", f"HKLM\\{REMOVABLE}", "/s"),
    }


def _again(device: Installed, msi: Path, collector: Collector) -> Faults:
    # Where erasing failed, that was told.
    shutil.rmtree(device.state, ignore_errors=True)
    told, file = collector.token(replace=True), device.wine.drive / "lamp-token"
    file.touch(mode=0o600)
    file.write_text(told["token"], encoding="utf-8")
    device.install(msi, f"COLLECTOR={told['collector']}", f"CA_PIN={told['pin']}", "TOKENFILE=C:\\lamp-token")
    device.until("the service of the second installation", device.works)
    device.until("its identity", lambda: device.status().get("enrolled"))
    device.until("the token's file to be gone", lambda: not file.exists())
    return {"the token is left": device.holds(told["token"])}


def _rolled_back(device: Installed, msi: Path) -> Outcome:
    """Upgrade to a version whose service can't start."""
    with contextlib.suppress(TimeoutError, OSError, subprocess.SubprocessError):
        _tell_of_upgrade(device)
        device.stop()
        device.msiexec("/i", msi)
    return beyond(
        "installer: a version whose service does not start is taken back, and the one before runs",
        shown=device.is_product(THIS) and device.works(),
        lacking="wine removes the old version in a process of its own, and never takes that back",
    )
