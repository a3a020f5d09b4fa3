"""Pages in programs made with Chromium, over the accessibility bus by dbus-fast. All runs on the event loop.

    window in front ─▶ its program's objects ─▶ GetAttributes wakes it ─▶ does a page's own object answer?

Started without its flag such a program tells nothing of its pages until somebody asks one of its objects for
attributes (found by trial with Chromium 156; asking for roles or children alone does not do it). So it is
asked, and a page counts as read only after an object below a document has answered. Where none does,
nothing of the page comes: that is reported, so that nobody takes silence for quiet. Only the program in front
is asked; how often, how many objects and how long is bounded, for a program may lie or never answer.
"""

import asyncio
import contextlib
import math
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from dbus_fast import Variant
from dbus_fast.aio import MessageBus

from lamplighter_agent.backends.linux._atspi import (
    ACCESSIBLE,
    REMEDY,
    ROOT,
    START_S,
    address_of_accessibility_bus,
)
from lamplighter_agent.backends.linux._dbus import (
    BROKEN,
    DBUS_OBJECT,
    PROPERTIES,
    call,
    connected,
    end_of,
)
from lamplighter_agent.backends.ports import PagesReport
from lamplighter_agent.errors import BackendUnavailable

PORT: Final = "Pages"
APPLICATION: Final = "org.a11y.atspi.Application"
TOOLKIT: Final = "Chromium"
DOCUMENT_WEB: Final = 95
# Chromium's own window has about 100 objects before its first page, and three more a tab.
NODES: Final = 1000
WALK_S: Final = 3.0
ANSWER_S: Final = 0.5
# Whether a page that answered still does is asked again after this long, while it is in front.
AGAIN_S: Final = 60.0
FIRST_S: Final = 1.0
# So many looks before it is said that no page answers: a program that starts needs a moment.
PATIENCE: Final = 3
PROGRAM_LIMIT: Final = 64
# By the name of the process; what is not here is told of without a name, for a name can be anything.
KINDS: Final = {
    "chromium": "Chromium",
    "chromium-browser": "Chromium",
    "chrome": "Google Chrome",
    "google-chrome": "Google Chrome",
    "msedge": "Microsoft Edge",
    "brave": "Brave",
    "vivaldi-bin": "Vivaldi",
    "opera": "Opera",
}
OTHERS: Final = "other programs made with Chromium"
NO_ANSWER: Final = "no page answers: of this program only titles are read"
FLAG: Final = "start it with --force-renderer-accessibility"
FLAG_FILE: Final = (
    "copy chromium.d/lamplighter of the installer into /etc/chromium.d and start Chromium again"
)

# Bus name and object path.
Node = tuple[str, str]


@dataclass(slots=True)
class _Program:
    """One process whose window was in front."""

    pid: int
    kind: str
    # Whether it is one of those programs: by its name, or by what it says of its toolkit.
    concerned: bool
    document: Node | None = None
    # When it may be asked again, by the loop's clock; never, where it is none of them.
    due: float = 0.0
    failures: int = 0


