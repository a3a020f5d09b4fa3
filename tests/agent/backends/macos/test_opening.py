import pytest
from lamplighter_agent.backends.macos.opening import open_system
from lamplighter_agent.errors import BackendUnavailable


def test_without_pyobjc_it_is_named_with_its_remedy() -> None:
    with pytest.raises(BackendUnavailable) as refused:
        open_system()
    assert "pyobjc" in refused.value.reason
    assert refused.value.remedy
