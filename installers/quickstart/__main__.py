"""`make demo`: starts everything, types a listed word, shows where it arrived.

ONCE=1 ends after the first incident and prints its seconds as JSON. HERE=1 watches the desktop that it is
started on, after the owner's attestation is typed. STATE=folder keeps its things there. Ctrl-C stops all.
"""

import os
import re
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from installers.quickstart.accounts import Account, account, pupil
from installers.quickstart.agent_install import install_agent
from installers.quickstart.browser import Browser
from installers.quickstart.children import Children
from installers.quickstart.decision import OUTCOME, audit, decide
from installers.quickstart.enrolment import ATTESTER, enrol, token
from installers.quickstart.page import PageWatch
from installers.quickstart.places import Places, places
from installers.quickstart.processes import (
    AgentPlan,
    Collector,
    Setting,
    Watched,
    add_reader,
    start_collector,
    start_service,
    wait_until_watching,
)
from installers.quickstart.show import Show
from installers.quickstart.typist import ORDINARY, next_sentence
from installers.quickstart.virtual_desktop.desktop import Desktop, User, running_desktop

ORGANISATION = "Alder Vale School"
ASSET_TAG = "AV-DEMO-1"
ATTESTATION = "this device belongs to the setting"
ARRIVAL_SECONDS = 60
TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")


class Demo:
    """One run of the demo: what it started and where it keeps things."""

    def __init__(self, show: Show, stack: ExitStack) -> None:
        self.show = show
        self.stack = stack
        self.places: Places = places()
        self.children = Children(self.places.logs)

    def watch(self, watched: Watched, setting: Setting, *, attester: str = ATTESTER) -> Collector:
        """Start collector and agent for one desktop; return once the agent senses.

        They end before the desktop does, which was entered first: a display that goes away under a running
        agent would be a sensor that failed, and the page would say so.
        """
        self.stack.callback(self.children.close)
        with self.show.step("install the agent's wheels"):
            command = install_agent(self.places.agent)
        with self.show.step("start the collector"):
            collector = start_collector(self.children, self.places.collector_state, setting)
        plan = AgentPlan(
            folder=self.places.base,
            state=self.places.agent_state,
            runtime=self.places.agent_runtime,
            watched=watched,
        )
        config = plan.write()
        with self.show.step("enrol this device with it"):
            issued = token(collector.config, asset_tag=setting.asset_tag, attester=attester)
            enrol([str(command)], config, issued, asset_tag=setting.asset_tag)
        with self.show.step("start the agent: service, session helper, indicator"):
            service = start_service(self.children, [str(command)], config)
            found = wait_until_watching(self.children, self.places.agent_state, service)
        boundary = found.get("boundary", {})
        self.show.say(f"  process boundary: {boundary.get('detail', boundary)}")
        return collector

    def open_page(self, collector: Collector) -> PageWatch:
        """Sign in to the page with an account made for it, and follow it."""
        with self.show.step("add an account and sign in to the page"):
            reader = add_reader(collector.config)
            browser = Browser(collector.web)
            browser.sign_in(reader.login, reader.password)
            page = PageWatch(browser)
            page.open()
        self.stack.callback(page.close)
        self.show.say(f"  login {reader.login}, password {reader.password}")
        return page


def virtual(demo: Demo, *, once: bool) -> None:
    """Run on a virtual display of the demo's own and type into a real entry there."""
    person: Account = pupil()
    owner = User(uid=person.uid, gid=person.gid) if os.getuid() == 0 else None
    with demo.show.step("start a virtual desktop"):
        desktop: Desktop = demo.stack.enter_context(running_desktop(user=owner))
    watched = Watched(user=person.name, environment=desktop.environment)
    collector = demo.watch(watched, Setting(organisation=ORGANISATION, asset_tag=ASSET_TAG))
    page = demo.open_page(collector)
    with demo.show.step("type into a text entry"):
        desktop.open_gtk_entry("Homework notes")
        desktop.type_text(ORDINARY + " ")
        typed_at = [time.monotonic()]
        for word in next_sentence(demo.places.base / "turn").split():
            desktop.type_text(word)
            # A word is whole with the space behind it, and some sentences match before their end.
            typed_at.append(time.monotonic())
            desktop.key("space")
    if not page.arrived.wait(ARRIVAL_SECONDS):
        raise TimeoutError("no incident arrived on the page")
    seconds = round(page.arrived_at - max(at for at in typed_at if at < page.arrived_at), 3)
    demo.show.say(f"[bold]The incident is on the page after {seconds} s: {collector.web}[/bold]")
    if once:
        with demo.show.step("show the words, decide, verify the audit trail"):
            decide(page.browser, page.incident)
            verified = audit(collector.config)
        demo.show.result(seconds=seconds, page=collector.web, decision=OUTCOME, audit=verified)
    else:
        stay(demo)


