"""Files that come with a form: their bytes by name, one form or another of the browser."""

from __future__ import annotations

from typing import Annotated, Any

from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body

#: A form that carries files: words as text, files as `UploadFile`, several of a name as a list.
Files = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


def words_in(data: dict[str, Any], name: str) -> str:
    """A field of words; empty when it is not there."""
    found = data.get(name, "")
    return found.strip() if isinstance(found, str) else ""


def files_in(data: dict[str, Any], name: str) -> dict[str, bytes]:
    """The files of a field by their names; of a folder, from inside that folder."""
    found = data.get(name)
    many = found if isinstance(found, list) else [found]
    return {
        _inside(each.filename): each.file.read()
        for each in many
        if isinstance(each, UploadFile) and each.filename
    }


def _inside(path: str) -> str:
    parts = path.replace("\\", "/").split("/")
    return "/".join(parts[1:]) if len(parts) > 1 else path
