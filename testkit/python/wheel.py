"""Makes a wheel: the library, and the program for one machine.

    python3 wheel.py VERSION OS/ARCH PROGRAM CREDITS FOLDER

The same files make the same bytes. The program is a script of the wheel, so that pip puts it on the PATH. One static
file serves every linux, so the wheel is for manylinux and musllinux.
"""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path

PLATFORMS = {
    "linux/amd64": "manylinux_2_17_x86_64.manylinux2014_x86_64.musllinux_1_1_x86_64",
    "linux/arm64": "manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64",
    "darwin/amd64": "macosx_12_0_x86_64",
    "darwin/arm64": "macosx_12_0_arm64",
    "windows/amd64": "win_amd64",
    "windows/arm64": "win_arm64",
}
HERE = Path(__file__).parent


def main(version: str, target: str, program: str, credits: str, folder: str) -> None:
    # pip writes 1.2.3-rc.1 as 1.2.3rc1.
    version = version.removeprefix("v").replace("-rc.", "rc").replace("-", ".dev0+")
    platform = PLATFORMS[target]
    name = "mockauth0.exe" if target.startswith("windows/") else "mockauth0"
    info = f"mockauth0-{version}.dist-info"
    metadata = f"""Metadata-Version: 2.1
Name: mockauth0
Version: {version}
Summary: A local Auth0 tenant for tests: the program, a client, and fixtures for pytest
Project-URL: Homepage, https://github.com/mockauth0/mockauth0
License: MIT
Classifier: Framework :: Pytest
Classifier: License :: OSI Approved :: MIT License
Classifier: Programming Language :: Python :: 3
Classifier: Topic :: Software Development :: Testing
Classifier: Typing :: Typed
Requires-Python: >=3.9
Provides-Extra: testcontainers
Requires-Dist: testcontainers>=4.15; extra == "testcontainers"
Description-Content-Type: text/markdown

"""
    tags = "".join(f"Tag: py3-none-{one}\n" for one in platform.split("."))
    files = {f"mockauth0/{file.name}": file.read_bytes() for file in sorted((HERE / "mockauth0").iterdir()) if file.is_file()}
    files[f"mockauth0-{version}.data/scripts/{name}"] = Path(program).read_bytes()
    files[f"{info}/METADATA"] = (metadata + (HERE / "README.md").read_text()).encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: mockauth0\nRoot-Is-Purelib: false\n{tags}".encode()
    files[f"{info}/entry_points.txt"] = b"[pytest11]\nmockauth0 = mockauth0.pytest_plugin\n"
    files[f"{info}/LICENSE"] = (HERE.parent.parent / "LICENSE").read_bytes()
    files[f"{info}/CREDITS"] = Path(credits).read_bytes()
    record = ""
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(data)}\n"
    files[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()

    out = Path(folder) / f"mockauth0-{version}-py3-none-{platform}.whl"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (0o100755 if "/scripts/" in path else 0o100644) << 16
            wheel.writestr(entry, data, zipfile.ZIP_DEFLATED)
    print(out.name)


main(*sys.argv[1:])
