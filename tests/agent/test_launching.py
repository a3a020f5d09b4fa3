from pathlib import Path

from lamplighter_agent.launching import Account, GraphicalSession, LaunchSettings, command, environment

SAM = Account(name="sam", uid=1000, gid=1001, groups=(1001, 27, 44), home="/home/sam")
SESSION = GraphicalSession(
    display=":9",
    account=SAM,
    environment={
        "XAUTHORITY": "/x",
        "SWAYSOCK": "/s",
        "WAYLAND_DISPLAY": "wayland-1",
        "LD_PRELOAD": "/evil.so",
        "PYTHONPATH": "/evil",
        "PATH": "/evil",
    },
)
HELPER = ["/p", "-I", "-m", "lamplighter_agent", "session"]
HELPER += ["--socket", "/run/l/service.sock", "--organisation", "A"]


def settings(gid: int | None) -> LaunchSettings:
    return LaunchSettings(interpreter="/p", socket=Path("/run/l/service.sock"), organisation="A", gid=gid)


def test_as_root_the_helper_becomes_the_user_with_our_primary_group() -> None:
    line = command(SESSION, settings(990))
    assert line[-len(HELPER) :] == HELPER
    assert {"--reuid=1000", "--regid=990", "--groups=27,44,1001", "--no-new-privs"} <= set(line)
    assert line[0] == "/usr/bin/setpriv"


def test_our_group_is_never_an_extra_as_well() -> None:
    member = Account(name="sam", uid=1000, gid=1001, groups=(1001, 990), home="/home/sam")
    assert "--groups=1001" in command(GraphicalSession(display=":9", account=member), settings(990))


def test_as_an_ordinary_user_nothing_is_changed() -> None:
    assert command(SESSION, settings(None)) == HELPER


def test_the_environment_is_clean() -> None:
    assert environment(SESSION) == {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": "/home/sam",
        "DISPLAY": ":9",
        "XAUTHORITY": "/x",
        "SWAYSOCK": "/s",
        "WAYLAND_DISPLAY": "wayland-1",
    }


def test_a_session_without_an_x_server_has_no_x_display() -> None:
    session = GraphicalSession(display="/run/user/1000/wayland-0", account=SAM)
    assert "DISPLAY" not in environment(session)
