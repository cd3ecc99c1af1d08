"""The pages in a real browser: one thread from upload to policy, nothing asked of another host, axe without violations."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import quote

import httpx
import pypdfium2
import pytest
from conftest import need

from corpus.policies import load_policy

pytestmark = [pytest.mark.ui, pytest.mark.slow]
ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "examples" / "submission"
AXE = Path(__file__).with_name("data") / "vendor" / "axe.min.js"
SIZES = ((1366, 768), (390, 844))
DIGITS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", *(f"十{d}" for d in "一二三四五六七八九"), "二十")
HOSTILE = "<img src=x onerror=window.hit=1><script>window.hit=1</script>{{7*7}}"
BATCH = int(os.environ.get("CHUSHEN_UI_BATCH", "30"))
ALIKE = 6  # of the batch would build the same; the others each something else, so that not all are reviewed twice
SAME = ("民生诉求办理系统", "诉求受理 智能派单 进度跟踪 回访评价 统计分析")
OTHERS = (
    ("古树名木养护台账", "树木建档 病虫害上报 养护排期 树龄测算 挂牌管理"),
    ("校车乘坐登记系统", "学生乘车名单 上下车刷卡 晚点告知家长 线路编排 司机资格核验"),
    ("殡葬预约服务系统", "火化时段预约 骨灰寄存登记 墓位续期提醒 惠民减免核算 祭扫分流"),
    ("桥梁结构监测系统", "挠度传感接入 裂缝比对 荷载超限告警 检修计划 桥型图档"),
    ("非遗项目名录系统", "传承人申报 技艺影像归档 展演排期 名录评定 研学报名"),
    ("献血者关怀系统", "献血间隔提醒 荣誉证书发放 用血报销 血型检索 志愿者招募"),
    ("排水管网普查系统", "窨井坐标采集 管段淤积评级 混接点溯源 清淤派工 雨量联动"),
    ("体育场馆预订系统", "场地时段售卖 教练排课 器材租借 闸机验票 会员积分"),
    ("信访档案数字化系统", "卷宗扫描 目录著录 密级鉴定 借阅审批 到期销毁"),
    ("出租房屋消防巡检系统", "烟感在线率 逃生通道拍照 隐患复查 房东承诺书 燃气软管更换"),
    ("农产品溯源系统", "种植批次 农药用量 检测合格证 冷链温度 扫码查询"),
    ("干部培训学时系统", "课程报名 学时认定 师资库 结业考核 心得提交"),
    ("河道漂浮物识别系统", "视频抽帧 水葫芦识别 打捞派船 蓝藻预报 水位标尺读数"),
    ("婚姻登记预约系统", "登记号源 证件照拍摄 婚俗辅导 颁证厅排期 档案补发"),
    ("职工疗休养系统", "线路发布 名额分配 同行家属登记 费用结算 行程保险"),
    ("工程招标专家抽取系统", "专家入库 回避规则 随机语音通知 评标签到 履职评价"),
    ("流浪犬收容系统", "捕捉出勤 芯片扫描 领养审核 狂犬疫苗 失主认领"),
    ("历史建筑修缮系统", "构件编号 修缮工艺库 白蚁监测 施工许可 三维测绘"),
    ("税源协税护税系统", "楼宇入驻企业 纳税迁移预警 招商线索 税收属地核对 留抵测算"),
    ("社区食堂助餐系统", "老年菜单 刷脸结账 送餐骑手 餐补划拨 留样登记"),
    ("公共自行车调度系统", "桩位余量 潮汐搬运 车辆故障报修 骑行计费 电池更换"),
    ("图书漂流系统", "书目漂流码 柜格借还 阅读打卡 荐书榜 捐书证书"),
    ("渣土运输监管系统", "车辆核准证 消纳场入场 密闭抓拍 路线偏离 扬尘扣分"),
    ("残疾人辅具适配系统", "评估量表 辅具租赁 家庭无障碍改造 康复师上门 补贴比例"),
)


def _port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    port, home = _port(), tmp_path_factory.mktemp("home")
    environment = {**os.environ, "CHUSHEN_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [Path(sys.executable).with_name("chushen"), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as served:
        url = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(url), f"the service at {url}", 300)
        yield url
        served.terminate()


def _until(holds, what: str, seconds: float = 1800) -> None:
    """Look again and again until it holds; how long that takes depends on who else uses the machine."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.2)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/healthz", timeout=20).close()  # noqa: S310  our own service
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def browser():
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    need(chromium, "chromium", "make ui-test", in_ci=False)
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as run:
        one = run.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield one
        one.close()


