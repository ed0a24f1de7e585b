// What threads print, each command's threads for themselves: one that still closes speaks into no other's words.
package admin;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

final class Spoken extends OutputStream {
    private static final InheritableThreadLocal<ByteArrayOutputStream> TARGET = new InheritableThreadLocal<>();

    /** From now on this thread and those that it starts are heard here. */
    static void into(ByteArrayOutputStream target) {
        TARGET.set(target);
    }

    @Override
    public void write(int unit) {
        write(new byte[] {(byte) unit}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) {
        ByteArrayOutputStream target = TARGET.get();
        if (target != null) {
            target.write(bytes, start, length);
        }
    }
}
