"""One line of JSON for each operation that was tried: its name, whether it passed, and the problem if not."""

import json
import time


def step(operation, call, check=None):
    try:
        value = call()
        if check is not None and not check(value):
            raise AssertionError(f"unexpected: {value!r}")
        print(json.dumps({"operation": operation, "passed": True}), flush=True)
        return value
    except Exception as error:  # noqa: BLE001: every failure is a row of the table
        problem = f"{type(error).__name__}: {error}"[:600]
        print(json.dumps({"operation": operation, "passed": False, "problem": problem}), flush=True)
        return None


def until(operation, holds, seconds=60):
    def wait():
        deadline = time.time() + seconds
        while not holds():
            if time.time() > deadline:
                raise TimeoutError(f"not within {seconds} s")
            time.sleep(0.05)

    step(operation, wait)


def refused(operation, call, code):
    def fails():
        try:
            call()
        except Exception as error:  # noqa: BLE001: clients have their own classes
            if code in str(error) or code in str(getattr(error, "error", "")):
                return
            raise
        raise AssertionError(f"not refused with {code}")

    step(operation, fails)
