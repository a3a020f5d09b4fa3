from collections.abc import AsyncIterator

import pytest

from tests.support.school import School, open_school


@pytest.fixture
async def school(grpc_let_go: None) -> AsyncIterator[School]:
    """A school's side of enrolment and renewal, with real TLS."""
    async with open_school() as found:
        yield found
