"""The four diagrams of the plan, drawn with Pillow. Needs a Chinese font, so the drawn PNG files are kept in source/."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
_INK, _LINE = (30, 40, 60), (90, 110, 140)
_FILLS = ((222, 235, 247), (226, 240, 217), (255, 242, 204), (248, 225, 214), (232, 226, 242))
_SIZE = (1200, 760)


class Canvas:
    """A white sheet with boxes, arrows and labels; all measures in pixels."""

    def __init__(self) -> None:
        """Start an empty sheet."""
        self.image = Image.new("RGB", _SIZE, "white")
        self.draw = ImageDraw.Draw(self.image)

    def text(self, x: float, y: float, text: str, size: int = 26) -> None:
        """Write text centred on a point."""
        font = ImageFont.truetype(str(FONT), size, index=2)
        self.draw.multiline_text((x, y), text, fill=_INK, font=font, anchor="mm", align="center", spacing=8)

    def box(self, area: tuple[int, int, int, int], text: str, fill: int = 0, size: int = 26) -> None:
        """Draw a rounded box (left, top, right, bottom) with its text in the middle."""
        self.draw.rounded_rectangle(area, radius=10, fill=_FILLS[fill % len(_FILLS)], outline=_LINE, width=3)
        self.text((area[0] + area[2]) / 2, (area[1] + area[3]) / 2, text, size)

    def arrow(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw a straight arrow, horizontal or vertical."""
        self.draw.line((start, end), fill=_LINE, width=4)
        (x, y), across = end, start[1] == end[1]
        way = 1 if (end[0] > start[0] if across else end[1] > start[1]) else -1
        wings = (
            ((x - 14 * way, y - 9), (x - 14 * way, y + 9)) if across else ((x - 9, y - 14 * way), (x + 9, y - 14 * way))
        )
        self.draw.polygon(((x, y), *wings), fill=_LINE)


def _topology() -> Canvas:
    sheet = Canvas()
    sheet.box((60, 60, 340, 170), "居民手机\n浙里办居民端", 0)
    sheet.box((60, 560, 340, 690), "轿厢采集终端\n边缘网关 60台", 3)
    sheet.box((460, 60, 740, 170), "互联网", 2)
    sheet.box((460, 560, 740, 690), "运营商物联网卡", 2)
    sheet.box((460, 310, 740, 430), "政务外网互联网区\n安全接入平台", 1)
    sheet.box((860, 60, 1140, 430), "区政务云\n\n应用服务 4台\n数据库 2台\n接入与消息 2台\n对象存储 2TB", 4)
    sheet.box((860, 560, 1140, 690), "局机关、18个街道\n165个社区", 0)
    sheet.arrow((340, 115), (460, 115))
    sheet.arrow((340, 625), (460, 625))
    sheet.arrow((600, 170), (600, 310))
    sheet.arrow((600, 560), (600, 430))
    sheet.arrow((740, 370), (860, 370))
    sheet.arrow((1000, 560), (1000, 430))
    sheet.text(1075, 495, "政务外网")
    return sheet


def _process() -> Canvas:
    sheet = Canvas()
    steps = (
        "居民代表\n发起征询",
        "社区核对\n户数和产权",
        "业主登记意愿\n达到法定比例",
        "公示七天",
        "联合审查\n8家单位会签",
    )
    for number, step in enumerate(steps):
        left = 20 + number * 236
        sheet.box((left, 80, left + 200, 220), step, 0)
        if number:
            sheet.arrow((left - 36, 150), (left, 150))
    sheet.box((728, 320, 928, 440), "有异议：\n社区协商", 3)
    sheet.arrow((828, 220), (828, 320))
    later = ("运行监测\n困人联动", "补助申领\n初核复核拨付", "竣工验收", "施工四节点\n影像上传", "开工报告")
    for number, step in enumerate(later):
        left = 20 + number * 236
        sheet.box((left, 540, left + 200, 680), step, 1)
        if number:
            sheet.arrow((left, 610), (left - 36, 610))
    sheet.arrow((1064, 220), (1064, 540))
    return sheet


def _architecture() -> Canvas:
    sheet = Canvas()
    rows = (
        ("用户层", ("居民端（浙里办）", "工作端（浙政钉）", "电脑端")),
        ("应用层", ("征询\n协商", "联合\n审查", "施工\n监管", "补助\n核发", "运行\n监测", "地图\n统计", "移动\n应用")),
        ("支撑层", ("统一认证", "电子签章", "短信平台", "地图服务", "流程引擎")),
        ("数据层", ("加梯专题数据", "楼栋单元电梯编码", "区公共数据平台")),
        ("基础设施层", ("区政务云", "政务外网", "物联网卡")),
    )
    for line, (name, cells) in enumerate(rows):
        top = 25 + line * 145
        sheet.box((20, top, 180, top + 120), name, line)
        width = 980 // len(cells)
        for number, cell in enumerate(cells):
            left = 200 + number * width
            sheet.box((left, top, left + width - 14, top + 120), cell, line, 24)
    return sheet


def _dataflow() -> Canvas:
    sheet = Canvas()
    for number, name in enumerate(("户籍、不动产\n规划数据", "居民意愿\n施工影像", "电梯运行数据")):
        top = 60 + number * 230
        sheet.box((40, top, 300, top + 150), name, 0)
        sheet.arrow((300, top + 75), (440, top + 75))
    sheet.box((440, 60, 740, 670), "加装电梯应用\n\n项目库\n协商库\n施工影像库\n补助库\n运行数据库\n楼栋单元表", 1, 30)
    sheet.box((880, 60, 1160, 250), "区一体化智能化\n公共数据平台\n4类68项实时归集", 2)
    sheet.box((880, 290, 1160, 440), "行政审批平台\n门户网站", 3)
    sheet.box((880, 480, 1160, 670), "局内共享目录\n危旧房、物业、燃气", 4)
    for height in (155, 365, 575):
        sheet.arrow((740, height), (880, height))
    return sheet


def draw(folder: Path) -> None:
    """Draw all four diagrams into a folder; raises OSError where the font is not installed."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {"topology": _topology, "process": _process, "architecture": _architecture, "dataflow": _dataflow}
    for name, make in drawn.items():
        make().image.quantize(32).save(folder / f"{name}.png", optimize=True)
