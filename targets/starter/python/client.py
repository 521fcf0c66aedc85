"""The client: calls on standard input, outcomes on standard output, a line of JSON each.

What it says of an outcome decides whether verdicts can be trusted:

- ok: it happened, and this is the answer;
- fail: it did not happen and never will. This needs proof: the server refused it, or it was never sent;
- info: everything else. After a timeout nobody knows whether the call was carried out, or will be.

It must not try a call again by itself. `faultline conform` tests all this.
"""

import http.client
import json
import sys

PORT = int(sys.argv[1])


def say(line):
    print(json.dumps(line), flush=True)


def outcome_of(connection, call):
    connection.request("POST", "/" + call["f"], json.dumps(call["value"]))
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:
        # A server that answers anything but 200 has done nothing: its documentation says so. Yours may not.
        return {"type": "fail", "error": "status %d" % response.status}
    # The answer as the vocabulary has it: what was asked, and what was found.
    return {"type": "ok", "value": {**call["value"], **json.loads(body)}}


def main():
    where = json.loads(sys.stdin.readline())["open"]
    # Clients connect from an address of their own, so that a fault can cut them off. Your library must bind it, too.
    source = None if where["localAddress"] is None else (where["localAddress"], 0)
    connection = http.client.HTTPConnection(where["address"], PORT, 1, source)
    try:
        connection.connect()
    except OSError as error:
        return say({"refused": str(error)})
    # faultline decides how long an answer is waited for: it gives the call up, and starts another process.
    connection.sock.settimeout(None)
    # A connection that was lost is not replaced: the next call gets a new process.
    connection.auto_open = 0
    say({"ready": True})
    for line in sys.stdin:
        call = json.loads(line)
        if "cancel" in call:
            continue
        try:
            say({"id": call["id"], **outcome_of(connection, call)})
        except (OSError, http.client.HTTPException) as error:
            # It may have been sent, and nobody knows what became of it.
            return say({"id": call["id"], "type": "info", "error": repr(error)})


main()
