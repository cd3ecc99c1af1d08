"""Raw docx and PDF files for the tests of the readers."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
HEAD = (
    f'<w:document xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><w:body>'
)
TAIL = "</w:body></w:document>"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def made(body, **parts):
    """A docx of raw parts; `numbering`, `styles` … are the insides of those parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", body if isinstance(body, bytes) else HEAD + body + TAIL)
        for name, inside in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W}">{inside}</w:{name}>')
    return out.getvalue()


def p(text, ppr="", rpr=""):
    return f"<w:p><w:pPr>{ppr}</w:pPr><w:r><w:rPr>{rpr}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def pdf(pages, form="", extra=""):
    """A PDF; a page is a list of (text, x, y) or (text, x, y, font), of raw operators as str, or b"" for an image."""
    objects = {1: "<</Type/Catalog/Pages 2 0 R>>", 3: "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
    objects[4] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>"
    objects[5] = stream(
        "", "/Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8", "A"
    )
    objects[6] = stream("/F Do", form.removeprefix("<<").removesuffix(">>")) if form else "null"
    kids = []
    for i, items in enumerate(pages):
        ops = [op(item) for item in items] + (["/F Do"] if form else [])
        objects[10 + 2 * i] = stream("\n".join(ops))
        objects[11 + 2 * i] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {10 + 2 * i} 0 R"
            f"/Resources<</Font<</R 3 0 R/B 4 0 R>>/XObject<</I 5 0 R/F 6 0 R>>>>{extra}>>"
        )
        kids.append(f"{11 + 2 * i} 0 R")
    objects[2] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    out, offsets = b"%PDF-1.4\n", {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += f"{number} 0 obj{body}endobj\n".encode("latin-1")
    table = "".join(f"{n} 1\n{offset:010d} 00000 n \n" for n, offset in sorted(offsets.items()))
    trailer = f"xref\n0 1\n0000000000 65535 f \n{table}trailer<</Size 99/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF"
    return out + trailer.encode()


def stream(ops, head="", data=None):
    data = ops if data is None else data
    return f"<<{head}/Length {len(data)}>>stream\n{data}\nendstream "


def op(item):
    if isinstance(item, bytes):
        return "q 300 0 0 300 100 300 cm /I Do Q"
    if isinstance(item, str):
        return item
    text, x, y, *font = item
    return f"BT /{font[0] if font else 'R'} 12 Tf {x} {y} Td ({text}) Tj ET"
