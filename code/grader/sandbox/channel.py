"""Frames over a socket: four bytes of length, then JSON. Bounded, and never unpickled."""

import json
import socket
import struct
import time
from typing import Any

from grader import bounded

LENGTH = struct.Struct(">I")


class ChannelError(Exception):
    """The other side closed, was too late, or sent what is no frame."""


class TooLate(ChannelError):
    """Nothing complete arrived before the deadline."""


class TooMuch(ChannelError):
    """More bytes than were agreed."""


def send(channel: socket.socket, message: Any) -> None:
    """Write one frame."""
    send_body(channel, json.dumps(message).encode("utf-8"))


def send_body(channel: socket.socket, body: bytes) -> None:
    """Write one frame of JSON that is ready."""
    channel.sendall(LENGTH.pack(len(body)) + body)


class Reader:
    """Reads frames from a side that is not trusted: at most `most` bytes in all."""

    def __init__(self, channel: socket.socket, most: int) -> None:
        self._channel = channel
        self._left = most

    def frame(self, deadline: float) -> Any:
        """The next frame; `deadline` is on `time.monotonic()`'s clock."""
        (length,) = LENGTH.unpack(self._exactly(LENGTH.size, deadline))
        try:
            return bounded.loads(self._exactly(length, deadline), bounded.MOST_IN_A_FRAME)
        except bounded.TooMany as problem:
            raise TooMuch("the notebook's process sent more than is allowed") from problem
        except (ValueError, RecursionError) as problem:
            raise ChannelError("what it sent is not JSON") from problem

    def _exactly(self, count: int, deadline: float) -> bytes:
        if count > self._left:
            raise TooMuch("the notebook's process sent more than is allowed")
        self._left -= count
        parts = bytearray()
        while len(parts) < count:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TooLate("the notebook's process did not answer in time")
            self._channel.settimeout(left)
            try:
                part = self._channel.recv(min(count - len(parts), 1 << 16))
            except TimeoutError:
                continue
            except OSError as problem:
                raise ChannelError("it closed the line") from problem
            if not part:
                raise ChannelError("it closed the line")
            parts += part
        return bytes(parts)
