"""What reading a request refuses, said in the OpenAPI document where Litestar's own description leaves it out."""

from collections.abc import Iterator
from typing import Any

from backend.border.strict_body import TOO_LARGE_NUMBER
from backend.diary.changes import COLLECTIONS
from backend.diary.schemas import MAX_ITEMS
from backend.paging import MAX_LIMIT
from models.vocabulary import NoticeKind

Schema = dict[str, Any]
NO_NUL = r"^[^\x00]*$"
LOCAL_TIME = (
    r"^(20\d\d-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
    r"|20([02468][048]|[13579][26])-02-29)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d$"
)
ANY_DURATION = r"^P(?=\d|T\d)(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?(\d{1,4}S)?)?$"
ANSWER: Schema = {"$ref": "#/components/schemas/Answer"}
# No `type`, and itself only behind `if`: generated clients take the one for a promise and stumble over the other.
ANSWER_SCHEMA: Schema = {
    "title": "Answer", "description": "Any JSON that both databases give back as it was sent.",
    "pattern": NO_NUL, "exclusiveMinimum": -TOO_LARGE_NUMBER, "exclusiveMaximum": TOO_LARGE_NUMBER,
    "if": {"type": "array"}, "then": {"items": ANSWER},
    "else": {"propertyNames": {"pattern": NO_NUL}, "patternProperties": {"": ANSWER}},
}
FREE: Schema = {"type": "object", "propertyNames": {"pattern": NO_NUL}, "additionalProperties": ANSWER}
ANY_ITEM: Schema = {**FREE, "description": "What is no PushItem is kept for the site and rejected alone."}


def constrain(document: dict[str, Any]) -> None:
    """Complete the parameters of every operation and the schemas of every body."""
    schemas = document["components"]["schemas"]
    for body in ("Agreement", "NewVisit"):
        schemas[body]["properties"]["at"] = {
            "type": "string", "pattern": LOCAL_TIME, "examples": ["2026-05-20T09:30:00"],
            "description": "Local time of the site, without an offset.",
        }
    schemas["ClockMove"]["properties"]["advance"] = {
        "anyOf": [{"type": "string", "pattern": ANY_DURATION}, {"type": "null"}], "examples": ["P3D"],
        "description": "ISO 8601, in days, hours, minutes and seconds.",
    }
    schemas["PreferencesChange"]["properties"]["by_kind"]["propertyNames"] = {"enum": list(NoticeKind)}
    schemas["Answer"] = ANSWER_SCHEMA
    schemas["PushBatch"]["properties"]["items"] |= {
        "maxItems": MAX_ITEMS, "items": {"anyOf": [{"$ref": "#/components/schemas/PushItem"}, ANY_ITEM]},
    }
    for path, item in document["paths"].items():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                _constrain_parameter(parameter, path, operation)
    for name in sorted(sent(document)):
        _constrain_schema(schemas[name])
        for said in schemas[name].get("properties", {}).values():
            said.pop("default", None)  # generated clients would make a field of it that must be sent


def sent(document: dict[str, Any]) -> set[str]:
    """Names of the schemas that bodies are made of."""
    schemas = document["components"]["schemas"]
    bodies = [operation["requestBody"] for item in document["paths"].values() for operation in item.values()
              if "requestBody" in operation]
    found: set[str] = set()
    waiting = list(_references(bodies))
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += _references(schemas[name])
    return found


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def _constrain_parameter(parameter: dict[str, Any], path: str, operation: dict[str, Any]) -> None:
    schema = parameter["schema"]
    if parameter["name"] == "limit":
        schema.setdefault("minimum", 1)
        schema.setdefault("maximum", MAX_LIMIT)
    elif parameter["name"] == "collection":
        schema["oneOf"][0]["items"] = {"type": "string", "enum": list(COLLECTIONS)}
    elif parameter["name"] == "installation_id":
        schema["pattern"] = "^[A-Za-z0-9_-]{16,64}$"
    elif parameter["name"] == "code_starts":
        schema["pattern"] = "^[A-Za-z0-9-]*$"
    elif parameter["name"] == "Idempotency-Key":
        schema["pattern"] = "^[!-~]{1,255}$"
        parameter["required"] = True
    elif parameter["name"] == "If-Match":
        letter = "v" if "/entries/" in path and "/participants/" in path else "s"
        schema |= {"pattern": rf'^"{letter}[0-9]{{1,18}}"$', "format": "etag", "examples": [f'"{letter}42"']}
        parameter["required"] = all(other["name"] != "If-None-Match" for other in operation["parameters"])
    elif parameter["name"] == "If-None-Match" and "If-Match" in (other["name"] for other in operation["parameters"]):
        schema["enum"] = ["*"]
    for keyword in [name for name in ("maxLength", "pattern") if name in schema and "oneOf" in schema]:
        schema["oneOf"][0][keyword] = schema.pop(keyword)
    _constrain_schema(schema)
    if parameter["in"] != "query":  # there is no null in a path or a header
        _without_null(schema)


def _constrain_schema(node: Any) -> None:
    """Texts and numbers are those that can be kept."""
    if isinstance(node, list):
        for inner in node:
            _constrain_schema(inner)
        return
    if not isinstance(node, dict):
        return
    if node.get("type") == "string" and not node.keys() & {"enum", "const", "format", "pattern"}:
        node["pattern"] = NO_NUL
    if node.get("type") == "integer":
        _constrain_integer(node)
    if node.get("type") == "object" and not node.keys() & {"properties", "propertyNames"}:
        node.update(FREE)
    for name in ("properties", "items", "oneOf", "anyOf"):
        inner = node.get(name)
        _constrain_schema(list(inner.values()) if isinstance(inner, dict) and name == "properties" else inner)


def _constrain_integer(node: Schema) -> None:
    """Whole limits (Litestar writes them as floats, which lose digits), and one where none is said."""
    below = node.pop("exclusiveMaximum", TOO_LARGE_NUMBER)
    node["maximum"] = int(node.get("maximum", int(below) - 1))
    node["minimum"] = int(node.get("minimum", -node["maximum"]))


def _without_null(schema: Schema) -> None:
    kinds = [one for one in schema.get("oneOf", ()) if one.get("type") != "null"]
    if len(kinds) == 1:
        del schema["oneOf"]
        schema.update(kinds[0])
