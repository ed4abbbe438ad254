"""The models folder: files are found by name, and changed ones are reported."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from live_style.errors import ModelError
from live_style.inference import model_files
from tests.support.networks import MODELS


def test_the_files_that_came_with_the_program_are_as_published() -> None:
    assert {checked.state for checked in model_files.check_files(MODELS)} == {"good"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two small files in the place of networks."""
    (tmp_path / "transformer-balanced-fp32.onnx").write_bytes(b"a")
    (tmp_path / "transformer-balanced-fp16.onnx").write_bytes(b"b")
    (tmp_path / model_files.SUMS).write_text(
        "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  transformer-balanced-fp32.onnx\n"
        "3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  transformer-balanced-fp16.onnx\n")
    return tmp_path


def states(folder: Path) -> dict[str, str]:
    return {checked.name[12:-5]: checked.state for checked in model_files.check_files(folder)}


def test_each_kind_of_damage_is_told(folder: Path) -> None:
    assert states(folder) == {"balanced-fp16": "good", "balanced-fp32": "good"}
    (folder / "transformer-balanced-fp32.onnx").write_bytes(b"damaged")
    (folder / "transformer-balanced-fp16.onnx").unlink()
    shutil.copy(folder / model_files.SUMS, folder / "transformer-mine-fp32.onnx")
    assert states(folder) == {"balanced-fp16": "missing", "balanced-fp32": "damaged", "mine-fp32": "unlisted"}


def test_a_missing_list_of_checksums_is_an_error(folder: Path) -> None:
    (folder / model_files.SUMS).unlink()
    with pytest.raises(ModelError, match="SHA256SUMS cannot be read"):
        model_files.check_files(folder)


def test_a_gpu_gets_the_half_file_where_there_is_one(folder: Path) -> None:
    assert model_files.transformer(folder, "balanced", half=True).name == "transformer-balanced-fp16.onnx"
    assert model_files.transformer(folder, "balanced", half=False).name == "transformer-balanced-fp32.onnx"
    (folder / "transformer-balanced-fp16.onnx").unlink()
    assert model_files.transformer(folder, "balanced", half=True).name == "transformer-balanced-fp32.onnx"


def test_a_model_that_was_named_and_is_missing_lists_what_is_there(folder: Path) -> None:
    with pytest.raises(ModelError, match="the model fast is missing") as e:
        model_files.transformer(folder, "fast", half=False)
    assert e.value.cure.startswith("Available: balanced.")


def test_the_default_falls_back_with_a_word(folder: Path) -> None:
    assert model_files.default_model(folder, gpu=True) == ("balanced", "")
    assert model_files.default_model(folder, gpu=False) == (
        "balanced", "the model fast is missing, so balanced is used")
    (folder / "transformer-fast-fp32.onnx").write_bytes(b"")
    assert model_files.default_model(folder, gpu=False) == ("fast", "")


def test_an_empty_folder_and_none_at_all_are_errors(tmp_path: Path) -> None:
    for what in (model_files.predictor, lambda folder: model_files.default_model(folder, gpu=False)):
        with pytest.raises(ModelError, match="is missing from"):
            what(tmp_path)
    with pytest.raises(ModelError, match="the folder of networks .* does not exist") as e:
        model_files.predictor(tmp_path / "gone")
    assert "pip install" in e.value.cure
