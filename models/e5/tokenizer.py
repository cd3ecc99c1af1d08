"""The unigram tokenizer, pruned to the pieces Chinese and ASCII text can use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from models.e5.weights import Weights

UNKNOWN = 3
SPECIALS = ("<s>", "<pad>", "</s>", "<unk>")  # ids 0-3
MASK = "<mask>"
_TILDE, _KEPT_TILDE = "～", "\ue000"
_KEPT = (  # code points a kept piece may hold, after NFKC
    (0x20, 0x7E),
    (0xA0, 0xFF),  # Latin-1: ° ± × é
    (0x391, 0x3C9),  # Greek letters of formulas and units
    (0x2000, 0x2BFF),  # punctuation, units, arrows, boxes, circled numbers
    (0x2E80, 0x2FDF),  # radicals
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
)


def kept_pieces(pieces: tuple[str, ...]) -> list[int]:
    """Return the ids of the pieces to keep, in order: the special ones and all that our text can use."""
    return [i for i, piece in enumerate(pieces) if i < len(SPECIALS) or piece == MASK or _usable(piece)]


def write_tokenizer(weights: Weights, kept: list[int], folder: Path) -> None:
    """Write tokenizer.json, tokenizer_config.json and special_tokens_map.json; ids follow `kept`."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = [(weights.pieces[i], float(weights.scores[i])) for i in kept]
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=UNKNOWN))
    # sentencepiece's nmt_nfkc is NMT's control and space rules, then NFKC, with one exception: ～ stays.
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_TILDE, _KEPT_TILDE),
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(_KEPT_TILDE, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in (*SPECIALS, MASK)])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    named = {"bos_token": "<s>", "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>"}
    named |= {"unk_token": "<unk>", "mask_token": MASK}
    settings: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **named}
    for name, content in (("tokenizer_config.json", settings), ("special_tokens_map.json", named)):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _usable(piece: str) -> bool:
    return all(c == "▁" or any(low <= ord(c) <= high for low, high in _KEPT) for c in piece)
