"""Celery's filesystem transport with an atomic publish.

The stock transport writes a message in place, so a reader can take an empty file and lose it (kombu issue 1551).
Here a message is written beside and renamed, and named by wall clock so that order survives a reboot. A reader takes
it by a rename too, within the queue's own disk, and deletes it once read: nothing piles up.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import bytes_to_str, str_to_bytes
from kombu.utils.json import dumps, loads


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]  # as in kombu's own
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f".{name}.part"
        part.write_bytes(str_to_bytes(dumps(payload)))
        part.replace(folder / name)

    def _get(self, queue: str) -> Any:  # type: ignore[override]  # as in kombu's own
        folder, taken = Path(self.data_folder_in), Path(self.processed_folder)
        for name in sorted(path.name for path in folder.iterdir()):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            try:
                (folder / name).replace(taken / name)
            except FileNotFoundError:
                continue  # another worker took it between the listing and the rename
            content = (taken / name).read_bytes()
            (taken / name).unlink()
            return loads(bytes_to_str(content))
        raise Empty


class Transport(filesystem.Transport):
    Channel = Channel
