"""Thresholds of the register out of labels."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from api.calibration import ENOUGH, KEY, Labelled, calibrate, read_labels, write
from api.cli import run
from corpus.policies.loader import PACKS, load_policy
from models.domain.errors import RegisterError
from models.likeness import FEATURES, load_decision, of_pack


def labels(folder: Path, rows: list[tuple[float, str]]) -> Path:
    near = [{"system_id": f"S{n}", "score": score} for n, (score, _) in enumerate(rows)]
    (folder / "report.json").write_text(json.dumps({"duplicates": near}), "utf-8")
    lines = [f"report.json,S{n},{said}" for n, (_, said) in enumerate(rows)]
    path = folder / "labels.csv"
    path.write_text("\n".join(["报告,编号,结论", *lines, "report.json,nowhere,无关"]), "utf-8-sig")
    return path


ROWS = [(0.4 + n / 50, "重复") for n in range(15)] + [(n / 40, "无关") for n in range(15)]


def test_the_lowest_threshold_that_keeps_the_precision() -> None:
    pairs = [Labelled(score, said == "重复") for score, said in ROWS]
    found = calibrate(pairs)
    assert found.least == pytest.approx(0.33)
    assert found.recall == 1
    assert found.precision >= 0.9


def test_a_command_writes_it_into_the_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACKS / "gongshu-2021", pack)
    path = labels(tmp_path, ROWS)
    for _ in range(2):  # a second time replaces the line
        assert run(["corpus", "calibrate", str(path), "--policy", str(pack)]) == 0
    assert "准确率" in capsys.readouterr().out
    assert (pack / "thresholds.yaml").read_text("utf-8").count(KEY) == 1
    assert load_policy(pack).thresholds[KEY] == pytest.approx(0.33)


def test_labels_become_the_examples_a_report_shows(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACKS / "gongshu-2021", pack)
    path = labels(tmp_path, ROWS)
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    report["submission"] = {"title": "某项目"}
    for n, near in enumerate(report["duplicates"]):
        near |= {"system_name": f"系统{n}", "features": dict.fromkeys(FEATURES, float(n))}
    (tmp_path / "report.json").write_text(json.dumps(report), "utf-8")
    assert run(["corpus", "calibrate", str(path), "--policy", str(pack)]) == 0
    known = of_pack(load_policy(pack).data["examples"])
    assert known is not None
    assert len(known.systems) == len(ROWS)  # the one no report shows is none
    decision = load_decision().same
    asked = [2.2] * len(FEATURES)
    shown = {same: known.systems[known.nearest(asked, decision, same=same) or 0] for same in (True, False)}
    assert shown == {True: "系统2", False: "系统15"}
    assert of_pack([e for e in load_policy(pack).data["examples"] if e["same"]]) is None


def test_too_few_labels_and_unknown_words_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="标注太少"):
        calibrate([Labelled(0.9, same=True)] * ENOUGH)
    with pytest.raises(RegisterError, match="第2行的结论"):
        read_labels(labels(tmp_path, [(0.5, "也许")]))
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2", "utf-8")
    with pytest.raises(RegisterError, match="缺少列"):
        read_labels(path)


def test_a_pack_that_does_not_hold_together_is_left_alone(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACKS / "gongshu-2021", pack)
    pairs = [Labelled(score, said == "重复") for score, said in ROWS]
    assert write(pack, calibrate(pairs)) == pack / "thresholds.yaml"
