"""The pipe between helper and service, and the service as wine's service manager runs it."""

from installers.windows.interpreter import windows_path
from tests.support.outcome import Outcome, beyond, proven
from tests.wine.prefix import Wine, told_in

SERVICE = "LamplighterTry"
ANSWERED, SILENT, NOT_THE_SERVICE = 0, 3, 4
SYSTEM = "S-1-5-18"


def check_pipe(wine: Wine) -> list[Outcome]:
    """Have a stranger, helpers of others and a helper connect."""
    with wine.inside("pipes.py") as pipes:
        pipes.until(lambda: bool(pipes.values("stopped")), "every client")
    codes = dict(zip(pipes.values("who"), pipes.values("code"), strict=True))
    refused = pipes.values("rejected")

    def kept_out(who: str, rule: str) -> Outcome:
        holds = codes[who] == SILENT and f"connect: {rule}" in "".join(refused)
        return proven(f"named pipe: {who} is refused", holds=holds, otherwise=f"code {codes[who]}")

    elsewhere = codes["helper asking for the service's session"]
    return [
        kept_out("stranger", "not a child of the service"),
        kept_out("other user", "another user"),
        kept_out("other session", "another session"),
        proven(
            "named pipe: our helper is admitted",
            holds=codes["helper"] == ANSWERED,
            otherwise=f"code {codes['helper']}",
        ),
        proven(
            "named pipe: a helper refuses a server of another session",
            holds=elsewhere == NOT_THE_SERVICE,
            otherwise=f"code {elsewhere}",
        ),
        beyond(
            "named pipe: nobody makes a second one of its name",
            shown=bool(pipes.values("second")[0]),
            lacking="wine lets a second server take the name",
        ),
    ]


def check_service(wine: Wine) -> list[Outcome]:
    """Install, start and stop the service by the service manager."""
    report = wine.report_of("serve.py")
    program = " ".join(wine.command("serve.py", windows_path(report)))

    def states() -> list[str]:
        return [line["state"] for line in told_in(report) if "state" in line]

    def made() -> bool:
        # Wine's own manager may just be starting or ending: then nobody answers, and nothing is printed.
        wine.run("wine", "sc", "create", SERVICE, "binPath=", program)
        return _is(wine, "STOPPED")

    def begun() -> bool:
        if not _is(wine, "RUNNING"):
            wine.run("wine", "sc", "start", SERVICE)
        return states() == ["running"]

    def ended() -> bool:
        wine.run("wine", "sc", "stop", SERVICE)
        return _is(wine, "STOPPED")

    wine.patiently(made, "the manager to know the service")
    wine.patiently(begun, "the service's work to begin")
    wine.patiently(lambda: _is(wine, "RUNNING"), "the manager to say that it runs")
    wine.patiently(ended, "the manager to say that it stopped")
    told = told_in(report)
    session = next(line["session"] for line in told if "session" in line)
    people = next(line for line in told if "people" in line or "people_unknown" in line)
    return [
        proven(
            "service: started and stopped by the service manager, its work told of both",
            holds=states() == ["running", "stopped"],
            otherwise=f"it told {len(states())} of 2",
        ),
        beyond(
            "service: it runs in session 0",
            shown=session == 0,
            lacking=f"wine runs services in session {session}, that of the person",
        ),
        beyond(
            "service: sessions and their users by WTSQueryUserToken",
            shown=bool(people.get("people")),
            lacking="wine names no session that somebody is signed in to",
        ),
    ]


def _is(wine: Wine, state: str) -> bool:
    return state in wine.run("wine", "sc", "query", SERVICE)