@pytest.fixture(scope="module")
def shots():
    folder = ROOT / "out" / "ui"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Watched:
    """A page that remembers every error and every request to another host."""

    def __init__(self, page, address: str, shots: Path) -> None:
        self.page, self.address, self.shots = page, address, shots
        self.wrong: list[str] = []
        page.set_default_timeout(600_000)
        page.on("pageerror", lambda e: self.wrong.append(f"error {e}"))
        page.on("console", lambda m: self.wrong.append(f"console {m.text}") if m.type == "error" else None)
        page.on("request", lambda r: None if r.url.startswith((address, "data:")) else self.wrong.append(r.url))

    def forgive(self, *words: str) -> None:
        """Forget what the browser and htmx themselves said of a request that was meant to fail."""
        self.wrong[:] = [w for w in self.wrong if not any(word in w for word in words)]

    def looked_at(self, name: str) -> None:
        """Shoot, and check: axe, nothing wider than the window, no script of ours or theirs went wrong."""
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            self.page.screenshot(path=self.shots / f"{name}-{width}.png")
            wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (name, width, wide)
            self.page.evaluate("(s) => { if (!window.axe) (0, window.Function)(s)() }", AXE.read_text("utf-8"))
            found = self.page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa']})")
            told = [(v["id"], v["nodes"][0]["html"][:160]) for v in found["violations"]]
            assert not told, (name, width, told)
        self.page.set_viewport_size({"width": 1366, "height": 768})
        assert not self.wrong, (name, self.wrong)
        assert not self.page.evaluate("window.hit || 0")


@pytest.fixture(scope="module")
def watched(browser, address, shots):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=False)
    return Watched(context.new_page(), address, shots)


def _api(address: str, path: str):
    with urllib.request.urlopen(f"{address}/api/v1{path}", timeout=120) as answer:  # noqa: S310  our own service
        return json.load(answer)


def _plan(path: Path, title: str, unit: str, listed: str = SAME[1]) -> Path:
    from docx import Document

    document = Document()
    document.add_heading(f"{title}建设方案", 0)
    document.add_paragraph(f"申报单位：{unit}")
    functions = listed.split()
    said = {
        "1.1": title,
        "1.2": "新建",
        "1.4": "建设周期为2022年1月至2022年10月。",
        "1.5": "；".join(f"（{i}）{f}：提供{f}的登记和查询" for i, f in enumerate(functions, 1)) + f"。{HOSTILE}",
        "1.6": "总投资120万元，由区财政资金安排。",
        "5.1": "；".join(f"（{i}）{f}子系统，支持{f}" for i, f in enumerate(functions, 1)) + "。",
    }
    chapter = section = 0
    for item in load_policy("gongshu-2021").template:
        if item.level == 1:
            chapter, section = chapter + 1, 0
            document.add_heading(f"{DIGITS[chapter - 1]}、{item.title}", 1)
        elif item.level == 2:
            section += 1
            document.add_heading(f"（{DIGITS[section - 1]}）{item.title}", 2)
            document.add_paragraph(said.get(item.number, f"{title}的{item.title}由{unit}负责，按年度计划推进。"))
    document.save(path)
    return path


