import java.io.*;
import java.util.*;
import org.apache.kafka.common.config.*;

/** Lines in, lines out: resource, key, value as JSON strings in, what Kafka makes of the value out. See record_config_answers.py. */
public class ConfigOracle {
    static ConfigDef definition(String resource) throws Exception {
        return switch (resource) {
            case "broker" -> kafka.server.KafkaConfig.configDef();
            case "topic" -> org.apache.kafka.storage.internals.log.LogConfig.configDefCopy();
            default -> org.apache.kafka.coordinator.group.GroupConfig.CONFIG_DEF;
        };
    }

    public static void main(String[] a) throws Exception {
        var json = new com.fasterxml.jackson.databind.ObjectMapper();
        var definitions = new HashMap<String, ConfigDef>();
        var in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        var out = new PrintStream(System.out, true, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            String[] w = json.readValue(line, String[].class);
            if (!definitions.containsKey(w[0])) definitions.put(w[0], definition(w[0]));
            ConfigDef.ConfigKey key = definitions.get(w[0]).configKeys().get(w[1]);
            String answer;
            try {
                Object value = new ConfigDef().define(key).parse(Map.of(w[1], w[2])).get(w[1]);
                answer = "=" + (key.type == ConfigDef.Type.PASSWORD ? ((org.apache.kafka.common.config.types.Password) value).value()
                    : ConfigDef.convertToString(value, key.type));
            } catch (Exception e) {
                answer = "!" + e.getMessage();
            }
            out.println(json.writeValueAsString(answer));
        }
    }
}
