"""Qualified names of the XML that docx is made of."""

from __future__ import annotations

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"


def w(name: str) -> str:
    """Return a name of the wordprocessingml namespace."""
    return _W + name


VAL = w("val")
P, PPR, R, RPR, T, TAB, BR, CR = w("p"), w("pPr"), w("r"), w("rPr"), w("t"), w("tab"), w("br"), w("cr")
TBL, TR, TC = w("tbl"), w("tr"), w("tc")
SDT, SDT_PR, SDT_CONTENT = w("sdt"), w("sdtPr"), w("sdtContent")
FLD_CHAR, INSTR, DEL_TEXT = w("fldChar"), w("instrText"), w("delText")
FLD_SIMPLE, SYM, NO_BREAK_HYPHEN = w("fldSimple"), w("sym"), w("noBreakHyphen")
FOOTNOTE_REF, ENDNOTE_REF = w("footnoteReference"), w("endnoteReference")
DRAWING, PICT, OBJECT, RUBY, RUBY_BASE = w("drawing"), w("pict"), w("object"), w("ruby"), w("rubyBase")
TEXTBOX = w("txbxContent")
DELETIONS = frozenset((w("del"), w("moveFrom")))
WRAPPERS = frozenset(
    w(name) for name in ("hyperlink", "ins", "moveTo", "smartTag", "customXml", "dir", "bdo", "sdtContent")
)
ALTERNATE, CHOICE, FALLBACK = _MC + "AlternateContent", _MC + "Choice", _MC + "Fallback"
MATH, MATH_PARA, MATH_TEXT = _M + "oMath", _M + "oMathPara", _M + "t"
DOC_PR, BLIP = _WP + "docPr", _A + "blip"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
IMAGE_DATA, TEXT_PATH, SHAPE = _V + "imagedata", _V + "textpath", _V + "shape"
OLE = _O + "OLEObject"
REL_ID, REL_EMBED = _R + "id", _R + "embed"
