import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;

/**
 * The Java client's scenarios; driver.py says what arguments and output mean. Compiles against every release from 2.8 on.
 */
public final class Scenarios {
    public static void main(String[] arguments) {
        try (Admin admin = Admin.create(Harness.client(arguments[0]))) {
            if (arguments.length > 2) {
                restart(new GroupScenarios(arguments[0], arguments[1], admin));
            } else {
                all(arguments[0], arguments[1], admin);
            }
        }
    }

    private static void all(String bootstrap, String prefix, Admin admin) {
        ReadingScenarios reading = new ReadingScenarios(bootstrap, prefix, admin);
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            report("round_trip:" + codec, () -> reading.roundTrip(codec));
        }
        report("resume", reading::resume);
        GroupScenarios groups = new GroupScenarios(bootstrap, prefix, admin);
        report("rebalance", groups::rebalance);
        for (ConsumerPartitionAssignor strategy : GroupScenarios.STRATEGIES) {
            report("strategy:" + strategy.name(), () -> groups.strategy(strategy));
        }
        report("static", groups::staticMembers);
        report("silent", groups::silent);
        report("seek", reading::seek);
        report("reset", reading::reset);
        report("idempotence", reading::idempotence);
        report("compaction", reading::compaction);
        report("timeouts", reading::timeouts);
        report("times", reading::times);
        AdminScenarios administration = new AdminScenarios(bootstrap, prefix, admin);
        report("topics", administration::topics);
        report("configs", administration::configs);
        report("groups", administration::groups);
    }

    private static void restart(GroupScenarios groups) {
        report("restart", () -> groups.restart(() -> {
            System.out.println("{\"please\": \"restart\"}");
            System.in.read();
        }));
    }

    private static void report(String check, Callable<String> body) {
        String detail;
        boolean ok = true;
        try {
            detail = body.call();
        } catch (Throwable error) {
            ok = false;
            detail = error.toString() + " at " + (error.getStackTrace().length > 0 ? error.getStackTrace()[0] : "?");
        }
        System.out.println("{\"check\": " + quoted(check) + ", \"ok\": " + ok + ", \"detail\": " + quoted(detail) + "}");
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char character : text.toCharArray()) {
            if (character == '"' || character == '\\' || character < ' ') {
                json.append(String.format("\\u%04x", (int) character));
            } else {
                json.append(character);
            }
        }
        return json.append('"').toString();
    }
}
