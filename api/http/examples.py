"""What the API answers, by example; a test holds each beside a real answer."""

from __future__ import annotations

import json
from typing import Any

_AT = "2022-03-01T02:03:04.000005+00:00"
_ID = "5f0c8a1e9b7d4c32"
_FINDING = "0f3a5c7e9b1d"
_ROW = {
    "id": _ID, "name": "本年申报__某项目", "at": _AT, "by": "张三", "batch": "", "previous": "", "state": "done",
    "error": "", "year": 2022, "title": "民生诉求办理系统", "unit": "区某局", "domain": "数字社会", "kind": "新申报",
    "total_wan": 186.5, "advice": "建议补正后再审", "blockers": 1, "warnings": 4, "notices": 2, "unchecked": 0,
    "review": "9a1b2c3d4e5f6071",
}  # fmt: skip
_OPINION = {
    "text": "请补充等保定级说明。", "advice": "建议补正后再审", "version": 1,
    "views": {}, "dispute": "",
}  # fmt: skip
_JOB = {
    "id": "77aa88bb99cc00dd", "state": "running", "stage": "逐项检查", "error": "", "attempts": 1, "at": _AT,
    "finished": "", "ahead": 0, "cancel_requested": False,
}  # fmt: skip
_DECISION = {
    "finding": _FINDING, "verdict": "changed", "reason": "一期已建",
    "content": {"measure": "核减", "amount_wan": 12.5}, "version": 1, "by": "张三", "at": _AT,
}  # fmt: skip
_ADDED = {**_DECISION, "finding": "m0a1b2c3d4e5", "verdict": "added", "reason": "", "content": {"title": "接口未落实"}}
_BATCH = {"id": "0011223344556677", "name": "2022年申报", "at": _AT, "by": "张三", "size": 30, "open": 0}
_PLACE = {"document": "建设方案.docx", "page": None, "paragraph": 31, "quote": "……"}
_COPIED = {
    "submissions": [_ID, "6a1d9b2fac8e5d43"], "characters": 812, "share": 0.12, "count": 9,
    "passages": [{"characters": 96, "quotes": [_PLACE, _PLACE]}],
}  # fmt: skip
_SYSTEM = {"id": "S017", "name": "一网统管平台", "unit": "区某中心", "status": "在用", "functions": ["受理", "派单"]}
EXAMPLES: dict[str, Any] = {
    "taken": {"id": _ID},
    "list": {"items": [_ROW | {"opinion": "", "opinion_advice": "", "version": 0}], "total": 1, "next_offset": None},
    "submission": {**_ROW, "opinion": _OPINION, "job": _JOB, "copied": {
        "compared": True, "pairs": [], "earlier": 120, "unread": [], "whole": True, "alone": True}, "files": [
        {"submission": _ID, "name": "建设方案.docx", "sha256": "ab" * 32, "size": 143360}
    ], "unread": [{"name": "附件/报价.pdf", "why": "已损坏，无法解压"}]},
    "job": {"job": _JOB["id"]},
    "batch again": {"queued": 30},
    "rule": {"rule": "NEG-1", "manual": "NEG-1 新建机房……"},
    "system": {**_SYSTEM, "history": [
        {"at": _AT, "kind": "新增", "source": "已有系统.xlsx", "fields": [["name", "", "一网统管平台"]]}
    ]},
    "stopped": {"stopped": 1},
    "comparison": {
        "counts": {"asked": 3, "fixed": 1, "part": 0, "open": 2, "unsure": 0, "new": 0},
        "items": [{
            "mark": "二、1", "asked": "拟新建机房一处。请说明能否使用政务云。", "before": "方案“（二）部署”：“机房”",
            "after": "（已删除）", "reply": "改用政务云（第12页）", "state": "已补正", "note": "",
            "earlier": [_FINDING], "findings": [],
        }],
        "changes": [{
            "what": "概算行改动", "before": "概算表第2行：“1　受理　12”", "after": "概算表第2行：“1　受理　14”",
            "money": True, "asked": False, "relation": "未要求",
        }],
        "uncompared": ["本次“报价.pdf”（第2页无法识别）"],
        "fixed": [], "unsure": [], "open": [], "worse": [], "new": [],
    },
    "history": {"items": [{"at": _AT, "by": "张三", "verified": False, "what": "修改“新建机房”，理由：一期已建"}],
                "total": 1, "next_offset": None},
    "decisions": [_DECISION],
    "decision": _DECISION,
    "added": _ADDED,
    "opinion": _OPINION,
    "version": {"version": 1},
    "deletions": {"items": [
        {"id": _ID, "name": _ROW["name"], "title": _ROW["title"], "unit": _ROW["unit"], "sent": _AT, "sender": "张三",
         "at": _AT, "by": "李四", "why": "报错了文件夹"}
    ], "total": 1, "next_offset": None},
    "papers": [{"kind": "初审意见", "formats": ["docx", "pdf"]}],
    "batch taken": {"id": _BATCH["id"], "submissions": [_ID]},
    "batches": {"items": [_BATCH], "total": 1, "next_offset": None},
    "batch": {**_BATCH, "submissions": [
        {"id": _ID, "name": _ROW["name"], "title": _ROW["title"], "state": "done", "advice": _ROW["advice"],
         "blockers": 1, "warnings": 4}
    ], "clusters": [[_ID, "6a1d9b2fac8e5d43"]],
        "groups": [{"members": [_ID, "6a1d9b2fac8e5d43"], "matrix": [[None, 0.75], [0.6, None]],
                    "functions": [[None, 3], [3, None]], "lead": _ID, "unit": "区某局",
                    "why": ["拟建功能覆盖其他项目最多（平均60%）"], "coordinator": "区发改经信局",
                    "text": "建议“某系统”、“某平台”统筹整合，由区某局牵头重新编制方案。"}],
        "copied": {"compared": True, "pairs": [_COPIED], "earlier": 120, "unread": []},
    "total_wan": 3200.0, "cut_wan": 210.5},
    "register": {"items": [_SYSTEM], "total": 1, "next_offset": None},
    "nearest": {"items": [_SYSTEM | {"score": 0.4125}], "register": 70,
                "embedder": "multilingual-e5-small-register-int8-1a2b3c4d"},
    "imported": {"added": 69, "updated": 1, "unchanged": 0, "refused": [{"row": 12, "why": "没有系统名称"}]},
    "policy": {"id": "gongshu-2021", "title": "管理暂行办法", "version": "1", "sha256": "ef" * 32,
               "clauses": [{"ref": "第八条（一）", "text": "新建或扩建机房、云平台、实体数据中心。"}],
               "template": [{"number": "1.6", "title": "总投资金额及来源", "mandatory": True}], "rules": ["NEG-1"]},
    "health": {"status": "ok", "version": "0.1.0", "running": 1, "limit": 2,
               "queue": {"waiting": 3, "running": 1, "failed": 0}, "uploads": 0},
}  # fmt: skip


def shown(name: str, status: int = 200, **more: Any) -> dict[int | str, dict[str, Any]]:  # noqa: ANN401  as OpenAPI has it
    """Return the OpenAPI description of an answer with its example."""
    return {status: {"content": {"application/json": {"example": EXAMPLES[name]}}, **more}}


def sent(*types: str, example: str = "") -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of an answer that is no JSON of ours: a file, or text with an `example`."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {"example": example} if example else binary
    return {200: {"content": dict.fromkeys(types, content)}}


EVENT = f"event: job\ndata: {json.dumps(_JOB, ensure_ascii=False)}\n\n"
REPORT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": {
        "schema": "chushen.report/1", "not_checked": [],
        "submission": {"title": "民生诉求办理系统", "total_wan": 186.5},
        "findings": [{"id": _FINDING, "rule": "NEG-1", "severity": "blocker", "title": "新建机房"}],
        "conclusion": {"advice": "建议补正后再审", "reasons": ["……"], "measures": []},
    }}}, "description": "report.json，字段见 docs/contract.md"}
}  # fmt: skip
