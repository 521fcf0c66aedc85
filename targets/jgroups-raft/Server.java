/*
 * A small key-value server on jgroups-raft, for tests: each member of a cluster runs one.
 *
 *     Server NAME ADDRESS PORT STACK READS
 *
 * STACK is the file with the stack of JGroups, READS is log or local. The protocol is that of Service.java.
 *
 * A call goes through the replicated log once, and is answered when the leader has applied it. With reads=local, one that
 * changes nothing is answered of what this member has applied.
 */
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.protocols.raft.FileBasedLog;
import org.jgroups.protocols.raft.Log;
import org.jgroups.protocols.raft.LogEntry;
import org.jgroups.raft.RaftHandle;
import org.jgroups.raft.StateMachine;

public class Server implements Service.Member {
    static final long CALL_TIMEOUT_MS = 5000;
    /** Positions whose digests a status repeats, so that members that are asked at different times have some in common. */
    static final int REPEATED = 64;
    static final List<String> READS = List.of("get", "elements", "log", "count", "nothing");

    /** A command: its name, and texts; a null among them is no value. */
    record Command(String f, List<String> args) {
        void writeTo(DataOutput out) throws IOException {
            out.writeUTF(f);
            out.writeInt(args.size());
            for (String each : args) {
                out.writeBoolean(each != null);
                if (each != null) out.writeUTF(each);
            }
        }

        static Command readFrom(DataInput in) throws IOException {
            String f = in.readUTF();
            int count = in.readInt();
            List<String> args = new ArrayList<>();
            for (int at = 0; at < count; at++) args.add(in.readBoolean() ? in.readUTF() : null);
            return new Command(f, args);
        }
    }

    /** All objects: kind and key -> texts. A register, a counter and a lock have one, the set and a log have many. */
    static class Objects implements StateMachine {
        private final Map<String, List<String>> texts = new TreeMap<>();
        private long applied = 0;
        private long tokens = 0;
        private String digest = "";
        /** "position":"digest", oldest first. */
        private final ArrayDeque<String> earlier = new ArrayDeque<>();

        @Override
        public synchronized byte[] apply(byte[] data, int offset, int length, boolean serialize) throws Exception {
            Command command = Command.readFrom(new DataInputStream(new ByteArrayInputStream(data, offset, length)));
            String answer = run(command);
            if (!READS.contains(command.f())) note(data, offset, length);
            return answer.getBytes(StandardCharsets.UTF_8);
        }

        /** The digest is that of all changes: what only reads leaves it as it is. */
        private void note(byte[] data, int offset, int length) throws Exception {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            hash.update(digest.getBytes(StandardCharsets.UTF_8));
            hash.update(data, offset, length);
            digest = HexFormat.of().formatHex(hash.digest(), 0, 8);
            applied++;
            earlier.add(Service.quote(String.valueOf(applied)) + ":" + Service.quote(digest));
            if (earlier.size() > REPEATED) earlier.remove();
        }

        /** The answer as JSON. */
        synchronized String run(Command command) {
            List<String> args = command.args();
            String key = args.isEmpty() ? "" : args.get(0);
            switch (command.f()) {
                case "put":
                    texts.put("register/" + key, List.of(args.get(1)));
                    return "null";
                case "get":
                    return Service.quote(first("register/" + key));
                case "cas":
                    if (!java.util.Objects.equals(first("register/" + key), args.get(1))) return "false";
                    texts.put("register/" + key, List.of(args.get(2)));
                    return "true";
                case "add":
                    if (!of("set").contains(key)) of("set").add(key);
                    return "null";
                case "elements":
                    return Service.list(texts.getOrDefault("set", List.of()));
                case "append":
                    return String.valueOf(append("log/" + key, args.get(1)));
                case "log":
                    return Service.list(texts.getOrDefault("log/" + key, List.of()));
                case "enqueue":
                    return String.valueOf(append("queue/" + key, args.get(1)));
                case "dequeue":
                    return of("queue/" + key).isEmpty() ? "null" : Service.quote(of("queue/" + key).remove(0));
                case "increment":
                    texts.put("counter/" + key, List.of(String.valueOf(count(key) + Long.parseLong(args.get(1)))));
                    return "null";
                case "count":
                    return String.valueOf(count(key));
                case "acquire":
                    if (texts.containsKey("lock/" + key)) return "{\"done\":false}";
                    texts.put("lock/" + key, List.of(args.get(1)));
                    return "{\"done\":true,\"token\":" + ++tokens + "}";
                case "release":
                    if (!args.get(1).equals(first("lock/" + key))) return "{\"done\":false}";
                    texts.remove("lock/" + key);
                    return "{\"done\":true}";
                default:
                    return "null";
            }
        }

