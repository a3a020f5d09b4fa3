"""A tree that sway could not have told is a lost connection, never a failure of our own."""

from typing import Any

import pytest
from lamplighter_agent.backends.linux._sway_ipc import node_of


def test_a_tree_too_deep_is_a_lost_connection() -> None:
    tree: dict[str, Any] = {}
    for _ in range(3000):
        tree = {"nodes": [tree]}
    with pytest.raises(ConnectionError):
        node_of(tree)


def test_what_is_not_of_sway_s_form_is_empty() -> None:
    node = node_of({"id": "seven", "rect": [], "nodes": {}, "visible": 1, "pid": True})
    assert (node.id, node.visible, node.pid, node.tiled) == (0, False, None, ())
