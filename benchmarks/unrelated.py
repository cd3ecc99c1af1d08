"""Whether a large register changes what is found: the same plans before and after unrelated systems are added.

`python benchmarks/unrelated.py CASES PLANS [--add 5000]`: CASES holds systems.csv and labels/ as `build.py` makes them,
PLANS a folder with `<case>/plan.md`. Prints of each plan which systems are likely enough to be asked about, which a
report tells of as duplicate or overlap, before and after, and how long a comparison takes.
The added systems are invented and varied: things, actions, users and units put together by chance, the same every time.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analyzers.context import Context
from analyzers.duplicates import ASKED, compare
from api.settings import settings
from api.wiring import matcher_of
from corpus.policies import load_policy
from corpus.register import SystemIndex, open_register, read_systems
from ingest.plain import read_plain
from models.domain.policy import Policy
from models.domain.register import System
from models.domain.submission import Submission
from models.facts import summary
from models.understanding import place, understand

_THINGS = [
    "气象站点",
    "农机具",
    "林木种苗",
    "内河船舶",
    "计量器具",
    "博物馆藏品",
    "种畜禽",
    "渔业捕捞",
    "地震台站",
    "测绘成果",
    "无线电台站",
    "民族宗教场所",
    "侨胞联络",
    "仲裁案件",
    "公证文书",
    "彩票销售",
    "殡葬用品",
    "地名标志",
    "烟花爆竹",
    "测绘标志",
    "水文断面",
    "矿产储量",
    "土壤墒情",
    "蚕桑收购",
    "茶园病虫",
    "粮食收购",
    "棉花检验",
    "蜂产品",
    "古树名木",
    "湿地鸟类",
    "海域使用",
    "港口岸线",
    "航道浮标",
    "铁路道口",
    "机场净空",
    "油气管道",
    "供热管网",
    "瓶装燃气",
    "路灯电缆",
    "户外电子屏",
    "犬只免疫",
    "献血点",
    "病媒生物",
    "职业病危害",
    "放射源",
    "实验动物",
    "疫苗冷链",
    "药材种植",
    "医疗器械注册",
    "化妆品备案",
    "盐业专营",
    "烟草零售",
    "酒类流通",
    "典当行",
    "融资租赁",
    "地方债券",
    "国库单一账户",
    "会计人员",
    "资产评估",
    "税票存根",
    "统计名录",
    "价格监测点",
    "信用修复",
    "专利代理",
    "技术合同",
    "科普场馆",
    "院士工作站",
    "留学人员",
    "外国人工作",
    "劳动争议",
    "工伤认定",
    "技能竞赛",
    "退休人员档案",
    "军供保障",
    "国防动员",
    "兵役登记",
    "人防警报",
    "电影放映",
    "印刷企业",
    "广播信号",
    "网络视听",
    "文物商店",
    "非遗传承人",
]
_ACTIONS = [
    "登记建档",
    "年度检验",
    "现场核查",
    "数据采集",
    "异常提醒",
    "许可申请",
    "审核公示",
    "费用核定",
    "台账更新",
    "人员考核",
    "设备检定",
    "检测报告上传",
    "到期提醒",
    "信息发布",
    "投诉受理",
    "统计上报",
    "抽样检查",
    "证书核发",
    "培训报名",
    "轨迹记录",
]
_USERS = ("经营者", "基层站所", "检测机构", "技术人员", "乡镇", "协会", "专家", "社会公众")
_UNITS = (
    "市气象局",
    "省农业农村厅",
    "市交通运输局",
    "省市场监督管理局",
    "市文化广电旅游局",
    "省自然资源厅",
    "市财政局",
    "市科学技术局",
)
_KINDS = ("管理系统", "监管平台", "服务应用", "信息库", "业务系统")


def unrelated(number: int, seed: int = 1) -> list[System]:
    """Return invented systems, the same for the same seed."""
    chance = np.random.default_rng(seed)
    out = []
    for n in range(number):
        thing, other = chance.choice(_THINGS, 2, replace=False)
        actions = chance.choice(_ACTIONS, int(chance.integers(3, 8)), replace=False)
        user, unit, kind = chance.choice(_USERS), chance.choice(_UNITS), chance.choice(_KINDS)
        functions = tuple(f"{thing if chance.random() < 0.8 else other}{action}" for action in actions)
        description = f"面向{user}办理{thing}的{actions[0]}、{actions[1]}，并与{other}信息关联。"
        out.append(System(f"X{n:06d}", f"{thing}{kind}", str(unit), "市", "在用", "2020", description, functions))
    return out


@dataclass(frozen=True, slots=True)
class Seen:
    """What a plan is told with one register: likely ones, those a report tells of, seconds of a comparison."""

    likely: frozenset[str]
    told: frozenset[str]
    took: float


def seen(submission: Submission, register: SystemIndex, policy: Policy) -> Seen:
    """Compare a plan with a register, warm, and judge as a review does."""
    title = summary(submission.facts).title
    register.near(title, submission.functions)
    start = time.perf_counter()
    near = register.near(title, submission.functions)
    took = time.perf_counter() - start
    judged = compare(Context(policy, submission, register, None, near))
    told = frozenset(d.system_id for d in judged if d.verdict != "related")
    return Seen(frozenset(c.system.id for c in near if c.score >= ASKED), told, took)


def line(name: str, want: set[str], before: frozenset[str], after: frozenset[str]) -> str:
    """Return one comparison of before and after."""
    return (
        f"{name} found {len(before & want)}/{len(want)}, false {len(before - want)}, "
        f"after {len(after & want)}/{len(want)}, false {len(after - want)}; "
        f"new {sorted(after - before)} lost {sorted(before - after)}"
    )


def main() -> int:
    """Print what each plan finds before and after."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=Path)
    parser.add_argument("plans", type=Path)
    parser.add_argument("--add", type=int, default=5000)
    arguments = parser.parse_args()
    policy, embedder = load_policy(settings().policy), matcher_of(settings())
    own = read_systems(arguments.cases / "systems.csv").systems
    registers = [open_register([*own, *more], embedder) for more in ((), unrelated(arguments.add))]
    totals: dict[str, list[set[tuple[str, str]]]] = {"likely": [set(), set()], "told": [set(), set()]}
    wanted: set[tuple[str, str]] = set()
    for path in sorted(arguments.plans.glob("*/plan.md")):
        case = path.parent.name
        submission = understand(case, [place(read_plain(path.read_bytes(), "plan.md", "md"), policy, None)], policy, ())
        want = set(json.loads((arguments.cases / "labels" / f"{case}-clean.json").read_text())["duplicates"])
        wanted |= {(case, system) for system in want}
        both = [seen(submission, register, policy) for register in registers]
        print(f"{case}: {both[0].took * 1000:.0f} ms, after {both[1].took * 1000:.0f} ms")
        for name, sums in totals.items():
            before, after = (getattr(one, name) for one in both)
            print(line(f"  {name}:", want, before, after))
            for ids, kept in zip((before, after), sums, strict=True):
                kept |= {(case, system) for system in ids}
    print(f"{arguments.add} systems added:")
    for name, (before, after) in totals.items():
        print(
            f"  {name}: found {len(before & wanted)}/{len(wanted)}, false {len(before - wanted)}; "
            f"after {len(after & wanted)}/{len(wanted)}, false {len(after - wanted)}; {len(before ^ after)} changed"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