def here(demo: Demo, *, once: bool) -> None:
    """Watch the desktop that this runs on, once its owner has said that it belongs to the setting."""
    if "DISPLAY" not in os.environ:
        raise RuntimeError("HERE=1 needs an X11 desktop: DISPLAY is not set")
    if os.getuid() == 0 and "SUDO_USER" not in os.environ:
        raise RuntimeError("as root, start it with sudo from the desktop's own account: that one is watched")
    demo.show.say("Only a device that the setting owns may be watched.")
    tag = input("Asset tag of this device: ").strip()
    if not TAG.fullmatch(tag):
        raise RuntimeError("an asset tag has letters, digits and hyphens")
    if input(f'Type "{ATTESTATION}": ').strip() != ATTESTATION:
        raise RuntimeError("not attested: nothing was started")
    attester = input("Your name, kept with the enrolment as who says so: ").strip()
    if not attester:
        raise RuntimeError("not attested: nothing was started")
    names = ("DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "LANG")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    user = account(os.environ["SUDO_USER"]) if os.getuid() == 0 else pupil()
    collector = demo.watch(
        Watched(user=user.name, environment=environment),
        Setting(organisation=ORGANISATION, asset_tag=tag),
        attester=attester,
    )
    page = demo.open_page(collector)
    demo.show.say(
        f"[bold]This desktop is watched; the strip at its top says so. The page: {collector.web}[/bold]"
    )
    if once:
        started = time.monotonic()
        page.arrived.wait()
        demo.show.result(seconds=round(page.arrived_at - started, 3), page=collector.web)
    else:
        stay(demo)


def stay(demo: Demo) -> None:
    """Keep everything up until Ctrl-C, or until a process ends by itself."""
    demo.show.say("Ctrl-C stops everything.")
    while not (ended := demo.children.ended()):
        signal.sigtimedwait([signal.SIGCHLD], 1)
    raise RuntimeError(f"{ended} stopped: see {demo.places.logs / ended}.log")


def end_at_the_first_signal() -> None:
    """Have the first INT or TERM end the demo, and none after it: a second one would break off the ending.

    `make` hands on a TERM of its own beside the terminal's Ctrl-C, so two at once are ordinary.
    """
    endings = (signal.SIGINT, signal.SIGTERM)

    def end(_number: int, _frame: FrameType | None) -> None:
        for ending in endings:
            # Not SIG_IGN, which whatever is started meanwhile would inherit.
            signal.signal(ending, lambda *_: None)
        raise KeyboardInterrupt

    for ending in endings:
        signal.signal(ending, end)


def main() -> int:
    show = Show()
    once = os.environ.get("ONCE") == "1"
    end_at_the_first_signal()
    try:
        with ExitStack() as stack:
            demo = Demo(show, stack)
            (here if os.environ.get("HERE") == "1" else virtual)(demo, once=once)
    except KeyboardInterrupt:
        show.say("Stopped.")
    except EOFError:
        show.say("[red]The demo did not work:[/red] not attested: nothing was started")
        return 1
    except (RuntimeError, TimeoutError) as error:
        show.say(f"[red]The demo did not work:[/red] {error}")
        return 1
    return 0


if __name__ == "__main__":
    os.chdir(Path(__file__).parents[2])
    sys.exit(main())