@pytest.fixture(scope="module")
def submitted(watched, tmp_path_factory):
    """The example, uploaded by hand and reviewed, with an attachment whose name and text would run if they could."""
    page = watched.page
    page.goto(watched.address)
    watched.looked_at("empty-list")
    page.goto(f"{watched.address}/board")
    watched.looked_at("empty-board")
    page.goto(f"{watched.address}/register")
    watched.looked_at("empty-register")
    page.set_input_files("#file", ROOT / "examples" / "systems.csv")
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_text("新增70个").wait_for()
    _checked_then_imported(watched, tmp_path_factory.mktemp("register") / "更新.csv")
    page.goto(watched.address)
    page.fill("#who", HOSTILE[:40])
    page.get_by_role("button", name="署名").click()
    hostile = tmp_path_factory.mktemp("hostile") / "附件3 <img src=x onerror=window.hit=1>{{7+7}}.txt"
    hostile.write_text(f"补充说明：{HOSTILE}", encoding="utf-8")
    files = [*(p for p in sorted(EXAMPLE.rglob("*")) if p.is_file()), hostile]
    page.set_input_files("#files", [str(p) for p in files])
    page.get_by_role("button", name="开始审核").click()
    page.wait_for_url("**/submissions/*")
    if page.locator("#progress").count():
        watched.looked_at("waiting")
    page.locator(".desk").wait_for()
    return page.url.rsplit("/", 1)[1]


def _checked_then_imported(watched, table: Path) -> None:
    """Import a changed row: first only checked, then taken; the system's page shows what it was and is."""
    page = watched.page
    for status, button, told in (
        ("在用", "只检查", "台账没有改动"),
        ("在用", "导入", "新增1个"),
        ("停用", "导入", "更新1个"),
    ):
        table.write_text(f"编号,系统名称,状态\nX1,旧平台,{status}\nX2,,在用\n", encoding="utf-8")
        page.set_input_files("#file", table)
        page.get_by_role("button", name=button, exact=True).click()
        page.locator(".saved", has_text=told).wait_for()
        assert "第3行" in page.locator(".saved").inner_text()
        if button == "只检查":
            watched.looked_at("register-checked")
            assert _api(watched.address, "/register")["total"] == 70
    page.goto(f"{watched.address}/register?q=旧平台")
    page.get_by_role("link", name="旧平台").click()
    assert "在用停用" in "".join(page.locator("main table td").all_inner_texts())
    watched.looked_at("system")


@pytest.fixture(scope="module")
def small(watched, submitted, tmp_path_factory):
    """Submissions of one file each, by what becomes of them; reviewed while other pages are looked at."""
    from docx import Document

    folder = tmp_path_factory.mktemp("small")
    secret = Document()
    secret.add_paragraph("机密★1年")
    secret.add_paragraph("某项目建设方案")
    secret.save(str(folder / "来件.docx"))
    (folder / "说明.txt").write_text("只有一句话。", encoding="utf-8")
    files = {"mistake": _plan(folder / "报错了.docx", "报错了的系统", "区某局"), "refused": folder / "来件.docx",
             "failed": folder / "说明.txt"}  # fmt: skip
    with httpx.Client(base_url=f"{watched.address}/api/v1", timeout=120) as client:
        return {
            fate: client.post("/submissions", files={"files": (path.name, path.read_bytes())}).json()["id"]
            for fate, path in files.items()
        }


