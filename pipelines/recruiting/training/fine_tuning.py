"""Fine-tunes all weights of a sentence-transformers model on pairs that belong together, and exports it to ONNX.

Each text of a batch must find its partner among those of all texts ("multiple negatives ranking": Henderson et al.,
Efficient natural language response suggestion, 2017). Needs torch: the extra ``recruiting-torch``.
"""

import json
import re
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from script_shared.errors import InputError, SettingsError
from script_shared.recruiting.encoders.onnx import GRAPH, Onnx
from script_shared.recruiting.model_params import EncoderParams

BATCH, RATE, SCALE = 16, 2e-5, 20.0  # pairs at once; learning rate; factor of the cosines before the softmax
_MODULES = "Transformer, Pooling and Normalize"
_MODULE = re.compile(r"sentence_transformers(\.\w+)*\.(Transformer|Pooling|Normalize)")


def fine_tune(folder: Path, pairs: Sequence[tuple[str, str]], params: EncoderParams) -> Onnx:
    """The model of a folder after ``tuning_epochs`` passes; unchanged without pairs.

    Args:
        folder: as sentence-transformers saves it, with weights.
        pairs: texts that belong together.

    Raises:
        InputError: the model has modules of other packages, whose code would be run, or modules without a graph.
        SettingsError: torch or sentence-transformers is not installed.
    """
    _check_modules(folder)
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise SettingsError(
            f"fine-tuning needs torch and sentence-transformers ({error}).",
            fix="Install pauta[recruiting-torch], or set encoder.tuning_epochs = 0.",
        ) from error
    torch.manual_seed(params.seed)
    model = SentenceTransformer(str(folder), device="cpu")
    _train(torch, model, pairs, params)
    made = Path(tempfile.mkdtemp(prefix="pauta-tuned-"))
    model.save(str(made))
    _export(torch, model, made / GRAPH)
    found = Onnx.read(made)
    weakref.finalize(found, shutil.rmtree, made, ignore_errors=True)  # a release has its own copies
    return found


def _check_modules(folder: Path) -> None:
    """Refuse a model that names code of its own: for a folder, the library runs it without a question."""
    file = folder / "modules.json"
    try:
        modules = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else []
        kinds = [str(each["type"]) for each in modules]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: not a list of modules.", fix="Save the model again.") from error
    if not all(_MODULE.fullmatch(kind) for kind in kinds):
        raise InputError(f"{file}: a module that cannot be fine-tuned.", fix=f"Use a model of {_MODULES} alone.")


def _train(torch: Any, model: Any, pairs: Sequence[tuple[str, str]], params: EncoderParams) -> None:
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    draw = np.random.default_rng(params.seed)
    model.train()
    for _ in range(params.tuning_epochs if len(pairs) > 1 else 0):
        order = draw.permutation(len(pairs))
        for start in range(0, len(order), BATCH):
            chosen = [pairs[place] for place in order[start : start + BATCH].tolist()]
            left, right = (_embed(torch, model, [pair[side] for pair in chosen]) for side in (0, 1))
            loss = torch.nn.functional.cross_entropy(SCALE * left @ right.T, torch.arange(len(chosen)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()


def _embed(torch: Any, model: Any, texts: list[str]) -> Any:
    found = model(model.tokenize(texts))["sentence_embedding"]
    return torch.nn.functional.normalize(found, dim=1)


def _export(torch: Any, model: Any, file: Path) -> None:
    """Write the transformer as a graph from ids and mask to the vectors of tokens; the folder has the pooling."""
    transformer = model[0].auto_model

    class Tokens(torch.nn.Module):
        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            return transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    given = model.tokenize(["Consultor SAP"])
    names = ["input_ids", "attention_mask"]
    axes = {name: {0: "texts", 1: "tokens"} for name in [*names, "vectors"]}
    arguments = tuple(given[name] for name in names)
    torch.onnx.export(
        Tokens().eval(),
        arguments,
        str(file),
        input_names=names,
        output_names=["vectors"],
        dynamic_axes=axes,
        dynamo=False,
    )
