"""Every fault of a decoded body against the type it should have, each with its JSON pointer (RFC 6901)."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec.structs import fields as struct_fields

Part = tuple[Any, Any, str]
"""(what was sent, the type it should have, its pointer)"""
MOST_EXAMINED = 2000
"""Members of one list; a fault beyond is found with the whole, and no body costs seconds."""


def faults(raw: Any, wanted: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Faults of the parts, or, where these are sound, of the whole."""
    plain = _plain(raw, wanted)
    found = False
    if _is_struct(plain) and isinstance(raw, dict):
        for fault in _odd_names(raw, plain, pointer):
            found = True
            yield fault
    for part in _parts(raw, plain, pointer):
        for fault in faults(*part):
            found = True
            yield fault
    if not found:
        yield from _own_fault(raw, wanted, pointer)


def _parts(raw: Any, plain: Any, pointer: str) -> Iterator[Part]:
    origin, inner = get_origin(plain), get_args(plain)
    if _is_struct(plain) and isinstance(raw, dict):
        for field in struct_fields(plain):
            if field.encode_name in raw:
                yield raw[field.encode_name], field.type, f"{pointer}/{field.encode_name}"
    elif origin is list and isinstance(raw, list):
        yield from ((value, inner[0], f"{pointer}/{index}") for index, value in enumerate(raw[:MOST_EXAMINED]))
    elif origin is dict and isinstance(raw, dict) and inner[1] is not Any:
        yield from ((value, inner[1], f"{pointer}/{_escaped(name)}") for name, value in raw.items())


def _odd_names(raw: dict[str, Any], struct: type[msgspec.Struct], pointer: str) -> Iterator[dict[str, str]]:
    known = {field.encode_name for field in struct_fields(struct)}
    for field in struct_fields(struct):
        if field.required and field.encode_name not in raw:
            yield {"pointer": f"{pointer}/{field.encode_name}", "detail": "is required"}
    if struct.__struct_config__.forbid_unknown_fields:
        yield from ({"pointer": f"{pointer}/{_escaped(name)}", "detail": "is not known here"}
                    for name in raw if name not in known)


def _own_fault(raw: Any, wanted: Any, pointer: str) -> Iterator[dict[str, str]]:
    try:
        msgspec.convert(raw, wanted, strict=True)
    except msgspec.ValidationError as fault:
        message, _, location = str(fault).partition(" - at `$")
        yield {"pointer": pointer + _as_pointer(location), "detail": message}


def _plain(raw: Any, wanted: Any) -> Any:
    """The type without its constraints; of a union, the one member that can look like what was sent."""
    origin = get_origin(wanted)
    if origin is Annotated:
        return _plain(raw, get_args(wanted)[0])
    if origin in (Union, UnionType):
        members = [_plain(raw, member) for member in get_args(wanted)]
        alike = [member for member in members if isinstance(raw, _container(member))]
        return alike[0] if len(alike) == 1 else wanted
    return wanted


def _container(wanted: Any) -> type | tuple[()]:
    """What the type looks like in decoded JSON, if it has parts."""
    if _is_struct(wanted) or get_origin(wanted) is dict:
        return dict
    return list if get_origin(wanted) is list else ()


def _is_struct(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _as_pointer(location: str) -> str:
    return location.rstrip("`").replace("[", "/").replace("]", "").replace(".", "/")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
