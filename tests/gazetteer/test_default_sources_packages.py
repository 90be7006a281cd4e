"""What set-up installs with npm: locked, and named in the NOTICE."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def test_every_package_is_locked_by_its_hash_and_to_no_registry() -> None:
    installed = [package for path, package in LOCK.items() if path]
    assert all(package["integrity"].startswith("sha512-") for package in installed)
    assert not any("resolved" in package for package in installed)


def test_the_notice_names_every_package_and_its_version() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted == LOCK[""]["dependencies"]
    assert all(f"{name} {version}" in notice for name, version in wanted.items())
