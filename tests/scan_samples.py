"""Pages drawn as pictures, as a scanner or a telephone gives them: skew, noise, a red seal, JPEG."""

import io

import numpy as np
from conftest import need
from PIL import Image, ImageChops, ImageDraw, ImageFont

DPI = 200
FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)


def font(points):
    """A Chinese font of a size in pt; without one the test is skipped loudly."""
    for path in FONTS:
        try:
            return ImageFont.truetype(path, round(points * DPI / 72))
        except OSError:
            continue
    need(False, "Chinese font", "apt-get install fonts-noto-cjk")
    raise AssertionError


class Sheet:
    """An A4 page to draw on, white or a page given; places in pt."""

    def __init__(self, image=None):
        self.image = image or Image.new("RGB", (1654, 2339), "white")
        self.draw = ImageDraw.Draw(self.image)

    def text(self, x, y, words, size=14, fill="black"):
        self.draw.text((x * DPI / 72, y * DPI / 72), words, font=font(size), fill=fill)
        return self

    def table(self, x, y, widths, rows):
        k, high, size = DPI / 72, 24, 11
        for r, row in enumerate(rows):
            left = x
            for wide, words in zip(widths, row, strict=True):
                box = (left * k, (y + r * high) * k, (left + wide) * k, (y + (r + 1) * high) * k)
                self.draw.rectangle(box, outline="black", width=2)
                self.text(left + 4, y + r * high + 4, words, size)
                left += wide
        return self

    def seal(self, x, y, radius=55):
        k = DPI / 72
        ring = Image.new("RGB", self.image.size, "white")
        draw = ImageDraw.Draw(ring)
        box = [(x - radius) * k, (y - radius) * k, (x + radius) * k, (y + radius) * k]
        draw.ellipse(box, outline=(225, 60, 60), width=10)
        draw.text(((x - 28) * k, (y - 30) * k), "★", font=font(54), fill=(225, 60, 60))
        self.image = ImageChops.multiply(self.image, ring)  # ink over ink
        self.draw = ImageDraw.Draw(self.image)
        return self

    def scanned(self, skew=0.5, noise=8.0, turned=0):
        """The page as it comes from the glass: leaning, grey, grainy; turned by quarters."""
        leaning = self.image.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor="white")
        grain = np.random.default_rng(7).normal(-6, noise, (leaning.height, leaning.width, 1))
        pixels = np.clip(np.asarray(leaning).astype(float) + grain, 0, 255).astype(np.uint8)
        return Image.fromarray(np.rot90(pixels, turned))


def jpeg(image):
    out = io.BytesIO()
    image.save(out, "JPEG", quality=75, dpi=(DPI, DPI))
    return out.getvalue()


def pdf_of(images):
    out = io.BytesIO()
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], resolution=DPI, quality=75)
    return out.getvalue()
