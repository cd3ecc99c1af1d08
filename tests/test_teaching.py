"""Teaching the judge's encoder (models.training.material, encoder, tuning) on a handful of texts."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from conftest import need

from models.e5.convert import default_folder
from models.training.train import PACK, PLAIN, Sample

RULES = ("NEG-1", "NEG-4")
FAULTS = ["本项目在局机关三楼新建机房一间，购置服务器二十台。", "一期工程尚未通过验收，现申请建设二期。"]
HARMLESS = ["系统部署在政务云，不新建机房。", "一期工程已于上年通过终验，运行平稳。"]
ORDINARY = ["本平台面向全区街道、社区工作人员和辖区居民，提供事项申报与进度查询服务。", "建设周期为十二个月。"]
LONG = "各科室按照职责分工开展数据归集、核对、共享和应用，" * 30


@pytest.fixture(scope="module")
def material():
    """Return the material of seven texts."""
    need(default_folder().exists(), "the plain encoder", "make setup")
    from models.training.material import of

    samples = [
        Sample("NEG-1", "fail", FAULTS[0], hand=PACK),
        Sample("NEG-4", "fail", FAULTS[1], hand="one"),
        Sample("NEG-1", "pass", HARMLESS[0], hand="one"),
        Sample("NEG-4", "notice", HARMLESS[1], hand="two"),
        *(Sample("", "pass", t, hand=PLAIN) for t in ORDINARY),
        Sample("", "pass", LONG, hand=PLAIN),
    ]
    return of(samples, RULES)


@pytest.fixture(scope="module")
def torch():
    """Return torch, on one thread."""
    torch = pytest.importorskip("torch")
    torch.set_num_threads(1)
    return torch


def test_material_says_whose_texts_are_what(material):
    assert material.wanted.tolist() == [[1, 0], [0, 1], [0, 0], [0, -1], [0, 0], [0, 0], [0, 0]]
    assert material.times.tolist() == [2, 1, 1, 1, 1, 1, 1]
    assert material.plain.tolist() == [False] * 4 + [True] * 3


def test_a_stored_material_is_the_same(material, tmp_path):
    from models.training.material import Material

    material.save(tmp_path / "stored")
    again = Material.load(tmp_path / "stored")
    assert again.rules == RULES
    assert again.prefix == material.prefix
    for name in ("tokens", "lengths", "wanted", "hands", "plain", "times"):
        assert np.array_equal(getattr(again, name), getattr(material, name)), name
    first, second = material.encoder(), again.encoder()
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[k], second[k]) for k in first)
    assert (tmp_path / "stored").stat().st_size < 15_000_000


def test_the_untaught_encoder_is_the_installed_one(material, torch):
    from models.embedder import OnnxEmbedder
    from models.training.encoder import Encoder
    from models.training.material import padded

    texts = [*FAULTS, *HARMLESS, *ORDINARY]
    encoder = Encoder(material.encoder(), 2).eval()
    ids, mask = padded([material.row(i) for i in range(len(texts))])
    with torch.no_grad():
        made = encoder(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    installed = OnnxEmbedder(default_folder()).encode(texts, "query")
    assert (made * installed).sum(1) == pytest.approx(1, abs=0.01)  # the installed one counts in 8 bits
    others = made @ installed.T - 2 * np.eye(len(texts))
    assert others.max() < 0.97


def test_a_joined_text_has_prefix_and_end_once(material):
    chance = np.random.default_rng(0)
    own = material.row(0).tolist()
    start, inner, end = own[: material.prefix], own[material.prefix : -1], own[-1:]
    mates = [material.row(i).tolist()[material.prefix : -1] for i in (4, 5)]
    allowed = {tuple(start + part + end) for mate in mates for part in (inner + mate, mate + inner, inner)}
    seen = [tuple(material.joined(0, chance).tolist()) for _ in range(400)]
    # "建设周期为十二个月。" may be too short to be put beside another; what is put there stands on either side
    assert set(seen) <= allowed
    assert {tuple(start + mates[0] + inner + end), tuple(start + inner + mates[0] + end), tuple(own)} <= set(seen)
    assert 0.2 < sum(len(s) > len(own) for s in seen) / len(seen) < 0.4
    assert all(np.array_equal(material.joined(6, chance), material.row(6)) for _ in range(40)), (
        "a long text has no room"
    )


def _started(material):
    from models.training.tuning import Course, Teaching

    return Teaching(material, np.array([0, 0, 1, 2, 3, 4, 5]), "cpu", 0, Course(epochs=5, batch=4))


def test_a_few_steps_lower_the_loss_and_the_judge_reads_what_they_wrote(material, torch, tmp_path):
    from models.e5 import adapted
    from models.judgement import Head
    from models.training.encoder import Encoder
    from models.training.material import padded

    teaching = _started(material)
    losses = [teaching.epoch() for _ in range(5)]
    assert losses[-1] < losses[0] / 2
    assert _started(material).epoch() == losses[0], "one seed, one course"

    teaching.save(tmp_path / "judging.npz")
    layers, head = adapted.load(tmp_path / "judging.npz"), Head.load(tmp_path / "judging.npz")
    plain = material.encoder()
    assert set(layers) == {k for k in plain if k[0] == "l" and int(k[1 : k.index(".")]) >= 2}
    assert all(layers[k].shape == plain[k].shape for k in layers)
    assert head.rules == RULES

    # layers and head as stored give what the average gives, but for 8 bits and halves
    ids, mask = padded([material.row(i) for i in range(7)])
    encoder = Encoder({**plain, **layers}, 2).eval()
    with torch.no_grad():
        vectors = encoder(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    assert head.logits(vectors, RULES) == pytest.approx(teaching.logits(np.arange(7)), abs=0.3)
    assert not np.allclose(teaching.logits(np.arange(7)), -2.0, atol=0.3)


def test_what_is_not_known_is_not_learnt(torch):
    from models.training.tuning import FAULT, missed

    logits = torch.tensor([[0.0, 3.0]])
    half = float(np.log(2))
    assert float(missed(logits, torch.tensor([[0, -1]]))) == pytest.approx(half)
    assert float(missed(logits, torch.tensor([[1, -1]]))) == pytest.approx(half * FAULT)


def test_a_hand_nobody_has_is_refused(material, tmp_path, capsys, torch):
    from models.training.tuning import main

    material.save(tmp_path / "m.npz")
    with pytest.raises(SystemExit):
        main(["--material", str(tmp_path / "m.npz"), "--out", str(tmp_path / "o.npz"), "--without", "nobody"])
    assert "nobody" in capsys.readouterr().err
    assert not (tmp_path / "o.npz").exists()


def test_teaching_from_a_file_needs_numpy_and_torch_only(torch):
    others = [
        "spacy",
        "sklearn",
        "onnx",
        "onnxruntime",
        "tokenizers",
        "transformers",
        "safetensors",
        "jieba",
        "yaml",
        "scipy",
    ]
    ban = f"import sys; sys.modules.update(dict.fromkeys({others})); import models.training.tuning"
    ran = subprocess.run([sys.executable, "-c", ban], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
