"""Options that several verbs take alike. Loaded by the command line alone, since they are typer's."""

from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[Path, typer.Option("--config", help="The agent's configuration.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# What a technician was given to enrol a device with.
CollectorOption = Annotated[str, typer.Option(help="host:port of the collector's enrolment.")]
PinOption = Annotated[str, typer.Option(help="The collector's pin, as it came with the token: sha256:...")]
AssetTagOption = Annotated[str, typer.Option(help="The school's tag on this device; or hostname, or serial.")]
TokenOption = Annotated[str, typer.Option(help="The token. Others may see it in the list of processes.")]
TokenFileOption = Annotated[str, typer.Option(help="A file that holds the token; - for standard input.")]
