"""Questions that could not be asked as they are written: codes, ranges, merge units, and who is asked."""

from collections.abc import Iterator

from models.protocol.file import ProtocolFile
from models.protocol.forms import Field, Form
from models.protocol.lines import Path
from models.protocol.shape import Fault
from models.vocabulary import EntryKind

CHOSEN = ("code", "codes")
MEASURED = ("integer", "number", "text", "list")


def form_faults(content: ProtocolFile) -> Iterator[Fault]:
    if EntryKind.CHECK_IN not in content.form:
        yield ("form",), "check_in is missing: nobody could attest a week"
    for kind, form in content.form.items():
        path: Path = ("form", str(kind))
        if form.schema < 1:
            yield (*path, "schema"), "must be 1 or more"
        if not form.subjects:
            yield (*path, "subjects"), "nobody would be asked"
        for name, field in form.field.items():
            yield from _field(field, (*path, "field", name))
            yield from _unit(form, field, (*path, "field", name))


def _field(field: Field, path: Path) -> Iterator[Fault]:
    if bool(field.codes) != (field.type in CHOSEN):
        yield path, f"{field.type} needs codes" if field.type in CHOSEN else f"codes are not for {field.type}"
    yield from (((*path, "codes", index), f"{code} stands twice") for index, code in enumerate(field.codes)
                if code in field.codes[:index])
    if bool(field.item) != (field.type == "list"):
        yield path, "list needs item" if field.type == "list" else f"item is not for {field.type}"
    for key in ("min", "max"):
        if getattr(field, key) is not None and field.type not in MEASURED:
            yield (*path, key), f"is not for {field.type}"
    if field.min is not None and field.max is not None and field.min > field.max:
        yield (*path, "max"), f"{field.max} is less than min {field.min}"
    for name, inner in field.item.items():
        yield from _item(inner, (*path, "item", name))


def _item(field: Field, path: Path) -> Iterator[Fault]:
    yield from _field(field, path)
    if field.type == "list":
        yield (*path, "type"), "a list can't stand in a list"
    yield from (((*path, key), "is the list's, not an item's") for key in ("unit", "unblinds") if getattr(field, key))


def _unit(form: Form, field: Field, path: Path) -> Iterator[Fault]:
    """A unit that is called like a question holds that question: alone, that would be a unit of its own."""
    namesake = form.field.get(field.unit or "")
    if namesake is not None and namesake.unit != field.unit:
        yield (*path, "unit"), f"{field.unit} is a question that is not in this unit"
