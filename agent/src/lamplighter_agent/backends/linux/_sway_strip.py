"""The strip in a sway session: a floating, sticky window under XWayland that sway itself says is visible.

An override-redirect window is in no tree of sway's, so this one is an ordinary window that asks to float.
Sway's word on the process of an X11 window is the window's own, so our window's number, which the X server
gave to our connection alone, must fit too. It never takes the focus. Sway gives a floating window no less
than 50 pixels of height unless it is told otherwise; what it gives is filled.
"""

import os
import select
import time
from dataclasses import replace
from typing import Any

from Xlib import X, Xatom, Xutil

from lamplighter_agent.backends.linux._rect import Rect
from lamplighter_agent.backends.linux._strip_paint import paint
from lamplighter_agent.backends.linux._strip_words import Told
from lamplighter_agent.backends.linux._sway_ipc import RUN_COMMAND, Node, SwayIpc
from lamplighter_agent.backends.linux._xstrip import Happened, Hidden, XStrip, connection

WIDTH, HEIGHT = 900, 50
APPEARS_S = 1.0


class SwayStrip(XStrip):
    """One connection to XWayland, two to sway, and the window. Every method may raise ConnectionLost."""

    def __init__(self, told: Told, display_name: str | None, path: str) -> None:
        with connection():
            self._sway = SwayIpc(path)
            self._news = SwayIpc(path)
            self._news.subscribe("window", "workspace")
        self._root_node: Node | None = None
        self._display: Any = None
        try:
            super().__init__(told, display_name)
            with connection():
                self._put_up()
        except BaseException:
            self.close()
            raise

    @property
    def descriptors(self) -> tuple[int, ...]:
        return (self.descriptor, self._news.descriptor)

    def on_xwayland(self) -> bool:
        """It is meant to be, and sway's tree tells what X11 can't."""
        return False

    def close(self) -> None:
        super().close()
        self._sway.close()
        self._news.close()

    def drain(self) -> Happened:
        happened = super().drain()
        with connection():
            return replace(happened, look=bool(self._news.events()) or happened.look)

    def hold(self) -> None:
        """Undo what sway's tree does not tell: a window can be made see-through without a word of it."""
        with connection():
            self._command("opacity 1")

    def _put_up(self) -> None:
        """Wait a moment for sway to take up a new window, and put it where it belongs."""
        end = time.monotonic() + APPEARS_S
        while time.monotonic() < end:
            self._root_node = self._sway.tree()
            if self._node() is not None:
                self._put_in_place()
                return
            select.select([self._news.descriptor], [], [], end - time.monotonic())
            self._news.events()

    def _follow_screen(self) -> None:
        """Read the tree once per look, and fill the size that sway gave."""
        self._screen_changed = False
        self._root_node = self._sway.tree()
        node = self._node()
        if node is None:
            return
        now, before = node.rectangle, self._place.strip
        self._place = replace(self._place, strip=now)
        if (now.width, now.height) != (before.width, before.height) and now.width and now.height:
            self._fill()

    def _own_state(self) -> Hidden | None:
        attributes = self._window.get_attributes()
        if self._window.query_tree().parent != self._root:
            return Hidden.ADOPTED
        node = self._node()
        if attributes.map_state != X.IsViewable or node is None:
            return Hidden.UNMAPPED
        if not node.visible:
            return Hidden.FULL_SCREEN if self._on_screen(node) else Hidden.UNMAPPED
        given = node.rectangle
        if given.width < WIDTH // 2 or given.height < HEIGHT // 2:
            return Hidden.RESIZED
        if not any(output.contains(given) for output in self._outputs()):
            return Hidden.MOVED
        return Hidden.CUT if self._shapes and self._is_cut(self._place.strip) else None

    def _cover(self) -> Hidden | None:
        """Floating windows of the same workspace that lie above; a tiled window never does."""
        workspace, node = self._workspace(), self._node()
        if workspace is None or node is None or node not in workspace.floating:
            # Tiled: it is moved to where nobody has to look for it.
            return Hidden.MOVED
        above = workspace.floating[workspace.floating.index(node) + 1 :]
        covered = any(other.visible and other.rectangle.meets(node.rectangle) for other in above)
        return Hidden.COVERED if covered else None

    def repair(self, hidden: Hidden) -> None:
        with connection():
            if hidden is Hidden.COVERED:
                # Sway raises what begins to float; `focus` would raise it too, and take the keyboard away.
                self._command("floating disable")
            if hidden is Hidden.UNMAPPED:
                # Put away where only `scratchpad show` would fetch it from, with the keyboard: a new one.
                hidden = Hidden.DESTROYED
            super().repair(hidden)
            if hidden in {Hidden.DESTROYED, Hidden.ADOPTED}:
                self._put_up()

    def _put_in_place(self) -> None:
        node = self._node()
        if node is None:
            return
        self._command("floating enable, border none, sticky enable, opacity 1")
        workspace = self._workspace()
        if workspace is not None:
            area = workspace.rectangle
            width = min(WIDTH, area.width)
            self._command(f"resize set {width} px {HEIGHT} px")
            self._command(f"move absolute position {area.x + area.width - width} {area.y}")
        self._root_node = self._sway.tree()

    def _command(self, words: str) -> None:
        node = self._node()
        if node is not None:
            self._sway.ask(RUN_COMMAND, f"[con_id={node.id}] {words}")

    def _node(self) -> Node | None:
        if self._root_node is None:
            return None
        ours = (os.getpid(), self._window.id)
        return next((node for node in self._root_node.walk() if (node.pid, node.x_window) == ours), None)

    def _workspace(self) -> Node | None:
        """Return the one that it is on."""
        node = self._node()
        spaces = [space for space in self._walk() if space.kind == "workspace"]
        return next((space for space in spaces if node is not None and node in space.walk()), None)

    def _on_screen(self, node: Node) -> bool:
        """Whether a full-screen window is what hides it."""
        workspace = self._workspace()
        if workspace is None:
            return False
        area, others = workspace.rectangle, (other for other in workspace.walk() if other is not node)
        return any(other.visible and other.rectangle.contains(area) for other in others)

    def _outputs(self) -> list[Rect]:
        return [node.rectangle for node in self._walk() if node.kind == "output"]

    def _walk(self) -> "list[Node]":
        return [] if self._root_node is None else list(self._root_node.walk())

    def _fill(self) -> None:
        place = self._place.strip
        self._look = replace(self._look, height=place.height)
        self._right = paint(self._look, self._window, place.width)

    def _make_strip(self) -> Any:
        area = self._place.strip
        self._place = replace(self._place, strip=Rect(x=area.x, y=area.y, width=WIDTH, height=HEIGHT))
        self._look = replace(self._look, height=HEIGHT)
        window = self._root.create_window(
            area.x,
            area.y,
            WIDTH,
            HEIGHT,
            0,
            self._screen.root_depth,
            window_class=X.InputOutput,
            background_pixel=self._look.ground,
            event_mask=self.OURS,
            cursor=self._look.hand,
        )
        window.set_wm_hints(flags=Xutil.InputHint, input=0)
        self._set(window, "_NET_WM_PID", Xatom.CARDINAL, [os.getpid()])
        self._set(window, "_NET_WM_WINDOW_TYPE", Xatom.ATOM, [self._atom("_NET_WM_WINDOW_TYPE_UTILITY")])
        return self._begin(window)

    def _make_holder(self) -> Any:
        """Sway keeps no room for an X11 window: nothing is shown for it."""
        return self._root.create_window(-1, -1, 1, 1, 0, X.CopyFromParent, X.InputOnly)