def test_review_decisions_opinion(watched, submitted, small):
    page, address = watched.page, watched.address
    page.goto(f"{address}/submissions/{submitted}")
    assert "{{7+7}}" in page.locator(".docs").text_content()
    assert HOSTILE in page.locator(".left").text_content()  # off screen, so not rendered
    watched.looked_at("review")
    card = page.locator("[data-finding]").first
    finding = card.get_attribute("data-finding")
    card.get_by_role("button", name="采纳", exact=True).click()
    page.locator(f"#f-{finding}.accepted").wait_for()
    other = page.locator("[data-finding]:not(.accepted)").first
    second = other.get_attribute("data-finding")
    other.locator(".more > summary").click()
    other.get_by_role("button", name="不采纳", exact=True).click()
    page.locator(f"#f-{second} .problem").wait_for()
    page.locator(f"#f-{second} [name=reason]").fill(f"附件已说明{HOSTILE}")
    page.locator(f"#f-{second}").get_by_role("button", name="不采纳", exact=True).click()
    page.locator(f"#f-{second}.rejected").wait_for()
    third = page.locator("[data-finding]:not(.accepted):not(.rejected)").first
    changed = third.get_attribute("data-finding")
    third.locator(".more > summary").click()
    third.locator("[name=reason]").fill("一期已建")
    third.locator("[name=measure]").select_option("核减")
    third.locator("[name=amount_wan]").fill("12.5")
    third.get_by_role("button", name="按上面修改").click()
    page.locator(f"#f-{changed}.changed").wait_for()
    page.locator("#opinion [name=advice]").select_option("建议补正后再审")
    page.locator("#opinion [name=text]").fill(f"请补充等保定级说明。{HOSTILE}")
    page.get_by_role("button", name="保存意见").click()
    page.get_by_text("已保存。").wait_for()
    page.reload()
    assert "12.5" in page.locator("#cuts").inner_text()
    assert "补充等保" in page.locator("#opinion [name=text]").input_value()
    watched.looked_at("decided")


def test_a_click_marks_the_other_side(watched, submitted):
    page = watched.page
    page.goto(f"{watched.address}/submissions/{submitted}")
    page.locator(".card .goto").first.click()
    page.locator(".left .now-marked").first.wait_for()
    page.locator(".left .hit").last.click()
    page.locator(".card.current").wait_for()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    before = page.locator(".card.current").get_attribute("data-finding")
    page.keyboard.press("k")
    assert page.locator(".card.current").get_attribute("data-finding") != before
    page.keyboard.press("r")  # the form comes when it is wanted, and the reason is where one writes
    page.locator(".card.current [name=reason]").wait_for()
    _until(lambda: page.evaluate("document.activeElement.name") == "reason", "the cursor in the reason")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    page.keyboard.press("Escape")
    assert not watched.wrong


def test_a_marked_text_becomes_a_finding(watched, submitted):
    page = watched.page
    page.goto(f"{watched.address}/submissions/{submitted}")
    page.locator(".left .doc p:not(.head)").nth(12).select_text()
    _until(lambda: page.locator("#add [name=quote]").input_value(), "the marked words")
    watched.looked_at("marked")
    page.locator("#marked").click()
    assert page.evaluate("document.activeElement.name") == "title"
    page.locator("#add [name=title]").fill(f"自补{HOSTILE}")
    page.locator("#add [name=measure]").select_option("核减")
    page.locator("#add [name=amount_wan]").fill("7.25")
    page.get_by_role("button", name="补充", exact=True).click()
    page.locator(".card.added").wait_for()  # in its place, without the page being loaded anew
    assert not page.locator("#add").is_visible()
    assert "7.25" in page.locator("#cuts").inner_text()
    assert "补充" in page.locator("#history li").first.inner_text()
    page.locator("#only").select_option("open")
    assert not page.locator(".card.added:visible").count()
    page.locator("#only").select_option("")
    watched.looked_at("added")


