"""What Defender says, and what that means: only an explicit word of clean is one."""

import json

import pytest
from lamplighter_agent.backends.windows.defender import arguments, judged, newest, readiness
from lamplighter_agent.media.scan.outcome import Reason

CLEAN = "Scan starting...\r\nScan finished.\r\nScanning C:\\x found no threats.\r\n"
FOUND = "Scan finished.\r\nScanning C:\\x found 1 threats.\r\n\r\n<==LIST OF DETECTED THREATS==>"
STATUS = {
    "service": True,
    "antivirus": True,
    "realtime": True,
    "mode": "Normal",
    "engine": "1.1.26080.3",
    "signatures": 1795200000000,
}


@pytest.mark.parametrize(
    ("code", "output", "reason"),
    [
        (0, CLEAN, Reason.CLEAN),
        (2, FOUND, Reason.MALWARE),
        (0, FOUND, Reason.MALWARE),
        (2, CLEAN + FOUND, Reason.MALWARE),
        (2, CLEAN, Reason.ENGINE_FAILED),
        (0, "", Reason.ENGINE_FAILED),
        (0, "Scan starting...\r\nScan finished.\r\n", Reason.ENGINE_FAILED),
        (0, CLEAN + "Scanning C:\\x was skipped.", Reason.ENGINE_FAILED),
        (0, "Scanning C:\\x found 0 threats.", Reason.ENGINE_FAILED),
        (2, "CmdTool: Failed with hr = 0x80508023.", Reason.ENGINE_FAILED),
        (0, "C:\\x: keine Bedrohungen gefunden.", Reason.ENGINE_FAILED),
        (-1, CLEAN, Reason.ENGINE_FAILED),
    ],
)
def test_only_code_and_words_together_are_clean(code: int, output: str, reason: Reason) -> None:
    assert judged(code, output) is reason


def test_it_is_told_to_look_and_to_touch_nothing() -> None:
    assert arguments("MpCmdRun.exe", "C:\\room")[1:] == [
        "-Scan", "-ScanType", "3", "-File", "C:\\room", "-DisableRemediation",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, Reason.CLEAN),
        ({"service": False}, Reason.ENGINE_MISSING),
        ({"antivirus": False}, Reason.ENGINE_MISSING),
        ({"realtime": False}, Reason.ENGINE_UNFIT),
        ({"mode": "Passive Mode"}, Reason.ENGINE_UNFIT),
        ({"mode": ""}, Reason.ENGINE_UNFIT),
    ],
)
def test_it_is_fit_only_as_the_antivirus_in_charge(change: dict[str, object], reason: Reason) -> None:
    ready = readiness(json.dumps(STATUS | change))
    assert (ready.reason, ready.engine) == (reason, "Microsoft Defender 1.1.26080.3")
    assert ready.signatures_at == 1795200000000


@pytest.mark.parametrize("told", ["", "{}", "[]", "Get-MpComputerStatus : Invalid class", '{"engine": 1}'])
def test_without_a_state_there_is_no_engine(told: str) -> None:
    assert readiness(told).reason is Reason.ENGINE_MISSING


def test_an_engine_s_name_is_its_number_and_nothing_else() -> None:
    assert readiness(json.dumps(STATUS | {"engine": "<b>1</b>"})).engine == "Microsoft Defender"


def test_the_newest_is_by_numbers_not_by_letters() -> None:
    assert newest(["4.18.9.1-0", "4.18.24090.11-0", "Backup", "4.18.2006.10-0"]) == "4.18.24090.11-0"
    assert newest(["Backup"]) == ""
