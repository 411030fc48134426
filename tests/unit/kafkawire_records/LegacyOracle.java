import java.io.*;
import java.nio.ByteBuffer;
import java.util.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.*;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.*;
import org.apache.kafka.storage.internals.log.*;

/** Lines in, lines out: B(uild), R(ead), V(alidate). See record_legacy_answers.py. */
public class LegacyOracle {
    static final HexFormat HEX = HexFormat.of();
    static byte[] bytes(String s) { return s.equals("-") ? null : HEX.parseHex(s); }
    static String text(ByteBuffer b) { return b == null ? "-" : HEX.formatHex(array(b)); }
    static byte[] array(ByteBuffer b) { byte[] a = new byte[b.remaining()]; b.duplicate().get(a); return a; }

    static String build(String[] w) {
        byte magic = Byte.parseByte(w[1]);
        Compression c = Compression.of(CompressionType.forId(Integer.parseInt(w[2]))).build();
        TimestampType type = TimestampType.forName(w[3]);
        MemoryRecordsBuilder b = MemoryRecords.builder(ByteBuffer.allocate(1 << 20), magic, c, type, Long.parseLong(w[4]), Long.parseLong(w[5]));
        for (int i = 6; i < w.length; i++) {
            String[] r = w[i].split(",", -1);
            b.appendWithOffset(Long.parseLong(r[0]), Long.parseLong(r[1]), bytes(r[2]), bytes(r[3]));
        }
        return HEX.formatHex(array(b.build().buffer()));
    }

    static String records(MemoryRecords set) {
        StringBuilder s = new StringBuilder();
        for (RecordBatch batch : set.batches())
            for (Record r : batch)
                s.append(' ').append(r.offset()).append(',').append(r.timestamp()).append(',').append(text(r.key())).append(',').append(text(r.value()));
        return s.toString();
    }

    static String validate(String[] w) throws Exception {
        MemoryRecords set = MemoryRecords.readableRecords(ByteBuffer.wrap(HEX.parseHex(w[1])));
        boolean compacted = w[2].equals("1");
        TimestampType type = TimestampType.forName(w[3]);
        CompressionType source = CompressionType.NONE;
        for (RecordBatch b : set.batches()) if (b.compressionType() != CompressionType.NONE) source = b.compressionType();
        LogValidator.MetricsRecorder metrics = (LogValidator.MetricsRecorder) java.lang.reflect.Proxy.newProxyInstance(
            LegacyOracle.class.getClassLoader(), new Class<?>[] {LogValidator.MetricsRecorder.class}, (p, m, a) -> null);
        Time time = new FixedTime(Long.parseLong(w[4]));
        LogValidator v = new LogValidator(set, new TopicPartition("t", 0), time, source, Compression.of(source).build(), compacted,
            (byte) 2, type, Long.MAX_VALUE, 3600000L, 5, AppendOrigin.CLIENT);
        try {
            LogValidator.ValidationResult r = v.validateMessagesAndAssignOffsets(PrimitiveRef.ofLong(700), metrics, BufferSupplier.NO_CACHING);
            return "ok " + HEX.formatHex(array(r.validatedRecords().buffer()));
        } catch (RecordValidationException e) {
            return "refused\t" + e.invalidException().getClass().getSimpleName() + "\t" + e.invalidException().getMessage() + "\t" + e.recordErrors();
        }
    }

    static class FixedTime implements Time {
        final long now;
        FixedTime(long now) { this.now = now; }
        public long milliseconds() { return now; }
        public long nanoseconds() { return now * 1000000; }
        public void sleep(long ms) { }
        public void waitObject(Object o, java.util.function.Supplier<Boolean> c, long d) { }
        public org.apache.kafka.common.utils.Timer timer(long t) { return Time.SYSTEM.timer(t); }
    }

    public static void main(String[] a) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = in.readLine()) != null; ) {
            String[] w = line.split(" ");
            String out;
            try {
                if (w[0].equals("B")) out = build(w);
                else if (w[0].equals("R")) out = "ok" + records(MemoryRecords.readableRecords(ByteBuffer.wrap(HEX.parseHex(w[1]))));
                else out = validate(w);
            } catch (Throwable e) { out = "failed\t" + e.getClass().getSimpleName() + "\t" + e.getMessage(); }
            System.out.println(out.replace('\n', ' '));
        }
    }
}
