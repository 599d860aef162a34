"""Whether an edit check can be run: its fields stand in the forms it is for, and what its test needs is there."""

from collections.abc import Iterator, Mapping

from models.protocol.forms import EditCheck, Field, Form
from models.vocabulary import EntryKind

NEEDS: Mapping[str, tuple[str, ...]] = {
    "in_order": ("than",), "within_days": ("than", "days"), "only_with": ("than",), "not_with": ("than",),
    "one_of_with": ("than", "allowed"), "no_repeat": ("parts",), "parts_told": ("than", "codes", "parts"),
    "all_or_none": ("than", "codes", "parts"), "sum_of": ("than", "codes", "parts"), "multiple_of": ("than", "step"),
}
ABOUT_NO_ANSWER = frozenset({"clock_within"})
NOT_IN_THE_FORM = frozenset({"received_at", "birth_month", "parent"})
"""What `than` may name besides a field: it then only says so to a reader."""


def faults_of(check: EditCheck, forms: Mapping[EntryKind, Form]) -> Iterator[tuple[str, str]]:
    """(key, reason) of everything in the check that can't be right. Forms the study doesn't have are passed over."""
    yield from ((key, f"is needed by the test {check.test}")
                for key in NEEDS.get(check.test, ()) if not getattr(check, key))
    for kind in check.kinds:
        if kind in forms:
            yield from ((key, f"form.{kind} {reason}") for key, reason in _in_form(check, forms[kind]))


def _in_form(check: EditCheck, form: Form) -> Iterator[tuple[str, str]]:
    field = _find(form, check.field)
    if field is None and check.test not in ABOUT_NO_ANSWER:
        yield "field", f"has no field {check.field}"
    if check.than is not None and check.than not in NOT_IN_THE_FORM:
        than = _find(form, check.than)
        if than is None:
            yield "than", f"has no field {check.than}"
        elif check.than.rpartition("/")[0] != check.field.rpartition("/")[0]:
            yield "than", f"{check.than} does not stand beside {check.field}"
        else:
            yield from (("codes", f"{check.than} has no code {code}") for code in _unknown(check.codes, than))
    if field is not None:
        yield from (("allowed", f"{check.field} has no code {code}") for code in _unknown(check.allowed, field))
    for part in check.parts:
        names = field.item if field is not None and check.test == "no_repeat" else form.field
        if part not in names:
            yield "parts", f"has no field {part}"


def _find(form: Form, path: str) -> Field | None:
    """`sites`, or `sites/side` for what stands in each of its items."""
    head, _, inner = path.partition("/")
    found = form.field.get(head)
    return found.item.get(inner) if found and inner else found


def _unknown(codes: list[str | bool] | list[str], field: Field) -> list[str | bool]:
    known: list[str | bool] = [True, False] if field.type == "boolean" else list(field.codes)
    return [code for code in codes if not any(type(code) is type(one) and code == one for one in known)]
