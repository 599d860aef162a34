"""The `type` of every problem leads to a page that says what it means."""

import inspect

from backend import errors
from backend.border.problems import as_problem
from backend.errors import StudyError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)
         if issubclass(kind, StudyError) and kind is not StudyError]


async def test_type_of_every_problem_leads_to_its_sentence(as_):
    nobody = as_()
    for kind in KINDS:
        refusal = kind.__new__(kind)
        StudyError.__init__(refusal)
        page = await nobody.get(as_problem(refusal)["type"])

        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8"), kind.code
        assert kind.code in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_list_has_every_code_and_an_unknown_one_is_not_there(as_):
    page = await as_().get("/problems")

    assert all(kind.code in page.text for kind in KINDS)
    assert (await as_().get("/problems/<script>")).status_code == 404
