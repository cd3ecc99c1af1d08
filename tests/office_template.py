"""An office's own form of 补正通知 as LibreOffice saves it: red head, page head and foot, a table, a framed note."""

from __future__ import annotations

import subprocess
from pathlib import Path

_NAMES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for short, long in (
        ("office", "office"), ("text", "text"), ("style", "style"), ("table", "table"), ("draw", "drawing"),
        ("fo", "xsl-fo-compatible"), ("svg", "svg-compatible"),
    )
)  # fmt: skip
_BODY = """
<text:p text:style-name="Red">某区某局文件</text:p>
<text:p text:style-name="Centre">关于补正《<text:span text:style-name="Bold">{title}</text:span>》申报材料的通知</text:p>
<text:p text:style-name="Standard">{un<text:span text:style-name="Bold">it</text:span>}：</text:p>
<text:p text:style-name="Standard">你单位报送的申报材料（总投资{total}）收悉。依据《{policy}》，请补正以下{must_count}项：</text:p>
<text:p text:style-name="Standard">{must.number}. {must.text}</text:p>
<text:p text:style-name="Standard"><draw:frame draw:name="F" text:anchor-type="paragraph" svg:width="9cm"><draw:text-box
 fo:min-height="1cm"><text:p>经办科室存：{title}</text:p></draw:text-box></draw:frame>需要说明的：</text:p>
<table:table table:name="T"><table:table-column table:number-columns-repeated="2"/>
<table:table-row><table:table-cell><text:p>序号</text:p></table:table-cell>
<table:table-cell><text:p>请说明</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell><text:p>{explain.number}</text:p></table:table-cell>
<table:table-cell><text:p>{explain.text}</text:p></table:table-cell></table:table-row></table:table>
<text:p text:style-name="Standard">{表：概算核减}</text:p>
<text:p text:style-name="Standard">（某区某局印章处）</text:p>
"""
_FODT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {_NAMES} office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles>
<style:style style:name="Standard" style:family="paragraph"><style:text-properties fo:font-size="14pt"/></style:style>
<style:style style:name="Red" style:family="paragraph"><style:paragraph-properties fo:text-align="center"
 fo:border-bottom="1.5pt solid #ff0000"/><style:text-properties fo:color="#ff0000" fo:font-size="30pt"/></style:style>
<style:style style:name="Centre" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>
<style:text-properties fo:font-size="18pt"/></style:style>
<style:style style:name="Bold" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>
</office:styles>
<office:automatic-styles><style:page-layout style:name="P"><style:page-layout-properties fo:page-width="21cm"
 fo:page-height="29.7cm" fo:margin="2.5cm"/><style:header-style/><style:footer-style/></style:page-layout>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="P">
<style:header><text:p>某局信息化项目管理　{{unit}}</text:p></style:header>
<style:footer><text:p>第<text:page-number/>页　{{title}}</text:p></style:footer></style:master-page></office:master-styles>
<office:body><office:text>{_BODY}</office:text></office:body></office:document>
"""


def office_template(folder: Path) -> Path:
    """Write the form with LibreOffice and return where the docx lies."""
    source = folder / "本局格式.fodt"
    source.write_text(_FODT, encoding="utf-8")
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "docx"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=300)
    return source.with_suffix(".docx")
