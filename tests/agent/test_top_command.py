import io
from dataclasses import replace

from lamplighter_agent.cost import Cost
from lamplighter_agent.top_command import table
from rich.console import Console


def shown(*found: Cost) -> str:
    console = Console(file=io.StringIO(), width=120)
    console.print(table(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_the_figures_and_their_sum_are_shown() -> None:
    service = Cost(
        process="service",
        pid=7,
        cpu_percent=0.25,
        pss_mb=50.5,
        wakeups_per_s=1,
        other_wakeups_per_s=12.5,
        threads=3,
    )
    helper = replace(service, process="session helper", pid=8, cpu_percent=0.5, pss_mb=None, threads=2)
    text = shown(service, helper)
    for part in (
        "service",
        "session helper",
        "0.75",
        "50.5",
        "for root only",
        "2.00",
        "25.00",
        "together",
        "5",
    ):
        assert part in text


def test_nothing_measured_is_a_head_alone() -> None:
    assert "together" not in shown()