        private List<String> of(String name) {
            return texts.computeIfAbsent(name, unused -> new ArrayList<>());
        }

        private String first(String name) {
            return texts.containsKey(name) ? texts.get(name).get(0) : null;
        }

        private int append(String name, String text) {
            of(name).add(text);
            return of(name).size() - 1;
        }

        private long count(String key) {
            String text = first("counter/" + key);
            return text == null ? 0 : Long.parseLong(text);
        }

        synchronized String digests() {
            return "\"applied\":" + applied + ",\"digest\":" + Service.quote(digest) + ",\"earlier\":{" + String.join(",", earlier) + "}";
        }

        @Override
        public synchronized void writeContentTo(DataOutput out) throws Exception {
            out.writeLong(applied);
            out.writeLong(tokens);
            out.writeUTF(digest);
            out.writeInt(texts.size());
            for (Map.Entry<String, List<String>> each : texts.entrySet())
                new Command(each.getKey(), each.getValue()).writeTo(out);
        }

        @Override
        public synchronized void readContentFrom(DataInput in) throws Exception {
            texts.clear();
            earlier.clear();
            applied = in.readLong();
            tokens = in.readLong();
            digest = in.readUTF();
            for (int left = in.readInt(); left > 0; left--) {
                Command each = Command.readFrom(in);
                texts.put(each.f(), each.args());
            }
        }
    }

    /**
     * The library's log stores as the member's term that of the entries which it appends, or of the last one that is left after a
     * cut, even if the member is in a later term. This one never stores an earlier term than it has.
     */
    public static class TermKeepingLog extends FileBasedLog {
        @Override
        public Log currentTerm(long term) {
            return term < currentTerm() ? this : super.currentTerm(term);
        }

        @Override
        public void reinitializeTo(long index, LogEntry entry) {
            long own = currentTerm();
            super.reinitializeTo(index, entry);
            super.currentTerm(Math.max(own, entry.term()));
        }
    }

    private final JChannel channel;
    private final RaftHandle raft;
    private final Objects objects = new Objects();
    private final boolean readsLocally;

    Server(String name, String stack, String reads) throws Exception {
        channel = new JChannel(stack).name(name);
        raft = new RaftHandle(channel, objects).raftId(name);
        readsLocally = reads.equals("local");
    }

    /** The term only grows: if it is the same before and after, the leader is that of this term. */
    @Override
    public String status() {
        long term;
        Address leader;
        do {
            term = raft.currentTerm();
            leader = raft.leader();
        } while (raft.currentTerm() != term);
        boolean leads = leader != null && leader.equals(channel.getAddress());
        String role = leads ? "leader" : leader == null ? "candidate" : "follower";
        return "{\"role\":" + Service.quote(role) + ",\"term\":" + term
            + ",\"leader\":" + Service.quote(leader == null ? null : leader.toString())
            + ",\"last_applied\":" + raft.lastApplied() + ",\"commit_index\":" + raft.commitIndex() + "," + objects.digests() + "}";
    }

    /** @throws Exception that of jgroups-raft */
    @Override
    public String call(List<String> words) throws Exception {
        Command command = new Command(words.get(0), words.subList(1, words.size()));
        if (readsLocally && READS.contains(command.f()) && !command.f().equals("nothing")) return objects.run(command);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        command.writeTo(new DataOutputStream(bytes));
        byte[] answer = raft.setAsync(bytes.toByteArray(), 0, bytes.size()).get(CALL_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        if (answer == null) throw new IllegalStateException("no answer of the state machine");
        return new String(answer, StandardCharsets.UTF_8);
    }

    public static void main(String[] args) throws Exception {
        Server server = new Server(args[0], args[3], args[4]);
        // Before it has read its log, a member tells a term that is not its own.
        server.channel.connect("faultline");
        Service.serve(args[1], Integer.parseInt(args[2]), server);
    }
}
