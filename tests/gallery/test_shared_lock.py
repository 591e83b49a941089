import threading

from vidimus.gallery.shared_lock import SharedLock


def test_readers_share_and_a_writer_is_alone() -> None:
    lock = SharedLock()
    both_in = threading.Barrier(2, timeout=10)

    def read() -> None:
        with lock.reading():
            both_in.wait()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert not both_in.broken

    total = 0

    def write() -> None:
        nonlocal total
        for _ in range(500):
            with lock.writing():
                seen = total
                total = seen + 1

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert total == 2_000


def test_a_waiting_writer_comes_before_later_readers() -> None:
    lock = SharedLock()
    order: list[str] = []
    writer_done = threading.Event()

    def write() -> None:
        with lock.writing():
            order.append("writer")
        writer_done.set()

    def read() -> None:
        with lock.reading():
            order.append("reader")

    with lock.reading():
        writer = threading.Thread(target=write)
        writer.start()
        while not lock._writers_waiting:
            pass
        reader = threading.Thread(target=read)
        reader.start()
    writer.join()
    reader.join()
    assert writer_done.is_set()
    assert order == ["writer", "reader"]
