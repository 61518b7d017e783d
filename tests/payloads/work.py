# SPDX-License-Identifier: MIT
#
# work.py - a Python program as a language test: threads that each fill 64 MB and pass a result on
# through a file in /tmp, with modules from the standard library in C and in Python.
import hashlib
import json
import os
import random
import tempfile
import threading
import zlib

failures = []


def work(number, folder):
    try:
        data = bytearray(64 * 1024 * 1024)
        data[::4096] = bytes([number]) * (len(data) // 4096)
        digest = hashlib.sha256(data).hexdigest()
        packed = zlib.compress(bytes(data[: 1 << 20]))
        numbers = sorted(random.Random(number).random() for _ in range(100000))
        with open(os.path.join(folder, f"part-{number}"), "w") as file:
            json.dump({"part": number, "digest": digest, "packed": len(packed),
                       "sorted": numbers == sorted(numbers)}, file)
    except BaseException as error:  # a thread's own exception would only be printed
        failures.append(error)
        raise


with tempfile.TemporaryDirectory() as folder:
    assert folder.startswith("/tmp/"), folder
    threads = [threading.Thread(target=work, args=(i, folder)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures
    total = 0
    for i in range(4):
        with open(os.path.join(folder, f"part-{i}")) as file:
            part = json.load(file)
        assert part["sorted"] and len(part["digest"]) == 64
        total += part["part"]
print("total", total)