class AtspiPages:
    """Wakes the pages of the program in front, and reports by kind of program whether they answer."""

    name = "AT-SPI"

    def __init__(self, session_bus: str | None) -> None:
        self._address = session_bus
        self._bus: MessageBus | None = None
        self._end: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._programs: OrderedDict[tuple[int, str], _Program] = OrderedDict()
        # Names on the bus are never given twice.
        self._pids: dict[str, int] = {}
        self._sink: Callable[[PagesReport], None] = lambda _: None

    async def start(self, sink: Callable[[PagesReport], None]) -> None:
        """Connect. That the bus ended is told by the text's source, which lives on the same one."""
        if not self._address:
            raise BackendUnavailable(PORT, "there is no D-Bus session bus", REMEDY)
        self._sink = sink
        try:
            async with asyncio.timeout(START_S):
                async with connected(self._address) as session:
                    address = await address_of_accessibility_bus(session)
                self._bus = await MessageBus(bus_address=address).connect()
        except BROKEN as error:
            raise BackendUnavailable(PORT, "the accessibility bus does not answer", REMEDY) from error
        self._end = asyncio.get_running_loop().create_task(end_of(self._bus))

    async def stop(self) -> None:
        self._looking = None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        bus, self._bus = self._bus, None
        end, self._end = self._end, None
        if bus is not None:
            bus.disconnect()
        if end is not None:
            await asyncio.wait([end], timeout=START_S)
        self._programs.clear()
        self._pids.clear()
        self._sink = lambda _: None

    def in_front(self, pid: int | None, application: str) -> None:
        """Look at this program as long as no other one is in front."""
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        if pid is None or self._bus is None:
            return
        # The name, too, for the number of a process that ended may be given again.
        known, key = KINDS.get(application), (pid, application)
        program = self._programs.get(key) or _Program(pid, known or OTHERS, concerned=known is not None)
        self._programs[key] = program
        self._programs.move_to_end(key)
        if len(self._programs) > PROGRAM_LIMIT:
            self._programs.popitem(last=False)
        self._looking = asyncio.get_running_loop().create_task(self._look(program))
        self._tasks.add(self._looking)
        self._looking.add_done_callback(self._tasks.discard)

    async def _look(self, program: _Program) -> None:
        loop = asyncio.get_running_loop()
        while not math.isinf(program.due):
            await asyncio.sleep(max(0.0, program.due - loop.time()))
            # Whatever ends this look early, the next one keeps its distance.
            program.due = loop.time() + FIRST_S
            answers = await self._answers(program)
            if answers:
                program.failures = 0
                program.due = loop.time() + AGAIN_S
            elif not math.isinf(program.due):
                program.failures += 1
                program.due = loop.time() + min(AGAIN_S, FIRST_S * 2 ** (program.failures - 1))
            if program.concerned and (answers or program.failures >= PATIENCE):
                self._tell(program, read=answers)

    def _tell(self, program: _Program, *, read: bool) -> None:
        remedy = FLAG_FILE if program.kind == KINDS["chromium"] else FLAG
        self._sink(
            PagesReport(program=program.kind, read=True)
            if read
            else PagesReport(program=program.kind, read=False, reason=NO_ANSWER, remedy=remedy)
        )

    async def _answers(self, program: _Program) -> bool:
        """Tell whether a page of it answers; False, too, where it is no such program."""
        try:
            async with asyncio.timeout(WALK_S):
                names = await self._names_of(program.pid)
                toolkits = {name: await self._toolkit(name) for name in names}
                name = next((name for name, told in toolkits.items() if told == TOOLKIT), None)
                if name is None:
                    if any(toolkits.values()) and not program.concerned:
                        program.due = math.inf
                    return False
                program.concerned = True
                if program.document is None or not await self._is_alive(program.document):
                    program.document = await self._find(name)
        except BROKEN:
            return False
        return program.document is not None

    async def _names_of(self, pid: int) -> list[str]:
        """Return a process's names on the bus; one with the flag may be there and in no list of programs."""
        assert self._bus is not None
        (names,) = await call(self._bus, DBUS_OBJECT, "ListNames")
        there = {str(name) for name in names if str(name).startswith(":")}
        for gone in self._pids.keys() - there:
            del self._pids[gone]
        for name in there - self._pids.keys():
            with contextlib.suppress(*BROKEN):
                (found,) = await call(self._bus, DBUS_OBJECT, "GetConnectionUnixProcessID", "s", [name])
                self._pids[name] = int(found)
        return [name for name, owner in self._pids.items() if owner == pid]

    async def _toolkit(self, name: str) -> str:
        """Return what a program says it is made with; "" where it does not answer."""
        assert self._bus is not None
        place = (name, ROOT, PROPERTIES)
        with contextlib.suppress(*BROKEN):
            about = [APPLICATION, "ToolkitName"]
            (told,) = await call(self._bus, place, "Get", "ss", about, seconds=ANSWER_S)
            return str(told.value) if isinstance(told, Variant) else ""
        return ""

    async def _find(self, name: str) -> Node | None:
        """Walk from the program's root until a document is met of which something answers."""
        todo, seen = deque([(name, ROOT)]), 0
        while todo and seen < NODES:
            node = todo.popleft()
            seen += 1
            await self._ask(node, "GetAttributes")
            if await self._ask(node, "GetRole") == DOCUMENT_WEB:
                if await self._is_alive(node):
                    return node
            else:
                todo.extend(await self._children(node))
        return None

    async def _is_alive(self, document: Node) -> bool:
        children = await self._children(document)
        return bool(children) and await self._ask(children[0], "GetRole") is not None

    async def _children(self, node: Node) -> list[Node]:
        """Return the objects below one that are its own program's, no more than a walk sees."""
        found = await self._ask(node, "GetChildren")
        if not isinstance(found, list):
            return []
        pairs = [(one[0], one[1]) for one in found[:NODES] if isinstance(one, list | tuple) and len(one) > 1]
        return [(name, path) for name, path in pairs if name == node[0] and isinstance(path, str)]

    async def _ask(self, node: Node, member: str) -> Any:
        """Return what an object answers; None where it does not, which is common while pages change."""
        assert self._bus is not None
        name, path = node
        with contextlib.suppress(*BROKEN):
            answer = await call(self._bus, (name, path, ACCESSIBLE), member, seconds=ANSWER_S)
            return answer[0] if answer else None
        return None
