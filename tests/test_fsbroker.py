"""The filesystem broker: nothing lost, nothing doubled, nothing piled up, with several readers at once."""

from __future__ import annotations

import threading
from pathlib import Path
from queue import Empty

from kombu import Connection


def connect(folder: Path) -> Connection:
    for name in ("messages", "processed", "control"):
        (folder / name).mkdir(exist_ok=True)
    return Connection(
        "filesystem://localhost",
        transport="blocweb.fsbroker:Transport",
        transport_options={
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "processed_folder": str(folder / "processed"),
            "control_folder": str(folder / "control"),
        },
    )


def name_of(folder: Path) -> str:
    """A queue of the test's own: kombu remembers for a whole process which queues it has declared."""
    return f"plans-{folder.name}"


def drain(folder: Path, found: list[int]) -> None:
    with connect(folder) as connection, connection.SimpleQueue(name_of(folder)) as queue:
        while True:
            try:
                message = queue.get(block=False)
            except Empty:
                return
            found.append(message.payload["run"])
            message.ack()


def test_messages_come_out_in_the_order_they_were_put_in_and_leave_no_file(tmp_path: Path) -> None:
    with connect(tmp_path) as connection, connection.SimpleQueue(name_of(tmp_path)) as queue:
        for number in range(20):
            queue.put({"run": number})
    found: list[int] = []
    drain(tmp_path, found)
    assert found == list(range(20))
    assert [*(tmp_path / "messages").iterdir(), *(tmp_path / "processed").iterdir()] == []


def test_readers_at_the_same_time_take_each_message_once(tmp_path: Path) -> None:
    with connect(tmp_path) as connection, connection.SimpleQueue(name_of(tmp_path)) as queue:
        for number in range(120):
            queue.put({"run": number})
    found: list[list[int]] = [[], [], []]
    readers = [threading.Thread(target=drain, args=(tmp_path, one)) for one in found]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(30)
    assert sorted(number for one in found for number in one) == list(range(120))


def test_a_message_is_never_seen_half_written(tmp_path: Path) -> None:
    """Only complete files carry the queue's suffix: the part being written is hidden and named otherwise."""
    with connect(tmp_path) as connection, connection.SimpleQueue(name_of(tmp_path)) as queue:
        (tmp_path / "messages" / f".00000000000000000001_x.{name_of(tmp_path)}.msg.part").write_bytes(b"")
        queue.put({"run": 1})
        assert queue.get(block=False).payload == {"run": 1}
