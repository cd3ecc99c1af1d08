"""Files whose pages are pictures, page by page as arrays: PDF pages drawn, frames of an image file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ingest.scan.engine import Image
from models.domain.errors import ReadError, RefusedError

_DPI = 200.0
_PIXELS = 16_000_000  # a drawn page has at most so many
_WIDEST = 120_000_000  # px: a larger image file is refused before it is unpacked
_PAPER = 11.69  # inch: the long side of A4, where an image does not tell a resolution that makes sense
_ADVICE = "请降低分辨率后重新扫描"


def pdf_pages(data: bytes, numbers: Sequence[int]) -> Iterator[tuple[int, Image, float]]:
    """Yield (number, picture, dpi) of PDF pages; a page that cannot be drawn is left out."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(data)
    try:
        for number in numbers:
            try:
                yield number, *_drawn(pdf, number - 1)
            except pypdfium2.PdfiumError:
                continue
    finally:
        pdf.close()


def _drawn(pdf: Any, index: int) -> tuple[Image, float]:  # noqa: ANN401 - pypdfium2 is untyped
    page = pdf[index]
    try:
        wide, high = page.get_size()
        dpi = min(_DPI, 72 * (_PIXELS / max(wide * high, 1)) ** 0.5)
        bitmap = page.render(scale=dpi / 72, rev_byteorder=True)
        try:
            return np.array(bitmap.to_numpy()[:, :, :3], dtype=np.uint8), dpi
        finally:
            bitmap.close()
    finally:
        page.close()


def frame_count(data: bytes, name: str) -> int:
    """Return how many pages an image file has; ReadError where it is damaged, RefusedError where it is too large."""
    from PIL import Image as Images

    Images.MAX_IMAGE_PIXELS = _WIDEST
    try:
        with Images.open(io.BytesIO(data)) as image:
            pixels, count = image.width * image.height, int(getattr(image, "n_frames", 1))
    except Images.DecompressionBombError:
        pixels, count = _WIDEST + 1, 0
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ReadError("图片已损坏，无法读取", name=name, advice="请重新扫描或拍照后提交") from error
    if pixels > _WIDEST:
        raise RefusedError("图片过大，未读取", name=name, advice=_ADVICE)
    return count


def frames(data: bytes, numbers: Sequence[int]) -> Iterator[tuple[int, Image, float]]:
    """Yield (number, picture, dpi) of the frames of an image file."""
    from PIL import Image as Images
    from PIL import ImageOps

    Images.MAX_IMAGE_PIXELS = _WIDEST
    with Images.open(io.BytesIO(data)) as image:
        for number in numbers:
            image.seek(number - 1)
            shown = ImageOps.exif_transpose(_opaque(image))
            long = max(shown.size)
            limit = int(_PAPER * _DPI)
            if long > 1.3 * limit:  # a photo: more pixels than the models can use
                shown = shown.resize((round(shown.width * limit / long), round(shown.height * limit / long)))
            yield number, np.asarray(shown, dtype=np.uint8), max(shown.size) / _PAPER


def _opaque(image: Any) -> Any:  # noqa: ANN401 - a Pillow image
    """Return the image in RGB on white paper."""
    from PIL import Image as Images

    if image.mode in ("RGBA", "LA", "P", "PA"):
        over = image.convert("RGBA")
        paper = Images.new("RGBA", over.size, "white")
        return Images.alpha_composite(paper, over).convert("RGB")
    if image.mode.startswith("I;16"):
        return Images.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def ofd_pages(data: bytes, name: str, numbers: Sequence[int]) -> Iterator[tuple[int, Image, float]]:
    """Yield (number, picture, dpi) of OFD pages; a picture in an unknown coding is left out."""
    from ingest.ofd.reader import pictures_of

    for number, file, inches in pictures_of(data, name, numbers):
        try:
            _, picture, _ = next(frames(file, (1,)))
        except (OSError, ValueError, SyntaxError, EOFError):
            continue
        yield number, picture, picture.shape[1] / max(inches, 1.0)


def pictures(data: bytes, name: str, numbers: Sequence[int]) -> Iterator[tuple[int, Image, float]]:
    """Yield (number, picture, dpi) of the pages of a file of any format that has pages to recognise."""
    from ingest.sniff import sniff

    kind = sniff(data, name).format
    if kind == "pdf":
        yield from pdf_pages(data, numbers)
    elif kind == "ofd":
        yield from ofd_pages(data, name, numbers)
    else:
        yield from frames(data, numbers)
