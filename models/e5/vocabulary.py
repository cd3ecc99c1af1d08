"""The unigram tokenizer, pruned to pieces that Chinese and ASCII text can use."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

from models.e5.weights import Packed

# Characters of text that proposals hold: ASCII, Greek for units, punctuation, CJK and full width forms.
_USABLE = re.compile(
    r"^[\u2581\x20-\x7e\u0370-\u03ff\u2000-\u206f\u2100-\u21ff\u2200-\u22ff\u2460-\u24ff\u2500-\u25ff"
    r"\u2600-\u26ff\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]*$"
)


def kept(packed: Packed) -> NDArray[np.int64]:
    """Return the ids of the pieces that are kept, in order; the special ones always."""
    special = set(packed.special.values())
    ids = [i for i, (word, _) in enumerate(packed.pieces) if i in special or (word and _USABLE.match(word))]
    return np.array(ids, np.int64)


def tokenizer_json(packed: Packed, ids: NDArray[np.int64]) -> str:
    """Return tokenizer.json for the kept pieces."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    words = [packed.pieces[int(i)] for i in ids]
    names = {
        packed.special["bos"]: "<s>",
        packed.special["eos"]: "</s>",
        packed.special["pad"]: "<pad>",
        packed.special["unk"]: "<unk>",
    }
    vocabulary = [(names.get(int(i), word), score) for i, (word, score) in zip(ids, words, strict=True)]
    places = {name: n for n, (name, _) in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=places["<unk>"], byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [*_exceptions(packed, normalizers), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always", split=False)
    tokenizer.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", places["<s>"]), ("</s>", places["</s>"])],
    )  # fmt: skip
    tokenizer.add_special_tokens(
        [AddedToken(n, special=True, normalized=False) for n in ("<s>", "<pad>", "</s>", "<unk>")]
    )
    return str(tokenizer.to_str())


def _exceptions(packed: Packed, normalizers: object) -> list[object]:
    """Return replacements for code points where the model's normaliser is not NFKC, grouped by what they become."""
    groups: dict[str, list[str]] = {}
    for point, target in sorted(packed.normal.items()):
        char = chr(point)
        if _USABLE.match(char) and unicodedata.normalize("NFKC", char) != target:
            groups.setdefault(target, []).append(char)
    # what the normaliser does not name stays, though NFKC would change it
    from tokenizers import Regex

    out: list[object] = [normalizers.Replace(Regex(r"[\t\n\r\x0b\x0c\u200b\u2028\u2029\ufeff]"), " ")]  # type: ignore[attr-defined]
    for target, chars in groups.items():
        pattern = "[" + "".join(f"\\x{{{ord(c):x}}}" for c in chars) + "]"
        out.append(normalizers.Replace(Regex(pattern), target))  # type: ignore[attr-defined]
    return out
