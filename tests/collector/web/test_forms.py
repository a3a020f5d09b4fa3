import pytest
from lamplighter_collector.web.forms import Form, new_nonce, stamp_of, values_of, written
from starlette.datastructures import FormData, UploadFile


def test_a_form_is_known_by_its_version_and_number() -> None:
    nonce = new_nonce()
    found = stamp_of({"version": "3", "nonce": nonce})
    assert found is not None
    assert (found.version, found.nonce) == (3, nonce)
    assert new_nonce() != nonce


@pytest.mark.parametrize("version", ["", "-1", "1.5", "٣", "9" * 30, "x"])
def test_a_version_is_a_small_number(version: str) -> None:
    assert stamp_of({"version": version, "nonce": new_nonce()}) is None


@pytest.mark.parametrize(
    "nonce", ["", "short", "n" * 65, "<script>alert(1)</script>", "a" * 15 + "\0", "ä" * 20]
)
def test_a_number_that_is_not_ours_is_none(nonce: str) -> None:
    assert stamp_of({"version": "0", "nonce": nonce}) is None


def test_only_text_is_taken_and_the_last_of_a_field_counts(tmp_path: object) -> None:
    sent = FormData([("note", "first"), ("note", "second"), ("file", UploadFile(file=None))])  # type: ignore[arg-type]
    assert values_of(sent) == {"note": "second"}


def test_what_was_written_comes_back_under_its_name() -> None:
    values = {"note": "Rang home.", "told": " ", "reference": "CP-7", "outcome": "recorded", "why": "media"}
    assert written(values) == [("Note", "Rang home."), ("Reference in the record system", "CP-7")]


def test_a_form_does_not_tell_what_it_holds() -> None:
    assert "zebra" not in repr(Form(version=1, values={"note": "zebra"}))
