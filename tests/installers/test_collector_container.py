"""The recipe of the collector's container. No engine runs here, so it is read and not built."""

import re

from tests.support.sources import ROOT

RECIPE = ROOT / "installers" / "linux" / "collector" / "Containerfile"
KNOWN = {"FROM", "COPY", "RUN", "VOLUME", "EXPOSE", "USER", "ENTRYPOINT", "CMD", "HEALTHCHECK"}


def instructions() -> list[tuple[str, str]]:
    """Each instruction and what follows it, with its lines joined."""
    lines = [line for line in RECIPE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def test_only_known_instructions_and_one_image_without_a_host() -> None:
    found = instructions()
    assert {name for name, _ in found} == KNOWN
    assert [rest for name, rest in found if name == "FROM"] == ["debian:12-slim"]
    assert "://" not in RECIPE.read_text(encoding="utf-8")


def test_it_runs_as_the_collector_s_account_over_a_volume_and_is_looked_after() -> None:
    found = dict(instructions())
    assert found["USER"] == "lamplighter-collector"
    volume = found["VOLUME"]
    assert "/usr/bin/lamplighter-collector" in found["ENTRYPOINT"]
    assert f'"{volume}/settings/collector.toml"' in found["CMD"]
    assert f'"{volume}/settings/collector.toml"' in found["HEALTHCHECK"]
    order = [name for name, _ in instructions()]
    assert order.index("RUN") < order.index("USER") < order.index("ENTRYPOINT")


def test_what_runs_while_it_is_built_installs_the_package_and_leaves_no_lists() -> None:
    run = dict(instructions())["RUN"]
    assert "apt-get install --yes --no-install-recommends /tmp/lamplighter-collector_" in run
    assert "/var/lib/apt/lists/*" in run
    assert "data-keys" in run
