"""Which windows are terminals: by window class, else by the name of their process."""

TERMINALS = frozenset(
    {
        "alacritty",
        "aterm",
        "cool-retro-term",
        "deepin-terminal",
        "eterm",
        "foot",
        "footclient",
        "ghostty",
        "gnome-console",
        "gnome-terminal",
        "gnome-terminal-server",
        "guake",
        "hyper",
        "iterm2",
        "kgx",
        "kitty",
        "konsole",
        "lxterminal",
        "mate-terminal",
        "mlterm",
        "ptyxis",
        "qterminal",
        "roxterm",
        "rxvt",
        "sakura",
        "st",
        "st-256color",
        "terminator",
        "terminology",
        "tilda",
        "tilix",
        "urxvt",
        "uxterm",
        "warp-stable",
        "wezterm",
        "wezterm-gui",
        "xfce4-terminal",
        "xterm",
        "x-terminal-emulator",
        "yakuake",
    }
)


def is_terminal(window_class: str, application: str) -> bool:
    """Tell whether keys in this window go to a terminal; a wrong yes still meets the terminal rule."""
    # Reverse-domain classes end in the name: org.gnome.Terminal, org.wezfurlong.wezterm.
    last = window_class.lower().rsplit(".", 1)[-1]
    return last in TERMINALS or last == "terminal" or application.lower() in TERMINALS
