from tests.collector.terminal import Terminal


def test_status_tells_kinds_forms_and_counts_and_nobody(filled: Terminal) -> None:
    answer = filled.run("status", "--json")
    assert answer.code == 0
    state = answer.json
    assert state["schema"] == "0001"
    assert state["store"] == filled.engine.dialect.name
    assert state["devices"] == {"enrolled": 1, "revoked": 0, "retired": 0}
    (master,) = (name for name in state["secrets"] if name.startswith("keys/master-"))
    assert state["secrets"][master] in {"sealed by systemd-creds", "a file, mode 0600"}
    plain = filled.run("status").out
    assert master in plain
    for text in (answer.out, plain):
        assert "pupil07" not in text
        assert "zebra" not in text


def test_status_before_the_first_start(terminal: Terminal) -> None:
    state = terminal.run("status", "--json").json
    assert state["secrets"] == {}
    assert "secrets: none" in terminal.run("status").out
