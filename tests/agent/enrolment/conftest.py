import pytest


@pytest.fixture(autouse=True)
def _let_go(grpc_let_go: None) -> None:
    """In each test, since any may have refused or been refused."""
