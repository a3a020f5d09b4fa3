"""That agent/README.md says what the last run of `make shells` found."""

import json

from tests.shells.table import MARK, RESULTS, table
from tests.support.readme import README, with_table


def test_the_readme_says_what_the_last_run_found() -> None:
    readme = README.read_text(encoding="utf-8")
    assert with_table(readme, table(json.loads(RESULTS.read_text())), mark=MARK) == readme
