import java.io.*;
import java.util.*;
import java.util.regex.*;

/** A line in: a pattern and texts, as JSON. A line out: which texts match as a whole, or null for no pattern. */
public class PatternOracle {
    public static void main(String[] a) throws Exception {
        var json = new com.fasterxml.jackson.databind.ObjectMapper();
        var in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        var out = new PrintStream(System.out, true, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            String[] w = json.readValue(line, String[].class);
            Map<String, Boolean> found = new LinkedHashMap<>();
            try {
                Pattern pattern = Pattern.compile(w[0]);
                for (int i = 1; i < w.length; i++) found.put(w[i], pattern.matcher(w[i]).matches());
            } catch (PatternSyntaxException e) {
                found = null;
            }
            out.println(json.writeValueAsString(found));
        }
    }
}
