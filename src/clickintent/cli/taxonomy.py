"""`clickintent taxonomy`: the taxonomy of intents."""

import typer

taxonomy_app = typer.Typer(no_args_is_help=True, help="The taxonomy of intents.")
