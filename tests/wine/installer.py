"""The MSI that `make msi` made, in a wine of its own: installed; what comes after is in `changed.py`."""

import tempfile
from pathlib import Path

from lamplighter_agent.notice.languages import language_of

from installers.windows.interpreter import compile_random, windows_path
from tests.support.collector import Collector
from tests.support.outcome import Outcome, beyond, proven
from tests.support.sources import ROOT
from tests.wine.changed import check_changes
from tests.wine.installed import THIS, Installed, has
from tests.wine.prefix import Wine
from tests.wine.school import school


def check_installer(wine: Wine) -> list[Outcome]:
    """Do to it what a technician does, and look at the device each time."""
    made = sorted((ROOT / "dist").glob(f"lamplighter-agent-{THIS}-x64*.msi"))
    if not made:
        return [proven("installer", holds=False, otherwise="no MSI is in dist/: make msi")]
    with tempfile.TemporaryDirectory(prefix="lamplighter-msi-") as folder, school() as collector:
        fresh = Wine(Path(folder), wine.desktop)
        try:
            _like_windows(fresh)
            # What wine 8 lacks and each Windows has.
            compile_random(fresh.drive / "windows/system32/bcryptprimitives.dll")
            return _life(Installed(wine=fresh), made[-1], collector)
        finally:
            fresh.end()


def _like_windows(wine: Wine) -> None:
    """Have wine say that it is Windows 10, and give a service the 30 s to start that Windows gives it."""
    wine.run("wine", "reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")
    control, seconds = r"HKLM\System\CurrentControlSet\Control", "30000"
    wine.run("wine", "reg", "add", control, "/v", "ServicesPipeTimeout", "/d", seconds, "/f")
    # Its service manager reads that when it starts.
    wine.end()
    # Else wine ends with the service, and starts it again at the next command, as Windows does at a start.
    wine.run("wineserver", "--persistent")


def _life(device: Installed, msi: Path, collector: Collector) -> list[Outcome]:
    found = [_refused(device, msi), *_installed(device, msi, collector)]
    return [*found, *check_changes(device, msi, collector)]


def _refused(device: Installed, msi: Path) -> Outcome:
    code = device.msiexec("/i", msi, "COLLECTOR=lamp.school.example:7444", "TOKEN=a")
    return proven(
        "installer: a collector without its pin is refused, and nothing is installed",
        holds=bool(code) and not device.program.exists() and not device.is_product(THIS),
        otherwise="it was installed" if not code else "something is left",
    )


def _installed(device: Installed, msi: Path, collector: Collector) -> list[Outcome]:
    told, log = collector.token(), device.wine.folder / "msi.log"
    given = [f"COLLECTOR={told['collector']}", f"CA_PIN={told['pin']}", f"TOKEN={told['token']}"]
    device.install(msi, *given, "/l*v", windows_path(log))
    device.until("the service with its helper", device.works)
    device.until("the identity", lambda: device.status().get("enrolled"))
    device.until("the order to be gone", lambda: not _ordered(device))
    notice = language_of("en").notice.title
    device.wine.to_front(notice, seconds=180)
    asked_first = not device.status()["sensing"]
    device.wine.desktop.key("Return")
    device.until("sensing", lambda: device.status().get("sensing"))
    return [
        proven(
            "installer: installs, makes and starts the service, which starts its helper",
            holds=device.is_product(THIS),
            otherwise="it is not listed",
        ),
        proven(
            "installer: the service enrols with what COLLECTOR, CA_PIN and TOKEN said",
            holds=len(collector.report("devices list")) == 1,
            otherwise=f"{len(collector.report('devices list'))} devices",
        ),
        proven(
            "installer: once enrolled, no file of the device and nothing in its registry has the token",
            holds=not device.holds(told["token"]),
            otherwise="it is there",
        ),
        beyond(
            "installer: the log of /l*v does not show the token",
            shown=not has(log, told["token"]),
            lacking="wine writes down a property that is to be hidden",
        ),
        proven(
            "installer: the helper asks the notice, and senses once the person agreed",
            holds=asked_first,
            otherwise="it sensed before",
        ),
    ]


def _ordered(device: Installed) -> bool:
    """Tell whether it still says in the registry what to enrol with."""
    return "Collector" in device.wine.run("wine", "reg", "query", r"HKLM\Software\Lamplighter\Enrolment")
