"""Office files made reproducible: fixed dates inside, members in a fixed order with a fixed time."""

from __future__ import annotations

import io
import re
import zipfile

MADE = "2022-01-14T09:00:00Z"
_DATES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def settle(data: bytes) -> bytes:
    """Return the same package with every time in it set to `MADE`, so that equal content gives equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            member = old.read(name)
            if name == "docProps/core.xml":
                member = _DATES.sub(rb"\g<1>" + MADE.encode() + rb"\g<2>", member)
            info = zipfile.ZipInfo(name, (2022, 1, 14, 9, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            new.writestr(info, member)
    return out.getvalue()
