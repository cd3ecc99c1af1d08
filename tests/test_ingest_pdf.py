"""The PDF reader, over PDFs written by hand (Latin letters need no embedded font)."""

from ingest_samples import pdf

from ingest.pdf.reader import read_pdf
from ingest.reader import read_bytes
from models.domain.document import Paragraph, Table

LONG = "All the words of this line run on to the right margin of the page here ok"


def texts(document):
    return [b.text for b in document.blocks if isinstance(b, Paragraph)]


def test_lines_are_joined_by_how_full_they_are():
    document = read_pdf(
        pdf([[("Title", 72, 760, "B"), (LONG, 96, 700), ("and end here.", 72, 682), ("New one.", 96, 664)]]), "a"
    )
    assert texts(document) == ["Title", LONG + " and end here.", "New one."]
    assert document.blocks[0].bold
    assert (document.blocks[0].page, document.pages) == (1, 1)


def test_paragraphs_over_pages_and_running_heads():
    first = [("Plan of the system", 230, 810), (LONG, 96, 120), ("1", 297, 30)]
    second = [("Plan of the system", 230, 810), ("goes on here.", 72, 740), ("2", 297, 30)]
    document = read_pdf(pdf([first, second]), "a")
    assert texts(document) == [LONG + " goes on here."]
    assert document.headers == ("Plan of the system",)


def test_contents_lines_stand_apart():
    document = read_pdf(
        pdf([[("One ............ 3", 72, 700), ("Two ............ 4", 72, 680), ("Text.", 72, 600)]]), "a"
    )
    assert texts(document) == ["Text."]
    assert len(document.contents) == 2


GRID = "72 600 m 272 600 l S 72 570 m 272 570 l S 72 540 m 272 540 l S 72 600 m 72 540 l S 172 570 m 172 540 l S 272 600 m 272 540 l S"


def test_ruled_table_with_a_merged_cell():
    document = read_pdf(
        pdf([[("Before.", 72, 700), GRID, ("Head", 80, 580), ("a", 80, 550), ("b", 180, 550), ("After.", 72, 500)]]),
        "a",
    )
    before, table, after = document.blocks
    assert (before.text, after.text) == ("Before.", "After.")
    assert isinstance(table, Table)
    assert [[(c.text, c.col, c.colspan) for c in row] for row in table.rows] == [
        [("Head", 0, 2)],
        [("a", 0, 1), ("b", 1, 1)],
    ]


def test_page_without_text_layer_is_named():
    document = read_pdf(pdf([[("Some text here.", 72, 700)], [b""]]), "a")
    assert [(note.what, note.harmless) for note in document.notes] == [("第2页", False)]
    assert document.unread_pages == (2,)
    assert read_bytes(pdf([[b""], [b""]]), "a.pdf").unread_pages == (1, 2)


def test_rotated_page_reads_from_left_to_right():
    document = read_pdf(pdf([["BT /R 12 Tf 0 1 -1 0 100 100 Tm (turned words) Tj ET"]], extra="/Rotate 90"), "a")
    assert texts(document) == ["turned words"]
