"""The importable package as one zip: the same content gives the same bytes, whoever builds it and when."""

import io
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import clickintent

_SUFFIXES: Final = (".py", ".safetensors", ".json")
_OF_A_WHEEL: Final = ("clickintent/dbt_project", "clickintent/dashboard_app")
"""What a wheel has beside the package and a checkout has elsewhere: no part of what runs in the warehouse."""

_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip can name: when a file was written is no content."""

_READABLE: Final = 0o100644 << 16


def package_zip() -> bytes:
    """The package with its packaged weights, to be put on a Python path.

    Files are stored as they are: what a compressor makes of them depends on its version.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(_content(files(clickintent), clickintent.__name__)):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, so that the rights below are read alike
            entry.external_attr = _READABLE
            archive.writestr(entry, content)
    return written.getvalue()


def _content(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = f"{path}/{entry.name}"
        if entry.is_dir() and name not in _OF_A_WHEEL:
            yield from _content(entry, name)
        elif entry.is_file() and entry.name.endswith(_SUFFIXES):
            yield name, entry.read_bytes()
