import json
import stat
from pathlib import Path

from lamplighter_agent import status
from lamplighter_agent.backends.ports import Hardening
from lamplighter_agent.status import SAME_USER, ServiceStatus, SessionStatus

HARDENED = Hardening(not_dumpable=True, no_core=True, memory_locked=False, reason="the limit")


def service(**sessions: SessionStatus) -> ServiceStatus:
    return ServiceStatus(
        organisation="Alder Vale School",
        not_enrolled="",
        boundary=SAME_USER,
        hardening=HARDENED,
        swap_forbidden=False,
        sessions=sessions,
    )


def watching() -> SessionStatus:
    sensor = {"sensor": "window titles", "working": True, "backend": "x", "reason": "", "remedy": ""}
    return SessionStatus(display=":9", helper="running", allowed=True, indicator_shown=True, sensors=[sensor])


def test_it_senses_only_when_everything_holds() -> None:
    assert service(a=watching()).as_json()["sensing"]
    changes: list[tuple[str, object]] = [("allowed", False), ("indicator_shown", False)]
    for name, value in [*changes, ("sensors", []), ("helper", "ended")]:
        session = watching()
        setattr(session, name, value)
        assert not service(a=session).as_json()["sensing"]


def test_the_file_is_whole_readable_by_everybody_and_ours_alone_to_write(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    for _ in range(2):
        status.write(path, service(a=watching()).as_json())
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]
    found = status.read(path)
    assert found is not None
    assert found["boundary"]["kind"] == "same-user"
    assert "WEAKER" in found["boundary"]["detail"]


def test_a_file_of_a_service_that_is_gone_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    assert status.read(path) is None
    path.write_text(json.dumps({"pid": 2**22 + 5}))
    assert status.read(path) is None
    path.write_text(json.dumps({"pid": 2**22 + 5, "started_ticks": 1}))
    assert status.read(path) is None
    path.write_text("{")
    assert status.read(path) is None


def test_another_process_with_the_service_s_number_is_not_the_service(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    status.write(path, service(a=watching()).as_json() | {"pid": 1})
    assert status.read(path) is None
