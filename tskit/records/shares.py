"""Whether a file lies on a network share, where SQLite cannot keep two machines from writing at once."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["mounts", "share_of"]

_KINDS = re.compile(
    r"nfs4?|cifs|smb(fs|2|3)?|afs|ncpfs|davfs2?|gluster(fs)?|(fuse\.)?(sshfs|glusterfs|davfs2?|rclone|s3fs|gcsfuse)"
)
_OCTAL = re.compile(r"\\([0-7]{3})")
_TABLE = Path("/proc") / "self" / "mounts"


def mounts() -> str:
    """Return the system's table of what is mounted where; empty on systems that keep none (Windows, macOS)."""
    try:
        return _TABLE.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def share_of(path: Path, *, table: str) -> str:
    r"""Return the kind of network share that `path` lies on by a table of mounts; empty for a local disk.

    >>> share_of(Path("/home/ann/desk"), table="disk / ext4 rw 0 0\nfiler:/home /home nfs4 rw 0 0")
    'nfs4'
    >>> share_of(Path("/srv/desk"), table="disk / ext4 rw 0 0\nfiler:/home /home nfs4 rw 0 0")
    ''
    """
    if path.drive.startswith("\\\\"):
        return "a Windows share"
    kind, longest = "", -1
    for line in table.splitlines():
        _, place, found, *_ = [*line.split(" "), "", "", ""]
        folder = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), place))
        # Of two mounts on one folder the later one is seen.
        if path.is_relative_to(folder) and len(folder.parts) >= longest:
            kind, longest = found, len(folder.parts)
    return kind if _KINDS.fullmatch(kind) else ""
