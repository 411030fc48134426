import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs one console tool of Kafka after the other in one JVM, so that a long session does not start a JVM for each.
 *
 * A request on standard input is a class name, a count of arguments, the arguments and the tool's standard input; the answer
 * on standard output is the exit code, a length and what the tool printed, on either stream. The tools end through Kafka's own
 * Exit, whose procedures are replaced here: the first exit counts, and what is printed while the tool unwinds does not. Their
 * classes are loaded anew for each run, because some keep counts in static fields.
 */
public final class ToolRunner {
    /** Unwinds a tool that called exit. */
    private static final class Exited extends Error {
    }

    private static final long HOOK_TIMEOUT_MS = 10_000;

    private static final class Run {
        final ByteArrayOutputStream printed = new ByteArrayOutputStream();
        final List<Runnable> hooks = new CopyOnWriteArrayList<>();
        Integer exitCode;

        /** Ends the run once: runs what the tool wants run at the end, then takes no more output. */
        synchronized void end(int code) throws InterruptedException {
            if (exitCode != null) return;
            for (Runnable hook : hooks) {
                Thread thread = new Thread(hook);
                thread.setDaemon(true);
                thread.start();
                thread.join(HOOK_TIMEOUT_MS);
            }
            System.out.flush();
            System.err.flush();
            exitCode = code;
        }
    }

    private static volatile Run run = new Run();

    public static void main(String[] arguments) throws Exception {
        DataInputStream requests = new DataInputStream(System.in);
        DataOutputStream answers = new DataOutputStream(System.out);
        PrintStream captured = new PrintStream(new Capture(), true, StandardCharsets.UTF_8);
        System.setOut(captured);
        System.setErr(captured);
        Exit.Procedure exit = (code, message) -> {
            if (message != null) System.err.println(message);
            try {
                run.end(code);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new Exited();
        };
        Exit.setExitProcedure(exit);
        Exit.setHaltProcedure(exit);
        Exit.setShutdownHookAdder((name, hook) -> run.hooks.add(hook));
        while (true) {
            String tool;
            try {
                tool = requests.readUTF();
            } catch (EOFException end) {
                Runtime.getRuntime().halt(0);
                return;
            }
            String[] words = new String[requests.readInt()];
            for (int i = 0; i < words.length; i++) words[i] = requests.readUTF();
            System.setIn(new ByteArrayInputStream(requests.readUTF().getBytes(StandardCharsets.UTF_8)));
            run = new Run();
            runTool(tool, words);
            byte[] printed = run.printed.toByteArray();
            answers.writeInt(run.exitCode);
            answers.writeInt(printed.length);
            answers.write(printed);
            answers.flush();
        }
    }

    private static void runTool(String tool, String[] words) throws Exception {
        Thread main = Thread.currentThread();
        try (URLClassLoader loader = new FreshTools()) {
            main.setContextClassLoader(loader);
            int code = 0;
            try {
                loader.loadClass(tool).getMethod("main", String[].class).invoke(null, (Object) words);
            } catch (InvocationTargetException thrown) {
                if (!(thrown.getCause() instanceof Exited) && run.exitCode == null) {
                    System.err.print("Exception in thread \"main\" ");
                    thrown.getCause().printStackTrace();
                    code = 1;
                }
            }
            run.end(code);
        } finally {
            main.setContextClassLoader(ToolRunner.class.getClassLoader());
        }
    }

    /** What is printed goes to the run that is under way, until that ends. */
    private static final class Capture extends OutputStream {
        @Override
        public void write(int octet) {
            Run current = run;
            if (current.exitCode == null) current.printed.write(octet);
        }

        @Override
        public void write(byte[] octets, int offset, int length) {
            Run current = run;
            if (current.exitCode == null) current.printed.write(octets, offset, length);
        }
    }

    /** Loads the tools themselves each time, everything else once. */
    private static final class FreshTools extends URLClassLoader {
        FreshTools() throws IOException {
            super(classPath(), ToolRunner.class.getClassLoader());
        }

        private static URL[] classPath() throws IOException {
            List<URL> urls = new ArrayList<>();
            for (String entry : System.getProperty("java.class.path").split(File.pathSeparator))
                urls.add(new File(entry).toURI().toURL());
            return urls.toArray(new URL[0]);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            boolean isTool = name.startsWith("org.apache.kafka.tools.") || name.startsWith("kafka.admin.");
            if (!isTool || name.startsWith("org.apache.kafka.tools.api.")) return super.loadClass(name, resolve);
            synchronized (getClassLoadingLock(name)) {
                Class<?> found = findLoadedClass(name);
                return found != null ? found : findClass(name);
            }
        }
    }
}
