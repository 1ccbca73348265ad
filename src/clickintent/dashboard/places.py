"""Where the Streamlit app is, and the copy it reads."""

from pathlib import Path


def published_file(file: Path) -> Path:
    """Where the published copy of a built file is: beside it, and not beside a link to it."""
    file = file.resolve()
    return file.with_name(f"{file.stem}.published{file.suffix}")


def app_file() -> Path | None:
    """The script that Streamlit runs, in the wheel or at the root of a checkout; None where there is neither."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "dashboard_app", package.parents[1] / "dashboard"):
        if (folder / "app.py").exists():
            return folder / "app.py"
    return None
