from __future__ import annotations

import os
import sys
import sysconfig
from pathlib import Path


def program() -> str:
    """The file of the program: the one that MOCKAUTH0_BIN names, else that of this package."""
    chosen = os.environ.get("MOCKAUTH0_BIN")
    if chosen:
        if not Path(chosen).is_file():
            raise FileNotFoundError(f"MOCKAUTH0_BIN is {chosen}, and there is no such file")
        return chosen
    name = "mockauth0.exe" if sys.platform == "win32" else "mockauth0"
    user = sysconfig.get_preferred_scheme("user") if sys.version_info >= (3, 10) else f"{os.name}_user"
    folders = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", scheme=user),
        str(Path(__file__).parent.parent / "bin"),  # of pip install --target
    ]
    for folder in folders:
        file = Path(folder) / name
        if file.is_file():
            return str(file)
    raise FileNotFoundError(f"the program of mockauth0 is in none of {', '.join(folders)}; install mockauth0 again, or let MOCKAUTH0_BIN name it")
