"""The configuration that nfpm reads."""

import json
from pathlib import Path

from installers.package.nfpm import SETTINGS, Item, Package


def test_what_a_package_says_is_what_nfpm_is_told() -> None:
    package = Package(
        name="lamplighter-x",
        version="1.2.3",
        summary="short",
        text="long",
        items=(
            Item(source=Path("/a/tree"), place="/usr/lib/x", kind="tree"),
            Item(source=Path("/a/x.toml"), place="/etc/x.toml", kind=SETTINGS, mode=0o640),
        ),
        depends=("dbus",),
        scripts={"postinstall": Path("/a/postinst")},
        compression="none",
    )
    told = json.loads(package.configuration())
    assert told["version"] == "1.2.3"
    assert told["description"] == "short\nlong"
    assert told["deb"] == {"compression": "none"}
    tree, settings = told["contents"]
    assert tree == {"src": "/a/tree", "dst": "/usr/lib/x", "type": "tree"}
    assert settings["type"] == "config|noreplace"
    assert settings["file_info"] == {"mode": 0o640, "owner": "root", "group": "root"}
