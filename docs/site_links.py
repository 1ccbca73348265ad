"""A hook of the documentation site: links that lead out of `docs/` go to the repository.

On GitHub `../README.md` opens the file beside the folder; a site made of `docs/` alone has no such file.
"""

import posixpath
import re
from typing import Any

_LINK = re.compile(r"\]\((?!https?:|#)([^)\s#]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown: str, *, page: Any, config: Any, **_: object) -> str:  # noqa: ANN401
    """The page's text with such links replaced.

    Args:
        markdown: text of the page.
        page: MkDocs' page, of which the path within `docs/` is read.
        config: MkDocs' configuration, of which `extra.repository` is read.
    """
    folder = posixpath.dirname(page.file.src_uri)

    def replaced(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", folder, link[1]))
        if target.startswith("docs/"):
            return link[0]
        return f"]({config.extra['repository']}/blob/main/{target}{link[2] or ''})"

    return _LINK.sub(replaced, markdown)
