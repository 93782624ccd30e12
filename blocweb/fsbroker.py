"""Celery's filesystem transport with an atomic publish.

The stock transport writes a message in place, so a reader can take an empty file and lose it (kombu issue 1551).
Here a message is written beside and renamed, and named by wall clock so that order survives a reboot.
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:
        folder = Path(self.data_folder_out)
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        part = folder / f".{name}.part"
        part.write_bytes(str_to_bytes(dumps(payload)))
        os.replace(part, folder / name)


class Transport(filesystem.Transport):
    Channel = Channel
