"""Any CSV that people's programs write is read; whatever is none is refused in a sentence, never with a trace."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.records_import import table
from backend.records_import.cells import Cells, day, gestational_age, month, several, text, whole_number, yes_or_no
from backend.records_import.faults import CellFault, Faults, UnusableFile
from backend.records_import.table import Row, read_table


@pytest.mark.parametrize("content", [
    "\ufeffcode,arm\r\nSE01-1,a\r\n".encode(), b"code;arm\nSE01-1;a\n", b"Code , ARM\nSE01-1,a",
    b"code,arm\n# a remark,\n\n,\nSE01-1,a\n", b'"code","arm"\n"SE01-1","a"',
])
def test_what_spreadsheets_write_is_read(content):
    found = read_table(content)

    assert (found.header, [row.cells for row in found.rows]) == (["code", "arm"], [["SE01-1", "a"]])


def test_rows_are_numbered_as_a_spreadsheet_numbers_them():
    found = read_table(b'code,arm\n# remark\n\nA,"two\nlines"\nB,b\n')

    assert [(row.number, row.cells[0]) for row in found.rows] == [(4, "A"), (5, "B")]


@pytest.mark.parametrize(("content", "says"), [
    (b"", "empty"), (b"\xef\xbb\xbf", "empty"), (b"code,arm\n", "no row below the header"),
    (b"code,arm\nSE01-1,\xe5ke", "not UTF-8 (see line 2)"), ("code,arm\na,b".encode("utf-16"), "is UTF-16"),
    (b"PK\x03\x04zip", "a spreadsheet, not CSV"), (b"code,Code\na,b", "names code twice"),
    (b'code,arm\n"a,b', "Row 2 is no CSV"), (b'code,arm\na,b\n"x"y,b', "Row 3 is no CSV"),
    (b"code,arm\n" + b"x" * 200_000 + b",b", "Row 2 is no CSV"),
])
def test_a_file_that_can_not_be_read_says_why(content, says):
    with pytest.raises(UnusableFile) as refusal:
        read_table(content)

    assert says in str(refusal.value)


def test_too_many_rows_and_bytes_are_refused(monkeypatch):
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    with pytest.raises(UnusableFile, match="more than 2 rows"):
        read_table(b"code\na\nb\nc")
    monkeypatch.setattr(table, "MOST_BYTES", 5)
    with pytest.raises(UnusableFile, match="larger than"):
        read_table(b"code\na\n")


@pytest.mark.parametrize("cell", ["=1+1", "+46", "-1", "@SUM", "\t=1", "\r=1", "  =1+1", "a\0b", "=", "-"])
def test_a_formula_is_refused_and_not_read(cell):
    faults = Faults()

    cells = Cells(Row(7, [cell]), ["note"], faults)

    assert cells.read("note", text) is None
    assert not cells.are_usable
    assert str(faults.told[0]).startswith("row 7, column note: begins like a formula")


@pytest.mark.parametrize(("reader", "good", "bad"), [
    (day, ["2024-02-29"], ["2023-02-29", "20240229", "29.02.2024", "2024-2-29", "2024-02-29T10", "٢٠٢٤-٠٢-٢٩"]),
    (month, ["2019-05"], ["2019-5", "05-2019", "2019-13", "2019-05-01", "1899-05"]),
    (whole_number, ["4"], ["4.0", "four", "٤", "9" * 40]), (yes_or_no, ["yes", "NO"], ["1", "ja"]),
    (gestational_age, ["38+2", "24+0"], ["38", "38+7", "19+0", "46+0", "38,2"]),
    (several, ["a", "a; b"], ["a;", ";", "a;;b"]),
])
def test_cells_hold_what_their_column_says(reader, good, bad):
    for cell in good:
        assert reader(cell) is not None
    for cell in bad:
        with pytest.raises(CellFault):
            reader(cell)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_break_the_reading(content):
    faults = Faults()
    with suppress(UnusableFile):
        found = read_table(b"code,arm\n" + content)
        for row in found.rows:
            Cells(row, found.header, faults).need("code", text)
