/*
 * A small server in front of an embedded member of Hazelcast, for tests: each member of a cluster runs one.
 *
 *     Server ADDRESS PORT CONFIG MAJORITY SETS COUNTERS LOCKS
 *
 * CONFIG is the file with the member's configuration, MAJORITY how many members a cluster needs to be called ready, and SETS,
 * COUNTERS and LOCKS are the options of the same name. The protocol is that of Service.java.
 *
 * Each call is one call of a structure of Hazelcast. Where Hazelcast does not fail on an indeterminate state, it may carry it out
 * again by itself if a member leaves.
 */
import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.XmlConfigBuilder;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

public class Server implements Service.Member {
    static final String ONE = "one";

    /** Adds a text to the list in an entry. The result is its place. */
    record Append(String text) implements EntryProcessor<String, ArrayList<String>, Integer> {
        @Override
        public Integer process(Map.Entry<String, ArrayList<String>> entry) {
            ArrayList<String> texts = entry.getValue() == null ? new ArrayList<>() : entry.getValue();
            texts.add(text);
            entry.setValue(texts);
            return texts.size() - 1;
        }
    }

    /** Adds to the number in an entry. */
    record Add(long delta) implements EntryProcessor<String, Long, Long> {
        @Override
        public Long process(Map.Entry<String, Long> entry) {
            long sum = (entry.getValue() == null ? 0 : entry.getValue()) + delta;
            entry.setValue(sum);
            return sum;
        }
    }

    /**
     * A lock of a map belongs to a member and a thread, so each owner has a thread of its own for as long as it may hold one:
     * until it has released it, or was refused.
     */
    static class Owners {
        private final Map<String, ExecutorService> threads = new ConcurrentHashMap<>();

        /** @param freeAfter the answer after which the owner holds nothing */
        boolean ask(String owner, Callable<Boolean> work, boolean freeAfter) throws Exception {
            ExecutorService thread = threads.computeIfAbsent(owner, unused -> Executors.newSingleThreadExecutor());
            try {
                boolean answer = thread.submit(work).get();
                if (answer == freeAfter && threads.remove(owner, thread)) thread.shutdown();
                return answer;
            } catch (ExecutionException error) {
                if (error.getCause() instanceof Exception cause) throw cause;
                throw error;
            }
        }

        boolean knows(String owner) {
            return threads.containsKey(owner);
        }
    }

    private final HazelcastInstance member;
    private final int majority;
    private final boolean isSetInEntry;
    private final boolean isCounterInEntry;
    private final boolean isLockInEntry;
    private final boolean failsOnIndeterminate;
    private final Owners owners = new Owners();

    Server(Config config, int majority, String sets, String counters, String locks) {
        member = Hazelcast.newHazelcastInstance(config);
        this.majority = majority;
        failsOnIndeterminate = Boolean.parseBoolean(config.getProperty("hazelcast.operation.fail.on.indeterminate.state"));
        isSetInEntry = sets.equals("entry");
        isCounterInEntry = counters.equals("entry");
        isLockInEntry = locks.equals("entry");
    }

    private static String nameOf(Member each) {
        return each.getAttribute("node");
    }

    /** The first of the members is the oldest, which decides who joins and who has which part of the data. */
    @Override
    public String status() {
        List<Member> members = new ArrayList<>(member.getCluster().getMembers());
        String oldest = nameOf(members.get(0));
        boolean leads = oldest.equals(nameOf(member.getCluster().getLocalMember()));
        return "{\"role\":" + Service.quote(leads ? "leader" : "follower") + ",\"leader\":" + Service.quote(oldest)
            + ",\"members\":" + Service.list(members.stream().map(Server::nameOf).toList()) + "}";
    }

    /** Split-brain protection has turned a call down that was carried out nowhere. */
    static class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    /** @throws Exception that of Hazelcast */
    @Override
    public String call(List<String> words) throws Exception {
        try {
            return make(words);
        } catch (SplitBrainProtectionException refused) {
            // Otherwise it may be the second attempt that was refused.
            if (failsOnIndeterminate) throw new Refused(refused.getMessage());
            throw refused;
        }
    }

