"""
A small key-value server on PySyncObj, for tests: each member of a cluster runs one.

    server.py SETTINGS

SETTINGS is JSON: { name, address, client_port, peer_port, members: { name: address }, folder, reads, timeouts_ms: [min, max],
compaction }.

- GET /status: what this member says of itself, as it was at one instant
- POST /call [f, args...]: 200 { value } once the command is applied here; 503 { error } with PySyncObj's own reason for its failure

A call goes through the replicated log exactly once and is never repeated. With reads=local, one that changes nothing is
answered of what this member has applied. Keys and values are texts.
"""
import hashlib
import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from pysyncobj import FAIL_REASON, SyncObj, SyncObjConf, SyncObjConsumer, replicated

CALL_TIMEOUT_S = 5
# Positions whose digests a status repeats, so that members that are asked at different times have some in common.
REPEATED = 64
ROLES = {0: 'follower', 1: 'candidate', 2: 'leader'}
REASONS = {number: name for name, number in vars(FAIL_REASON).items() if name.isupper()}


def acquire(objects, key, owner):
    locks = objects.of('lock')
    if key in locks:
        return {'done': False}
    objects.tokens += 1
    locks[key] = owner
    return {'done': True, 'token': objects.tokens}


def release(objects, key, owner):
    locks = objects.of('lock')
    if locks.get(key) != owner:
        return {'done': False}
    del locks[key]
    return {'done': True}


def put(objects, key, value):
    objects.of('register')[key] = value


def cas(objects, key, expected, value):
    registers = objects.of('register')
    if registers.get(key) != expected:
        return False
    registers[key] = value
    return True


def add(objects, element):
    objects.of('set')[element] = True


def append(objects, kind, key, value):
    values = objects.of(kind).setdefault(key, [])
    values.append(value)
    return len(values) - 1


def dequeue(objects, key):
    values = objects.of('queue').get(key)
    return values.pop(0) if values else None


def increment(objects, key, delta):
    counters = objects.of('counter')
    counters[key] = counters.get(key, 0) + delta


CHANGES = {
    'put': put,
    'cas': cas,
    'add': add,
    'append': lambda objects, key, value: append(objects, 'log', key, value),
    'enqueue': lambda objects, key, value: append(objects, 'queue', key, value),
    'dequeue': dequeue,
    'increment': increment,
    'acquire': acquire,
    'release': release,
}
READS = {
    'get': lambda objects, key: objects.of('register').get(key),
    'elements': lambda objects: list(objects.of('set')),
    'log': lambda objects, key: list(objects.of('log').get(key, [])),
    'count': lambda objects, key: objects.of('counter').get(key, 0),
    'nothing': lambda objects: None,
}


class Objects(SyncObjConsumer):
    """All objects. What is set before the base class is made is not part of the replicated state."""

    def __init__(self):
        # A member applies in one thread, and answers local reads in others.
        self.lock = threading.RLock()
        super().__init__()
        self.kinds = {}
        self.tokens = 0
        self.applied = 0
        self.digest = ''
        self.earlier = {}

    def of(self, kind):
        return self.kinds.setdefault(kind, {})

    @replicated
    def act(self, f, args):
        with self.lock:
            # Whatever is raised here would be applied again and again.
            try:
                value = (CHANGES.get(f) or READS[f])(self, *args)
            except (KeyError, TypeError) as error:
                value = {'refused': repr(error)}
            command = json.dumps([self.digest, f, args], sort_keys=True)
            self.applied += 1
            self.digest = hashlib.sha256(command.encode()).hexdigest()[:16]
            self.earlier[self.applied] = self.digest
            self.earlier.pop(self.applied - REPEATED, None)
            return value

    def read_locally(self, f, args):
        with self.lock:
            return READS[f](self, *args)

    def digests(self):
        with self.lock:
            return {'applied': self.applied, 'digest': self.digest, 'earlier': dict(self.earlier)}


class Member:
    def __init__(self, settings):
        self.reads_locally = settings['reads'] == 'local'
        self.objects = Objects()
        port = settings['peer_port']
        peers = {f'{address}:{port}': name for name, address in settings['members'].items()}
        self.names = peers
        own = f"{settings['address']}:{port}"
        shortest, longest = (each / 1000 for each in settings['timeouts_ms'])
        conf = SyncObjConf(
            journalFile=f"{settings['folder']}/journal",
            fullDumpFile=f"{settings['folder']}/dump",
            raftMinTimeout=shortest,
            raftMaxTimeout=longest,
            # So that a member which was cut off or restarted is connected again soon.
            connectionRetryTime=0.5,
            # Without these two, each command waits for up to a tenth of a second.
            appendEntriesUseBatch=False,
            autoTickPeriod=0.01,
            # A command without a leader is refused, and does not wait for one.
            commandsWaitLeader=False,
            logCompactionMinEntries=settings['compaction'],
        )
        self.status = {'role': 'unknown'}
        self.raft = SyncObj(own, [peer for peer in peers if peer != own], conf, consumers=[self.objects])
        # In the thread that changes it: so all of it is of one instant.
        self.raft.addOnTickCallback(self.note_status)

    def note_status(self):
        status = self.raft.getStatus()
        leader = status['leader']
        self.status = {
            'role': ROLES.get(status['state'], 'unknown'),
            'term': status['raft_term'],
            'leader': None if leader is None else self.names.get(leader.id),
            'last_applied': status['last_applied'],
            'commit_index': status['commit_idx'],
            'version': status['version'],
            **self.objects.digests(),
        }

    def call(self, f, args):
        """(value, None), or (None, reason)"""
        if f not in CHANGES and f not in READS:
            return None, 'UNKNOWN_CALL'
        if self.reads_locally and f in READS and f != 'nothing':
            return self.objects.read_locally(f, args), None
        done = threading.Event()
        outcome = []

        def on_outcome(value, reason):
            outcome.append((value, reason))
            done.set()

        self.objects.act(f, args, callback=on_outcome)
        if not done.wait(CALL_TIMEOUT_S):
            return None, 'TIMEOUT'
        value, reason = outcome[0]
        return (value, None) if reason == FAIL_REASON.SUCCESS else (None, REASONS.get(reason, str(reason)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    member = None

    def setup(self):
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def answer(self, status, body):
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('content-type', 'application/json')
        self.send_header('content-length', str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.answer(200, self.member.status)

    def do_POST(self):
        f, *args = json.loads(self.rfile.read(int(self.headers['content-length'])))
        value, reason = self.member.call(f, args)
        if reason is None:
            self.answer(200, {'value': value})
        else:
            self.answer(503, {'error': reason})

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == '__main__':
    chosen = json.loads(sys.argv[1])
    Handler.member = Member(chosen)
    Server((chosen['address'], chosen['client_port']), Handler).serve_forever()
