"""State-secret marks and what only looks like one."""

import pytest

from ingest.secrecy import marked, marked_name
from models.domain.document import Cell, Document, Paragraph, Table

MARKS = (
    "秘密★10年", "机密★", "绝密", "机 密 ★ 20 年", "秘密 10年", "密级：秘密", "密级:机密★长期", "絕密", "機密★10年", "【机密】",
    "（秘密）", "秘密★三年", "000123 机密★1年", "秘密级", "秘密★10年  编号：001", "秘密＊１０年", "密级　秘密",
)  # fmt: skip
HARMLESS = (
    "商业秘密", "保密要求", "涉密集成资质", "密级：公开", "密级：无", "密级：非密", "密级：内部", "不涉及国家秘密", "秘书", "秘书处",
    "密集", "人员密集场所", "机密性", "机密性、完整性、可用性", "绝密飞行", "绝密行动", "保密", "本项目不涉密", "国家秘密", "秘密信息",
    "个人隐私和商业秘密", "机密计算", "数据机密性要求", "严守秘密", "秘密花园", "本系统不存储、不处理秘密信息", "商业秘密★",
    "秘密级以上信息不得上网", "密级：☑公开 □秘密 □机密", "□秘密 □机密 □绝密", "是否涉密：否", "机密性★★★", "涉密等级：无",
    "保密期限：无", "工作秘密", "涉及国家秘密、商业秘密", "技术秘密 3项", "机密文件柜 2个", "密码应用", "涉密人员管理制度",
)  # fmt: skip


def document(*blocks, **more):
    return Document("方案.docx", "docx", "0", blocks, **more)


@pytest.mark.parametrize("text", MARKS)
def test_marks_are_found(text):
    assert marked(document(Paragraph(text))) == "首页"
    assert marked(document(headers=(text,))) == "页眉"
    assert marked(document(footers=(text,))) == "页脚"
    assert marked(document(properties=(("keywords", text),))) == "属性"


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_pass(text):
    table = Table(((Cell(text, 0), Cell("秘密", 1)),))
    assert marked(document(Paragraph(text), headers=(text,), properties=(("title", text),))) is None
    assert marked(document(table)) is None
    assert marked_name(text + ".docx") is None


def test_file_names():
    for name in ("机密-方案.docx", "方案（秘密）.docx", "秘密★5年 方案.docx", "机密/方案.docx", "秘密10年方案.docx"):
        assert marked(name) == "文件名"
    assert marked("商业秘密保护平台方案.docx") is None


def test_only_the_first_pages_count():
    many = [Paragraph("正文")] * 20
    assert marked(document(*many, Paragraph("秘密★10年"))) is None
    assert marked(document(Paragraph("正文", page=1), Paragraph("秘密★10年", page=3))) is None
    assert marked(document(Table(((Cell("密级", 0), Cell("机密", 1)),)))) == "首页"
