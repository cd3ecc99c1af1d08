"""Which names of a register are one unit."""

from __future__ import annotations

import pytest

from corpus.policies import load_policy
from models.units import Units


@pytest.fixture(scope="module")
def units() -> Units:
    return Units.of(load_policy().data)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("区民政局", "杭州市拱墅区民政局"),
        ("拱墅区民政局", "杭州市拱墅区民政局"),
        ("原下城区民政局", "区民政局"),
        ("民政局", "浙江省杭州市拱墅区民政局"),
        ("区经信局", "杭州市拱墅区发展改革和经济信息化局"),
        ("原拱墅区发展和改革局", "区发展改革和经济信息化局"),
        ("下城区文化广电新闻出版局", "杭州市拱墅区文化和广电旅游体育局"),
        ("区安监局", "拱墅区应急管理局"),
        ("区住建局", "杭州市拱墅区住房和城乡建设局"),
        ("杭州市生态环境局拱墅分局", "区环保局"),
        ("杭州市公安局拱墅区分局", "拱墅区公安分局"),
        ("中共杭州市拱墅区委组织部", "区委组织部"),
        ("杭州市拱墅区人民政府办公室", "区府办"),
        ("杭州市拱墅区人民政府祥符街道办事处", "祥符街道"),
        ("市市场监管局", "杭州市市场监督管理局"),
        ("杭州市民政局、拱墅区民政局", "区民政局"),
        ("区民政局（牵头）", "杭州市拱墅区民政局"),
    ],
)
def test_one_unit(units: Units, a: str, b: str) -> None:
    assert units.same(a, b)
    assert units.same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("杭州市民政局", "杭州市拱墅区民政局"),
        ("市民政局", "区民政局"),
        ("浙江省民政厅", "区民政局"),
        ("浙江省教育局", "杭州市教育局"),
        ("杭州市上城区民政局", "区民政局"),
        ("区民政局", "区教育局"),
        ("杭州市经济和信息化局", "区发展改革和经济信息化局"),
        ("区市场监督管理局", "杭州市市场监督管理局"),
        ("区卫生健康局", "区应急管理局"),
        ("", "区民政局"),
    ],
)
def test_two_units(units: Units, a: str, b: str) -> None:
    assert not units.same(a, b)
    assert not units.same(b, a)


def test_without_a_place_names_alone_are_compared() -> None:
    assert Units.of(None).same("区民政局", "杭州市拱墅区民政局")


@pytest.mark.parametrize(
    ("a", "b", "held"),
    [
        ("杭州市市场监督管理局", "拱墅区市场监督管理局", True),
        ("省民政厅", "杭州市拱墅区民政局", True),
        ("浙江省自然资源厅", "区规划和自然资源局", True),
        ("省自然资源厅", "拱墅区市场监督管理局", False),
        ("市交通运输局", "拱墅区机关事务服务中心", False),
        ("省财政厅", "区民政局", False),
    ],
)
def test_one_line_of_departments(units: Units, a: str, b: str, held: bool) -> None:
    assert units.same_line(a, b) is held
