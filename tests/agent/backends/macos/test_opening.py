from collections.abc import Callable

import pytest
from lamplighter_agent.backends.macos.opening import open_application, open_system
from lamplighter_agent.errors import BackendUnavailable


@pytest.mark.parametrize("opens", [open_system, open_application])
def test_without_pyobjc_it_is_named_with_its_remedy(opens: Callable[[], object]) -> None:
    with pytest.raises(BackendUnavailable) as refused:
        opens()
    assert "pyobjc" in refused.value.reason
    assert refused.value.remedy
