"""A slip in the protocol's file is refused with file, line, key and reason, and all slips at once."""

import re
import tomllib

import pytest

from models.protocol import BOOSTB4, ProtocolError, load_protocol
from models.protocol.lines import line_of, lines_of
from models.protocol.loading import read_protocol
from tests.models.wrong_protocols import SLIPS

BODY = BOOSTB4.read_text("utf-8")


@pytest.mark.parametrize(("right", "wrong", "said"), SLIPS, ids=[f"{i}-{s[2]}" for i, s in enumerate(SLIPS)])
def test_slip_in_the_protocol_is_refused_with_its_line(right, wrong, said):
    assert right in BODY
    marked = BODY.replace(right, wrong, 1)

    with pytest.raises(ProtocolError) as refused:
        read_protocol(marked.replace("¤", ""), "own.toml")

    line = marked[:marked.index("¤")].count("\n") + 1
    named = [fault for fault in refused.value.args if re.match(rf"own.toml, line {line}[,:]", fault)]
    assert any(said in fault for fault in named), refused.value.args


def test_all_slips_are_named_at_once_in_the_order_of_the_file():
    wrong = BODY.replace("every_days = 7", "every_day = 7").replace("after_hours = 4\n", 'after_hours = "4"\n')

    with pytest.raises(ProtocolError) as refused:
        read_protocol(wrong.replace('paired_bones = "', 'paired_bones = "x'), "own.toml")

    assert [fault.split(", ")[2].split(":")[0] for fault in refused.value.args] == [
        "check_in", "check_in.every_day", "counting.paired_bones", "safety.step.2.after_hours",
    ]


def test_arm_that_the_study_does_not_have_is_named_wherever_it_stands():
    four = 'arms = ["postnatal", "prenatal", "prospective_untreated", "historical"]'

    with pytest.raises(ProtocolError) as refused:
        read_protocol(BODY.replace(four, 'arms = ["postnatal", "prenatal", "historical"]', 1), "own.toml")

    assert [fault.split(", ")[2].split(":")[0] for fault in refused.value.args] == ["consent.arms.3", "safety.arms.3"]


def test_file_that_is_missing_or_no_text_is_refused_without_its_content(tmp_path):
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe secret")

    for name in ("own.toml", "none.toml"):
        with pytest.raises(ProtocolError, match=f"{name}: can't be read"):
            load_protocol(tmp_path / name)


def test_every_key_of_the_built_in_file_has_its_line():
    lines, told = lines_of(BODY), tomllib.loads(BODY)

    assert set(_keys(told)) == set(lines)
    for code, index in ((rule["code"], at) for at, rule in enumerate(told["safety_rule"])):
        assert BODY.splitlines()[lines["safety_rule", index, "code"] - 1] == f'code = "{code}"'


@pytest.mark.parametrize(("body", "key", "line"), [
    ('a = """\nx = 1\n"""\nb = 2', ("b",), 4),
    ("a = '# no comment'\nb = 2", ("b",), 2),
    ('"a.b" = 1\n[t."c d"]\ne.f = [\n  1, # one\n  2,\n]', ("t", "c d", "e", "f", 1), 5),
    ("[[t]]\na = 1\n[[t.u]]\n[[t.u]]\nb = 1\n[[t]]\n[t.v]\nc = 1", ("t", 1, "v", "c"), 8),
    ("[[t]]\na = 1\n[[t.u]]\n[[t.u]]\nb = 1\n[[t]]\n[t.v]\nc = 1", ("t", 0, "u", 1, "b"), 5),
    ("a = [[1, 2],\n [3,\n {b = 4}]]", ("a", 1, 1, "b"), 3),
    ("a = 1979-05-27 07:32:00\nb = -3.5e10\nc = 1", ("c",), 3),
    ('a = "\\"]"\r\nb = 1', ("b",), 2),
    ("a = 1\n[t]\nb = 1", ("t", "missing", "deeper"), 2),
])
def test_line_of_a_key_is_found_in_every_way_of_writing(body, key, line):
    tomllib.loads(body)

    assert line_of(lines_of(body), key) == line


def _keys(told, path=()):
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from _keys(value, (*path, key))