    private String make(List<String> words) throws Exception {
        String key = words.size() > 1 ? words.get(1) : ONE;
        String value = words.size() > 2 ? words.get(2) : null;
        return switch (words.get(0)) {
            case "put" -> {
                registers().set(key, value);
                yield "null";
            }
            case "get" -> Service.quote(registers().get(key));
            case "cas" -> String.valueOf(replace(key, value, words.get(3)));
            case "add" -> add(key);
            case "elements" -> Service.list(elements());
            case "append" -> String.valueOf(lists("logs").executeOnKey(key, new Append(value)));
            case "log" -> Service.list(lists("logs").getOrDefault(key, new ArrayList<>()));
            case "enqueue" -> {
                member.getQueue(key).add(value);
                yield "null";
            }
            case "dequeue" -> Service.quote((String) member.getQueue(key).poll());
            case "increment" -> increment(key, Long.parseLong(value));
            case "count" -> String.valueOf(count(key));
            case "acquire" -> "{\"done\":" + acquire(key, value) + "}";
            case "release" -> "{\"done\":" + release(key, value) + "}";
            case "nothing" -> nothing();
            default -> throw new IllegalArgumentException("no call " + words.get(0));
        };
    }

    private IMap<String, String> registers() {
        return member.getMap("registers");
    }

    private IMap<String, ArrayList<String>> lists(String name) {
        return member.getMap(name);
    }

    private IMap<String, Long> counters() {
        return member.getMap("counters");
    }

    private IMap<String, String> locks() {
        return member.getMap("locks");
    }

    private boolean replace(String key, String expected, String next) {
        if (expected == null) return registers().putIfAbsent(key, next) == null;
        return registers().replace(key, expected, next);
    }

    private String add(String element) {
        if (isSetInEntry) lists("set").executeOnKey(ONE, new Append(element));
        else member.getSet("set").add(element);
        return "null";
    }

    private List<String> elements() {
        if (isSetInEntry) return lists("set").getOrDefault(ONE, new ArrayList<>());
        return new ArrayList<>(member.<String>getSet("set"));
    }

    private String increment(String key, long delta) {
        if (isCounterInEntry) counters().executeOnKey(key, new Add(delta));
        else member.getPNCounter(key).addAndGet(delta);
        return "null";
    }

    private long count(String key) {
        if (isCounterInEntry) return counters().getOrDefault(key, 0L);
        return member.getPNCounter(key).get();
    }

    private boolean acquire(String key, String owner) throws Exception {
        if (isLockInEntry) return locks().putIfAbsent(key, owner) == null;
        return owners.ask(owner, () -> locks().tryLock(key), false);
    }

    private boolean release(String key, String owner) throws Exception {
        if (isLockInEntry) return locks().remove(key, owner);
        if (!owners.knows(owner)) return false;
        return owners.ask(owner, () -> unlock(key), true);
    }

    /** Whether this thread held it. */
    private boolean unlock(String key) {
        try {
            locks().unlock(key);
            return true;
        } catch (IllegalMonitorStateException notTheOwner) {
            return false;
        }
    }

    /** Ready: with a majority, and all of them have all backups that they should have. */
    private String nothing() {
        int size = member.getCluster().getMembers().size();
        if (size < majority) throw new IllegalStateException("a cluster of " + size);
        if (!member.getPartitionService().isClusterSafe()) throw new IllegalStateException("backups are missing");
        return "null";
    }

    public static void main(String[] args) throws Exception {
        Config config = new XmlConfigBuilder(args[2]).build();
        Server server = new Server(config, Integer.parseInt(args[3]), args[4], args[5], args[6]);
        Service.serve(args[0], Integer.parseInt(args[1]), server);
    }
}
