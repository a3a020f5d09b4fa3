from installers.quickstart.browser import stamps

PAGE = """
<form method="post" action="/incidents/a1/claim"><input type="hidden" name="csrf" value="other"></form>
<form method="post" action="/incidents/a1/decide"><input type="hidden" name="csrf" value="c1">
<input type="hidden" name="version" value="3"><input type="radio" name="outcome" value="test"></form>
"""


def test_the_hidden_fields_of_one_form_are_found() -> None:
    assert stamps(PAGE, "/incidents/a1/decide") == {"csrf": "c1", "version": "3"}
