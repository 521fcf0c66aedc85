/*
 * The protocol of our small servers around a library in Java, for tests. Its clients are those of pysyncobj/client.ts.
 *
 * - GET /status: what this member says of itself, as JSON
 * - POST /call ["f", ARGS...], texts, whole numbers or null: 200 { "value" }, or 503 { "error" } with the name of the
 *   exception and its message
 *
 * A call is handed to the library once and is never repeated. Keys and values are texts.
 */
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;

public class Service {
    /** What is behind the protocol. */
    public interface Member {
        /** As JSON. */
        String status() throws Exception;

        /** The value as JSON. @throws Exception that of the library */
        String call(List<String> words) throws Exception;
    }

    public static String quote(String text) {
        if (text == null) return "null";
        StringBuilder out = new StringBuilder("\"");
        for (char each : text.toCharArray()) {
            if (each == '"' || each == '\\') out.append('\\').append(each);
            else if (each < ' ') out.append(String.format("\\u%04x", (int) each));
            else out.append(each);
        }
        return out.append('"').toString();
    }

    public static String list(List<String> texts) {
        return "[" + String.join(",", texts.stream().map(Service::quote).toList()) + "]";
    }

    /** A list of texts, whole numbers and nulls in JSON, without nesting. */
    static List<String> parse(String json) {
        List<String> found = new ArrayList<>();
        int at = 1;
        while (at < json.length() - 1) {
            if (json.charAt(at) == ',') {
                at++;
            } else if (json.charAt(at) == '"') {
                StringBuilder text = new StringBuilder();
                for (at++; json.charAt(at) != '"'; at++) {
                    if (json.charAt(at) != '\\') {
                        text.append(json.charAt(at));
                        continue;
                    }
                    char escaped = json.charAt(++at);
                    if (escaped == 'u') {
                        text.append((char) Integer.parseInt(json.substring(at + 1, at + 5), 16));
                        at += 4;
                    } else {
                        int known = "bfnrt".indexOf(escaped);
                        text.append(known < 0 ? escaped : "\b\f\n\r\t".charAt(known));
                    }
                }
                found.add(text.toString());
                at++;
            } else {
                int end = at;
                while (json.charAt(end) != ',' && json.charAt(end) != ']') end++;
                String word = json.substring(at, end);
                found.add(word.equals("null") ? null : word);
                at = end;
            }
        }
        return found;
    }

    static String reasonOf(Throwable error) {
        boolean wraps = error instanceof ExecutionException || error instanceof CompletionException;
        if (wraps && error.getCause() != null) return reasonOf(error.getCause());
        if (error instanceof TimeoutException) return "TIMEOUT";
        return error.getClass().getSimpleName() + ": " + error.getMessage();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, content.length);
        exchange.getResponseBody().write(content);
        exchange.close();
    }

    private interface Work {
        String run() throws Exception;
    }

    private static void answer(HttpExchange exchange, Work work) throws IOException {
        String value;
        try {
            value = work.run();
        } catch (Exception error) {
            answer(exchange, 503, "{\"error\":" + quote(reasonOf(error)) + "}");
            return;
        }
        answer(exchange, 200, value);
    }

    public static void serve(String address, int port, Member member) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 128);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/status", exchange -> answer(exchange, member::status));
        server.createContext("/call", exchange -> {
            List<String> words = parse(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, () -> "{\"value\":" + member.call(words) + "}");
        });
        server.start();
    }
}
