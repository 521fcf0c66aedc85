"""A client of registers in Redis, in Python's standard library, for faultline's pipeClient (targets/pipe-client.ts).

A call is answered "fail" only if Redis refused it before it did anything, and "info" whenever its outcome is not known.
"""

import json
import socket
import sys

COMPARE_AND_SET = """
local now = redis.call('GET', KEYS[1])
if (now or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""
# Redis says these before it does anything.
REFUSALS = ("LOADING", "MISCONF", "OOM", "READONLY")


def say(line):
    print(json.dumps(line), flush=True)


def encode(words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        data = str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def read_reply(stream):
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the connection was closed")
    kind, rest = line[:1], line[1:-2]
    if kind == b"-":
        raise RuntimeError(rest.decode())
    if kind == b":":
        return int(rest)
    if kind == b"$":
        length = int(rest)
        return None if length < 0 else stream.read(length + 2)[:-2].decode()
    return rest.decode()


def text_of(value):
    return "" if value is None else str(value)


def perform(stream, f, value):
    def command(*words):
        stream.write(encode(words))
        stream.flush()
        return read_reply(stream)

    key = "register-%s" % value["key"]
    if f == "read":
        found = command("GET", key)
        return {"key": value["key"], "value": None if found is None else int(found)}
    if f == "write":
        command("SET", key, value["value"])
        return value
    wanted = (text_of(value["expected"]), value["next"])
    return {**value, "applied": command("EVAL", COMPARE_AND_SET, 1, key, *wanted) == 1}


def answer(stream, call):
    try:
        return {"type": "ok", "value": perform(stream, call["f"], call["value"])}
    except RuntimeError as error:
        kind = "fail" if str(error).startswith(REFUSALS) else "info"
        return {"type": kind, "error": str(error)}


def main():
    where = json.loads(sys.stdin.readline())["open"]
    source = None if where["localAddress"] is None else (where["localAddress"], 0)
    try:
        connection = socket.create_connection((where["address"], 6379), 1, source)
    except OSError as error:
        return say({"refused": str(error)})
    connection.settimeout(None)
    stream = connection.makefile("rwb")
    say({"ready": True})
    for line in sys.stdin:
        call = json.loads(line)
        if "cancel" in call:
            continue
        try:
            say({"id": call["id"], **answer(stream, call)})
        except OSError as error:
            # Sent, and perhaps done. A new process takes over.
            return say({"id": call["id"], "type": "info", "error": str(error)})


main()
