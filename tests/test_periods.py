"""Building periods as papers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.periods import Period, period


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("建设周期为2022年3月至2022年12月，共10个月，其中开发6个月", (2022, 3, 2022, 12)),
        ("2022.04—2023.03", (2022, 4, 2023, 3)),
        ("2022年2月—9月，8个月", (2022, 2, 2022, 9)),
        ("自2022年7月起，至当年12月止，计六个月", (2022, 7, 2022, 12)),
        ("二〇二二年三月至十二月", (2022, 3, 2022, 12)),
        ("2022年6月开工，2023年8月完成终验，合计15个月。", (2022, 6, 2023, 8)),
        ("12个月（2022年4月1日至2023年3月31日）", (2022, 4, 2023, 3)),
        ("六个月（2022年7月至2022年12月）", (2022, 7, 2022, 12)),
        ("2022-04-01至2023-03-31", (2022, 4, 2023, 3)),
        ("2022/4/1-2023/3/31", (2022, 4, 2023, 3)),
        ("202204-202303", (2022, 4, 2023, 3)),
        ("2022年3月起至次年2月", (2022, 3, 2023, 2)),
        ("2022年3月至2022年底", (2022, 3, 2022, 12)),
        ("自2022年3月开始，于2023年3月底前建成", (2022, 3, 2023, 3)),
        ("计划于2022年5月启动，11月底完成验收", (2022, 5, 2022, 11)),
        ("自二○二二年五月起至二〇二三年四月止", (2022, 5, 2023, 4)),
        ("2022年03月～2023年02月", (2022, 3, 2023, 2)),
    ],
)
def test_periods(text, expected):
    assert period(text) == Period(*expected)


@pytest.mark.parametrize(
    "text",
    [
        "六个月",
        "2022年度",
        "2022年13月至2022年14月",
        "2022年10月至2022年1月",
        "2022年7月完成采购；8月至9月开发上线",
        "",
    ],
)
def test_no_period(text):
    assert period(text) is None


_MONTHS = st.integers(1, 12)


@given(st.integers(2000, 2098), _MONTHS, st.integers(0, 1), _MONTHS)
def test_written_forms_agree(year, first, more, last):
    if more == 0 and last < first:
        first, last = last, first
    wanted = Period(year, first, year + more, last)
    forms = (
        wanted.text,
        f"{year}.{first:02d}—{year + more}.{last:02d}",
        f"{year}年{first}月1日起，至{year + more}年{last}月28日止",
    )
    assert [period(f) for f in forms] == [wanted] * 3


@given(st.text(alphabet="20219年月日至—-.起 止个自", max_size=40))
def test_nothing_raises(text):
    found = period(text)
    assert found is None or (1 <= found.start_month <= 12 and found.months >= 1)
