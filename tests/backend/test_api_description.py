"""The OpenAPI 3.1 document says of every operation who may call it and with which problems it can answer."""

import re

import jsonschema
import pytest

from backend import errors
from backend.errors import StudyError
from models.statement import rows


@pytest.fixture
def document(app):
    return app.openapi_schema.to_schema()


@pytest.fixture
def operations(document):
    return [(method, path, operation) for path, item in document["paths"].items()
            for method, operation in item.items()]


def test_every_operation_has_its_own_id_and_a_sentence(operations):
    ids = [operation["operationId"] for _, _, operation in operations]

    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]+", name) for name in ids)


def test_every_operation_says_whether_it_needs_a_session(operations, document):
    assert document["security"] == [{"bearer": []}, {"cookie": []}]
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie"}
    open_to_all = {operation["operationId"] for _, _, operation in operations if operation.get("security") == []}
    assert {"SignIn", "RefreshSession", "IsAlive", "GetPublicKeys"} <= open_to_all
    assert not {"PushChanges", "PullChanges", "ReadWorklist", "ValidateEntry"} & open_to_all


def test_every_operation_names_problems_that_exist_with_examples(operations, document):
    for method, path, operation in operations:
        problems = {s: r for s, r in operation["responses"].items() if int(s) >= 400}
        assert {"500", "503"} <= set(problems), path
        if "requestBody" in operation:
            assert {"400", "413", "415"} <= set(problems), (method, path)
        for status, reference in problems.items():
            problem = document["components"]["responses"][reference["$ref"].rpartition("/")[2]]
            content = problem["content"]["application/problem+json"]
            assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
            assert content["example"]["status"] == int(status)
            assert content["example"]["code"]


def test_every_reference_leads_somewhere(document):
    for reference in re.findall(r"'\$ref': '#/([^']+)'", str(document)):
        place = document
        for step in reference.split("/"):
            assert step in place, reference
            place = place[step]


def test_every_status_we_refuse_with_is_described(document):
    ours = {kind.status for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, StudyError)}
    described = {int(name.removeprefix("Problem")) for name in document["components"]["responses"]}

    assert ours - described <= {405, 460}, "405 has no operation, and uploads (460) speak tus"


def test_bodies_refuse_unknown_names_in_the_document_too(operations, document):
    for _, path, operation in operations:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            if name := content["schema"].get("$ref", "").rpartition("/")[2]:
                assert document["components"]["schemas"][name]["additionalProperties"] is False, path


def test_pushed_items_are_described(document):
    schemas = document["components"]["schemas"]

    item, anything = schemas["PushBatch"]["properties"]["items"]["items"]["anyOf"]
    assert item == {"$ref": "#/components/schemas/PushItem"}
    assert anything["type"] == "object", "one that is no PushItem is rejected alone"
    assert schemas["PushItem"]["additionalProperties"] is False
    assert schemas["PushBatch"]["examples"]


def test_every_body_has_an_example_that_keeps_to_its_own_description(operations, document):
    for _, path, operation in operations:
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"]["$ref"].rpartition("/")[2]
            examples = document["components"]["schemas"][name].get("examples")
            assert examples, (path, name)
            whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
            jsonschema.Draft202012Validator(whole).validate(examples[0])


async def test_example_of_a_batch_is_accepted(document, as_, cast):
    example = document["components"]["schemas"]["PushBatch"]["examples"][0]

    answer = await as_("mia").post(f"/api/v1/participants/{cast.leo.id}/changes", json=example)

    assert [result["status"] for result in answer.json()["results"]] == ["applied"]
    assert await rows("SELECT seq FROM participant WHERE id = $1", cast.leo.id) == [{"seq": 1}]


def test_every_answer_in_json_has_an_example_that_keeps_to_its_own_description(operations, document):
    told = 0
    for method, path, operation in operations:
        for status, response in operation["responses"].items():
            content = response.get("content", {}).get("application/json", {}) if status.startswith("2") else {}
            if content:
                whole = {**content["schema"], "components": document["components"]}
                assert "example" in content, (method, path)
                jsonschema.Draft202012Validator(whole).validate(content["example"])
                told += 1
    assert told > 40
