"""Amounts, counts and Chinese numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.quantities import capital_amount, cell_amount, chinese_number, counts, money_wan, number, quantity, unit_in


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("项目总投资268.6万元，全部由区财政安排", "", [268.6]),
        ("268.60（人民币贰佰陆拾捌万陆仟元整）", "万元", [268.6, 268.6]),
        ("7,768,000元", "万元", [776.8]),
        ("4,123,500.00", "元", [412.35]),
        ("贰拾伍万陆仟元整（25.6万元）", "", [25.6, 25.6]),
        ("１２３．５万元", "", [123.5]),
        ("1.2亿元", "", [12000.0]),
        ("一百二十点五万元", "", [120.5]),
        ("人民币86.4", "万元", [86.4]),
        ("50—80万元", "", [80.0]),
        ("-5万元", "万元", []),
        ("1e309元", "", []),
        ("3单元，2022元旦，多元化", "", []),
        ("注册用户5.8万人", "", []),
        ("2022年", "万元", []),
        ("999999999999999999亿元", "", []),
    ],
)
def test_money(text, hint, expected):
    assert [m.wan for m in money_wan(text, hint)] == pytest.approx(expected)


def test_ranges_and_about_are_marked():
    (money,) = money_wan("约50万元至80万元")
    assert (money.low, money.wan) == (50.0, 80.0)
    assert money_wan("约500万元")[0].about
    assert money_wan("500万元左右")[0].about
    assert not money_wan("500万元")[0].about


@given(st.decimals(min_value="0.01", max_value="99999", places=2))
def test_thousands_separators_and_units_say_the_same(amount):
    wan = float(amount)
    assert money_wan(f"总投资{amount}万元")[0].wan == pytest.approx(wan)
    assert money_wan(f"总投资{amount * 10000:,.2f}元")[0].wan == pytest.approx(wan, abs=1e-5)
    assert cell_amount(f"{amount * 10000:,.2f}", "元") == pytest.approx(wan, abs=1e-5)


@given(st.text(max_size=80))
def test_spans_quote_the_text_and_nothing_raises(text):
    for money in money_wan(text, "万元"):
        assert text[money.start : money.end] == money.as_written
        assert money.wan >= 0
    counts(text)
    quantity(text)
    cell_amount(text, "元")
    chinese_number(text)


_CAPITAL = "零壹贰叁肆伍陆柒捌玖"


def _capital(value: int) -> str:
    """Write 1..99999999 in 大写."""

    def four(part: int) -> str:
        out, zero = "", False
        for unit, size in (("仟", 1000), ("佰", 100), ("拾", 10), ("", 1)):
            digit = part // size % 10
            if digit:
                out += ("零" if zero and out else "") + _CAPITAL[digit] + unit
                zero = False
            else:
                zero = True
        return out

    high, low = divmod(value, 10000)
    text = four(high) + "万" if high else ""
    return text + ("零" if high and 0 < low < 1000 else "") + four(low)


@given(st.integers(min_value=1, max_value=99_999_999))
def test_capital_amounts_read_back(value):
    assert capital_amount(f"人民币{_capital(value)}元整") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("二百六十八万六千", 2686000), ("二〇二二", 2022), ("十二点五", 12.5), ("三十", 30), ("甲乙", None)],
)
def test_chinese_numbers(text, value):
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("表14-1 概算汇总（单位：万元）", "万元"),
        ("金额（元）", "元"),
        ("表中金额单位为元。", "元"),
        ("项目总投资(万元)", "万元"),
        ("数量", ""),
    ],
)
def test_units_of_headings(text, unit):
    assert unit_in(text) == unit


def test_cells_and_quantities():
    assert [quantity(t) for t in ("12台", "1项", "两套", "—", "")] == [12, 1, 2, None, None]
    assert cell_amount("—", "万元") is None
    assert cell_amount("约12", "万元") is None
    assert number("1,234.5") == 1234.5
    assert [(c.value, c.unit[0]) for c in counts("居民16.9万人，网格员约402人")] == [(169000, "人"), (402, "人")]
