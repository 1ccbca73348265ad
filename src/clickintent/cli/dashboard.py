"""`clickintent publish` and `dashboard`: what a build made, in the browser."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from clickintent.cli.options import ByOption, FileOption, fail, login_name, refusals_told, screen


def publish(file: FileOption = Path("clickintent.duckdb")) -> None:
    """Publish what the dashboard reads, beside the file; `dbt build` does so by itself.

    Example: clickintent publish --file clickintent.duckdb
    """
    from clickintent.dashboard.published import publish as write  # noqa: PLC0415 - heavy imports when needed

    with refusals_told():
        target = write(file)
    screen().print(f"Published: {target}", highlight=False, soft_wrap=True, markup=False)


def dashboard(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on this machine.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="--no-browser: only serve.")] = True,
    seeds: Annotated[Path, typer.Option(help="Folder of gold_labels.csv and taxonomy_overrides.csv.")] = Path("seeds"),
    by: ByOption = None,
    file: FileOption = Path("clickintent.duckdb"),
) -> None:
    """Open the dashboard of a build in the browser; a build may run meanwhile. Stop it with Ctrl-C.

    It is served to this machine alone, and sends nothing anywhere. What `dbt build` publishes beside the file is shown.

    Example: clickintent dashboard --file clickintent.duckdb
    """
    from clickintent.dashboard.places import app_file, published_file  # noqa: PLC0415 - a command's own

    if find_spec("streamlit") is None or find_spec("plotly") is None:
        raise fail("The dashboard needs Streamlit and Plotly: pip install 'clickintent[dashboard]'.")
    app = app_file()
    if app is None:
        raise fail("This installation has no dashboard in it: run the command in a checkout of the project.")
    environment = {
        **os.environ,
        "CLICKINTENT_PUBLISHED": str(published_file(file).absolute()),
        "CLICKINTENT_SEEDS": str(seeds.absolute()),
        "CLICKINTENT_REVIEWER": login_name() if by is None else by,
    }
    flags = {
        "server.address": "127.0.0.1",
        "server.port": str(port),
        "server.headless": str(not browser).lower(),
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(app),
        *(f"--{flag}={said}" for flag, said in flags.items()),
    ]
    # in the place of this process: whoever stops the command stops the server
    os.execve(sys.executable, command, environment)  # noqa: S606 - no shell is wanted
