"""What a Mac's session is sensed and told by. Takes the system, so that a pretended one can stand for it."""

from lamplighter_agent.backends.macos.ax_foreground import AxForeground
from lamplighter_agent.backends.macos.ax_text import AxText
from lamplighter_agent.backends.macos.menu_bar import MenuBarIndicator
from lamplighter_agent.backends.macos.system import OpensSystem
from lamplighter_agent.backends.null import NullNames, NullSource, NullTerminal
from lamplighter_agent.backends.ports import DesktopPorts, IndicatorPort
from lamplighter_agent.backends.sign import Sign

NO_TERMINALS = "whether a terminal shows what is typed can't be asked: its title is read, its keys are not"


def ports(opens: OpensSystem) -> DesktopPorts:
    """Return titles and fields by accessibility. Fields bring their keys; no others are read."""
    return DesktopPorts(
        foreground=AxForeground(opens),
        accessible=AxText(opens),
        keys=NullSource("KeySource", NO_TERMINALS, "none is needed"),
        terminal=NullTerminal(),
        applications=NullNames(),
    )


def indicator(sign: Sign, opens: OpensSystem) -> IndicatorPort:
    """Return the item in the menu bar."""
    return MenuBarIndicator(sign, opens)
