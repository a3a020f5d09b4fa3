import pytest
from lamplighter_agent.arguments import all_options, options
from lamplighter_agent.errors import ConfigError

KNOWN = frozenset({"--config", "--socket"})


def test_options_are_read_by_name() -> None:
    assert options(["--config", "/c", "--socket", "/s"], KNOWN) == {"--config": "/c", "--socket": "/s"}
    assert options([], KNOWN) == {}


@pytest.mark.parametrize(
    "arguments", [["--covert", "1"], ["--config"], ["--config", "a", "--config", "b"], ["config", "a"]]
)
def test_anything_else_is_refused(arguments: list[str]) -> None:
    with pytest.raises(ConfigError):
        options(arguments, KNOWN)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^--config and --socket: are needed$"):
        all_options([], KNOWN)
    with pytest.raises(ConfigError, match=r"^--socket: is needed$"):
        all_options(["--config", "/c"], KNOWN)
    assert all_options(["--config", "/c", "--socket", "/s"], KNOWN)["--socket"] == "/s"