def _undecided(page) -> str:
    """Go to the next finding nobody has decided, open its form and return its id."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("n")
    page.keyboard.press("r")
    page.locator(".card.current [name=reason]").wait_for()
    return page.locator(".card.current").get_attribute("data-finding")


def test_two_reviewers_at_once_lose_nothing(watched, submitted):
    page, address = watched.page, watched.address
    page.goto(f"{address}/submissions/{submitted}")
    finding = _undecided(page)
    other = {"verdict": "accepted", "version": 0}
    _put(address, f"/submissions/{submitted}/findings/{finding}/decision", other, "另一位")
    card = page.locator(f"#f-{finding}")
    card.locator("[name=reason]").fill("我写了很久的理由")
    card.get_by_role("button", name="不采纳", exact=True).click()
    card.locator(".problem").wait_for()
    assert "刚被别人改过" in card.locator(".problem").inner_text()
    assert "另一位" in card.locator(".decided").inner_text()
    assert card.locator("[name=reason]").input_value() == "我写了很久的理由"
    watched.looked_at("conflict")
    card.get_by_role("button", name="不采纳", exact=True).click()  # having seen it
    page.locator(f"#f-{finding}.rejected").wait_for()


def test_nothing_typed_is_lost_where_the_service_does_not_answer(watched, submitted):
    page, address = watched.page, watched.address
    page.goto(f"{address}/submissions/{submitted}")
    finding = _undecided(page)
    card = page.locator(f"#f-{finding}")
    card.locator("[name=reason]").fill("断线时写的")
    page.route("**/findings/*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        card.get_by_role("button", name="不采纳", exact=True).click()
    page.locator("#told", has_text="写的都还在").wait_for()
    assert card.locator("[name=reason]").input_value() == "断线时写的"
    page.unroute("**/findings/*")
    watched.forgive("ERR_FAILED", "htmx:")
    page.route("**/findings/*", _answer_lost)
    with page.expect_event("requestfailed"):
        card.get_by_role("button", name="不采纳", exact=True).click()  # taken, but the answer gets lost
    assert _api(address, f"/submissions/{submitted}/findings/{finding}/decision")["version"] == 1
    page.unroute("**/findings/*")
    watched.forgive("ERR_FAILED", "htmx:")
    card.get_by_role("button", name="不采纳", exact=True).click()
    page.locator(f"#f-{finding}.rejected").wait_for()
    assert not page.locator(f"#f-{finding} .problem").count()


def _answer_lost(route) -> None:
    route.fetch()
    route.abort()


def test_a_review_that_ends_meanwhile_leaves_what_is_being_written(watched, submitted):
    page, address = watched.page, watched.address
    _put(address, f"/submissions/{submitted}/reviews", None, "", "POST")
    page.goto(f"{address}/submissions/{submitted}")
    page.locator("#progress").wait_for()
    page.locator("#opinion [name=text]").fill("请补充等保定级说明。还没写完")
    page.get_by_role("link", name="看新的结果").wait_for()
    assert page.locator("#opinion [name=text]").input_value() == "请补充等保定级说明。还没写完"
    watched.looked_at("reviewed-meanwhile")
    page.get_by_role("button", name="保存意见").click()
    page.get_by_text("已保存。").wait_for()
    page.get_by_role("link", name="看新的结果").click()
    page.locator(".desk").wait_for()


def _put(address: str, path: str, body: object, by: str, method: str = "PUT") -> None:
    headers = {"Content-Type": "application/json", "X-Reviewer": quote(by)}
    asked = urllib.request.Request(  # noqa: S310  our own service
        f"{address}/api/v1{path}", json.dumps(body).encode() if body is not None else b"", headers, method=method
    )
    urllib.request.urlopen(asked, timeout=120).close()  # noqa: S310  our own service


def test_decisions_are_kept_when_it_is_reviewed_again(watched, submitted):
    page, address = watched.page, watched.address
    known = {d["finding"]: d["verdict"] for d in _api(address, f"/submissions/{submitted}/decisions")}
    assert set(known.values()) >= {"accepted", "rejected", "changed", "added"}
    page.goto(f"{address}/submissions/{submitted}")
    page.get_by_role("button", name="重新审核").click()
    _until(lambda: _api(address, f"/submissions/{submitted}")["state"] == "done", "the second review")
    page.goto(f"{address}/submissions/{submitted}")
    for finding, verdict in known.items():
        assert page.locator(f"#f-{finding}.{verdict}").count() == 1, (finding, verdict)


def test_every_paper_can_be_had_and_the_page_be_printed(watched, submitted):
    page = watched.page
    page.goto(f"{watched.address}/submissions/{submitted}")
    page.locator(".menu > summary").click()
    watched.looked_at("papers")
    page.locator(".menu > summary").click()
    wanted = page.locator(".menu a[download]")
    names = []
    for index in range(wanted.count()):
        page.locator(".menu > summary").click()
        with page.expect_download() as started:
            wanted.nth(index).click()
        names.append(started.value.suggested_filename)
        assert Path(started.value.path()).stat().st_size > 1000, names[-1]
        page.keyboard.press("Escape")
    assert {"初审意见.docx", "初审意见.pdf", "补正通知.docx", "核减表.docx", "一页纸.pdf"} <= set(names)
    assert any("批注" in name for name in names)
    page.locator(".card .goto").first.click()  # the page was left showing the document
    page.pdf(path=watched.shots / "print.pdf", format="A4")
    with pypdfium2.PdfDocument(watched.shots / "print.pdf") as printed:
        text = "".join(sheet.get_textpage().get_text_range() for sheet in printed)
    for words in ("未能核实", "请补充等保定级说明", "措施和核减", "七个维度", "一期已建"):
        assert words in text, words
    assert "编制日期" not in text  # of the document, which stands left
    assert not watched.wrong


def test_the_outline_leads_through_the_document(watched, submitted):
    page = watched.page
    page.goto(f"{watched.address}/submissions/{submitted}")
    page.locator(".toc > summary").click()
    watched.looked_at("outline")
    page.locator(".toc > summary").click()
    page.locator(".toc > summary").click()
    page.locator(".tocbox li a").last.click()
    page.locator(".left .now-marked").wait_for()
    assert page.locator(".left .now-marked").is_visible()
    assert not page.locator(".tocbox").is_visible()


def test_resubmission(watched, submitted, tmp_path):
    page = watched.page
    page.goto(f"{watched.address}/submissions/{submitted}")
    plan = _changed(EXAMPLE / "建设方案.docx", tmp_path / "建设方案.docx")
    others = [str(p) for p in sorted(EXAMPLE.glob("*")) if p.is_file() and p.name != plan.name]
    page.locator("#again input[type=file]").set_input_files([str(plan), *others])
    page.locator("#again").get_by_role("button", name="开始审核").click()
    page.wait_for_url(lambda url: submitted not in url)
    page.locator("#compare").wait_for()
    assert "未补正" in page.locator("#items").inner_text()
    assert page.locator("#items tbody tr").first.inner_text().startswith("一、1")  # by the notice's numbers
    first = page.locator("#unasked tbody tr").first.inner_text()  # money that nobody asked to change comes first
    assert all(words in first for words in ("测评与培训服务", "16.60", "18.60", "未要求")), first
    page.locator("#compare").evaluate("section => section.scrollIntoView()")
    watched.looked_at("resubmission")


def _changed(plan: Path, to: Path) -> Path:
    from docx import Document

    document = Document(str(plan))
    document.add_paragraph("本次补正：补充说明。")
    cells = (c for t in document.tables for r in t.rows for c in r.cells if c.text.strip() == "16.60")
    next(cells).paragraphs[0].runs[0].text = "18.60"
    document.save(str(to))
    return to


def _dropped(page, folder: Path) -> None:
    """Drag a folder from the desktop onto the field and let it go there."""
    box = page.locator(".drop").bounding_box()
    about = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
    devtools = page.context.new_cdp_session(page)
    for moment in ("dragEnter", "dragOver", "drop"):
        at = {"type": moment, "x": box["x"] + 20, "y": box["y"] + 15, "data": about}
        devtools.send("Input.dispatchDragEvent", at)


def test_batch_board_register_policy(watched, submitted, tmp_path):
    page, address = watched.page, watched.address
    for index in range(BATCH):
        folder = tmp_path / "本年申报" / f"项目{index:02}"
        folder.mkdir(parents=True)
        name, listed = (
            (f"{SAME[0]}{index // 2:02}", SAME[1]) if index < ALIKE else OTHERS[(index - ALIKE) % len(OTHERS)]
        )
        _plan(folder / "建设方案.docx", name, f"区第{index}局", listed)
    page.goto(address)
    page.locator("details.panel > summary").click()
    page.get_by_label("一批项目").check()
    _dropped(page, tmp_path / "本年申报")
    page.locator(".chosen", has_text=f"已选 {BATCH} 个文件").wait_for()
    page.fill("#batch", HOSTILE[:60])
    page.get_by_role("button", name="开始审核").click()
    page.wait_for_url("**batch=*")
    batch = page.url.split("batch=")[1]
    page.get_by_role("button", name="取消本批").wait_for()
    watched.looked_at("batch-at-work")
    _until(lambda: not _api(address, f"/batches/{batch}")["open"], "the batch and its second pass", 3600)
    page.locator("#rows", has_text="全部完成").wait_for()  # by itself
    watched.looked_at("batch")
    found = _api(address, f"/batches/{batch}")
    assert len(found["submissions"]) == BATCH
    assert {s["state"] for s in found["submissions"]} == {"done"}
    assert found["clusters"]
    for number in found["clusters"][0]:  # reviewed once more, beside the others
        near = _api(address, f"/submissions/{number}/report")["duplicates"]
        assert {d["system_id"] for d in near if d["source"] == "intake"} & set(found["clusters"][0])
    page.goto(address)
    watched.looked_at("list")
    page.fill("#q", "诉求办理系统01")
    page.locator("#rows", has_text="共 2 个项目").wait_for()
    page.goto(f"{address}/board")
    page.locator("#c-domains svg").wait_for()
    page.locator("#c-graph svg").wait_for()
    watched.looked_at("board")
    fault = page.locator("ol li", has_text="个项目").first
    number = int(fault.inner_text().split("：")[-1].split("个项目")[0])
    fault.locator("a").first.click()
    page.locator("#rows", has_text=f"共 {number} 个项目").wait_for()
    with page.expect_download() as started:
        page.goto(f"{address}/board")
        page.get_by_role("link", name="年度汇总.xlsx").click()
    assert started.value.suggested_filename == "年度汇总.xlsx"
    page.goto(f"{address}/register?q=平台")
    page.locator("table summary").first.click()
    watched.looked_at("register")
    page.once("dialog", lambda d: d.accept())
    gone = page.locator("table tbody tr").first.locator("td").first.inner_text()
    page.get_by_role("button", name="从台账删除").first.click()
    page.get_by_text(f"已删除{gone}").wait_for()
    page.locator("[name=level]").select_option("省")
    page.get_by_role("button", name="查找").click()
    page.get_by_text("统建").first.wait_for()
    watched.looked_at("register-filtered")
    page.goto(f"{address}/policy")
    watched.looked_at("policy")
    page.goto(f"{address}/policy/rules/NEG-1")
    watched.looked_at("rule")
    page.goto(f"{address}/?q=没有这样的项目")
    watched.looked_at("nothing-found")


def test_an_archive_of_many_projects_is_split(watched, submitted, tmp_path):
    page, address = watched.page, watched.address
    with zipfile.ZipFile(tmp_path / "两个项目.zip", "w") as archive:
        for index in range(2):
            plan = _plan(tmp_path / f"{index}.docx", f"停车引导系统{index}", f"区第{index}局")
            archive.write(plan, f"申报/项目{index}/建设方案.docx")
    page.goto(address)
    page.locator("details.panel > summary").click()
    page.get_by_label("一批项目").check()
    page.set_input_files("#files", str(tmp_path / "两个项目.zip"))
    page.get_by_role("button", name="开始审核").click()
    page.wait_for_url("**batch=*")
    batch = page.url.split("batch=")[1]
    _until(lambda: not _api(address, f"/batches/{batch}")["open"], "two projects out of one archive")
    assert len(_api(address, f"/batches/{batch}")["submissions"]) == 2


def test_what_is_not_there_says_so(watched, submitted):
    page, address = watched.page, watched.address
    watched.wrong.clear()
    page.goto(f"{address}/submissions/none")
    page.get_by_text("没有这个项目").wait_for()
    watched.forgive("404")
    watched.looked_at("problem")


def _settled(address: str, number: str) -> str:
    _until(lambda: _api(address, f"/submissions/{number}")["state"] not in {"waiting", "running"}, number)
    return str(_api(address, f"/submissions/{number}")["state"])


def test_sent_by_mistake_it_is_deleted_with_a_question_and_a_reason(watched, submitted, small):
    page, address, number = watched.page, watched.address, small["mistake"]
    assert _settled(address, number) == "done"
    page.goto(f"{address}/deleted")
    watched.looked_at("empty-deleted")
    page.goto(f"{address}/submissions/{number}")
    page.locator("#delete summary").click()
    page.locator("#delete [name=reason]").fill(f"放错了文件{HOSTILE}")
    asked: list[str] = []
    page.once("dialog", lambda d: (asked.append(d.message), d.dismiss()))
    page.locator("#delete").get_by_role("button", name="删除", exact=True).click()
    assert "不能恢复" in asked[0]
    assert _api(address, f"/submissions/{number}")["state"] == "done"  # whoever says no has changed nothing
    watched.looked_at("deleting")
    page.once("dialog", lambda d: d.accept())
    page.locator("#delete").get_by_role("button", name="删除", exact=True).click()
    page.wait_for_url(f"{address}/")
    assert "报错了的系统" not in page.locator("#rows").inner_text()
    page.get_by_role("link", name="删除记录").click()
    row = page.locator("tbody tr").first.inner_text()
    assert "报错了的系统" in row
    assert "放错了文件" in row
    watched.looked_at("deleted")
    page.goto(f"{address}/submissions/{number}")
    page.get_by_text("理由：放错了文件").wait_for()
    watched.forgive("404")
    watched.looked_at("gone")
    told = _api(address, f"/submissions/{number}/history")["items"]
    assert told[0]["what"].startswith("删除这个项目，理由：放错了文件")


def test_what_is_refused_or_cannot_be_reviewed_says_so(watched, submitted, small):
    page, address = watched.page, watched.address
    for fate, words in (("refused", "材料没有留存"), ("failed", "没有找到建设方案")):
        assert _settled(address, small[fate]) == fate
        page.goto(f"{address}/submissions/{small[fate]}")
        assert words in page.locator("main").inner_text()
        watched.looked_at(fate)
    page.goto(f"{address}/submissions/{small['refused']}")
    assert "台账是空的" not in page.locator("main").inner_text()  # it was not compared with anything
    assert page.get_by_role("button", name="重新审核").is_disabled()


def test_the_entrance_where_a_token_is_set(browser, shots, tmp_path):
    port = _port()
    environment = {**os.environ, "CHUSHEN_HOME": str(tmp_path), "CHUSHEN_TOKEN": "geheim"}
    command = [Path(sys.executable).with_name("chushen"), "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as served:
        url = f"http://127.0.0.1:{port}"
        _until(lambda: _answers(url), f"the service at {url}", 300)
        watched = Watched(browser.new_context().new_page(), url, shots)
        page = watched.page
        page.goto(url)
        watched.looked_at("entrance")
        page.fill("#token", "falsch")
        page.get_by_role("button", name="进入").click()
        page.get_by_text("口令不对").wait_for()
        watched.forgive("401")
        page.fill("#token", "geheim")
        page.get_by_role("button", name="进入").click()
        page.get_by_role("button", name="退出").click()
        page.wait_for_url("**/login")
        assert not watched.wrong
        served.terminate()
