"""Style sheets, scripts and pictures, loaded into memory and named by the hash of their content."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.errors import NotFound

STATIC = Path(__file__).parents[1] / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
ICONS = STATIC / "vendor/icons"
# The layers of the one style sheet, in their order.
STYLE_SHEET = "linli.css"
LAYERS = ("reset", "tokens", "base", "components", "pages", "print")
REQUIRED_ASSETS = ("vendor/htmx.min.js", "icon.svg", "scene.svg")


class AssetsMissing(Exception):
    """A missing web asset; the message tells the operator how to fetch the assets."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The web asset {name} is missing: run `make set-up` once, then try again."
        )


@dataclass(frozen=True)
class Asset:
    """The content of one file, plain and compressed with gzip."""

    media_type: str
    content: bytes
    compressed: bytes


class Assets:
    """All files under `static/` by their hashed path; the files are read once, at construction."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._urls: dict[str, str] = {}
        self._assets: dict[str, Asset] = {}
        for file in sorted(folder.rglob("*")):
            if file.suffix in MEDIA_TYPES and file.parent not in (ICONS, folder / "styles"):
                self._add(file.relative_to(folder).as_posix(), file.read_bytes())
        layers = [(folder / "styles" / f"{layer}.css").read_bytes() for layer in LAYERS]
        self._add(STYLE_SHEET, b"".join(layers))
        for name in REQUIRED_ASSETS:
            if name not in self._urls:
                raise AssetsMissing(name)

    def url(self, name: str) -> str:
        """Return the URL of the file `name`. Raises: KeyError."""
        return self._urls[name]

    def get(self, path: str) -> Asset:
        """Return the asset at `path` below `/static/`. Raises: NotFound."""
        asset = self._assets.get(path)
        if asset is None:
            raise NotFound
        return asset

    def _add(self, name: str, content: bytes) -> None:
        digest = hashlib.sha256(content).hexdigest()[:12]
        stem, _, suffix = name.rpartition(".")
        path = f"{stem}.{digest}.{suffix}"
        self._urls[name] = f"/static/{path}"
        self._assets[path] = Asset(
            MEDIA_TYPES[f".{suffix}"], content, gzip.compress(content, 9, mtime=0)
        )


@cache
def assets() -> Assets:
    """Return the assets of this process."""
    return Assets()
