"""What one submission may use."""

from dataclasses import asdict, dataclass
from typing import Any

MIB = 1 << 20
WAITING = 3
"""A cell may take so many times its seconds by the clock."""


@dataclass(frozen=True)
class Limits:
    """Per submission: seconds, bytes and numbers of processes. TensorFlow needs about 1 GiB.

    Threads count as processes: TensorFlow by default starts two or three a core.

    `cell_seconds` are of processor time, `total_seconds` by the clock.
    """

    cell_seconds: float = 30.0
    total_seconds: float = 300.0
    memory: int = 2048 * MIB
    processes: int = 512
    file_size: int = 32 * MIB
    disk: int = 64 * MIB
    output: int = 16 * MIB
    replies: int = 64 * MIB

    def to_dict(self) -> dict[str, Any]:
        """As plain data, for the processes that enforce them."""
        return asdict(self)
