// Runs commands of RocketMQ's mqadmin one after the other in one JVM, which is far quicker than one JVM a command.
//
// A line of standard input is a number and words, separated by tabs; the answer is a line `answer NUMBER TEXT`, the
// text in Base64. Words that begin with `@` are this program's own (see Companions), all others are mqadmin's.
package admin;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.apache.rocketmq.tools.command.MQAdminStartup;

public final class Main {
    private final PrintStream report = System.out;
    private final Companions companions;

    private Main(String nameserver) throws Exception {
        PrintStream spoken = new PrintStream(new Spoken(), true, StandardCharsets.UTF_8);
        System.setOut(spoken);
        System.setErr(spoken);
        companions = new Companions(nameserver);
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("rocketmq.namesrv.addr", arguments[0]);
        new Main(arguments[0]).run();
        // Threads of commands that do not end by themselves.
        Runtime.getRuntime().halt(0);
    }

    private void run() throws Exception {
        report.println("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String[] words = line.split("\t", -1);
            String[] command = Arrays.copyOfRange(words, 1, words.length);
            byte[] said = command[0].startsWith("@") ? own(command) : captured(command);
            report.println("answer " + words[0] + " " + Base64.getEncoder().encodeToString(said));
            report.flush();
        }
    }

    private byte[] own(String[] command) {
        try {
            return companions.run(command).getBytes(StandardCharsets.UTF_8);
        } catch (Exception error) {
            return describe(error).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** An error as the tools would show it: its kind and its first line. */
    private static String describe(Throwable error) {
        String text = String.valueOf(error.getMessage()).split("\n")[0];
        return error.getClass().getSimpleName() + ": " + text + "\n";
    }

    /**
     * What a command writes to both of its streams. The tools end by closing their client, which takes up to three
     * seconds; a command that has come so far and has said something is done, but for those that are told to wait
     * with a `+`. Errors are said behind the closing.
     */
    private byte[] captured(String[] words) throws InterruptedException {
        boolean isWaiting = words[0].startsWith("+");
        String[] command = words.clone();
        command[0] = isWaiting ? words[0].substring(1) : words[0];
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Thread running = new Thread(() -> {
            Spoken.into(said);
            try {
                forgetCommands();
                MQAdminStartup.main0(command, null);
            } catch (Throwable error) {
                System.out.print(describe(error));
            }
        }, command[0]);
        running.setDaemon(true);
        running.start();
        while (running.isAlive() && (isWaiting || said.size() == 0 || !isClosing(running))) {
            running.join(10);
        }
        return said.toByteArray();
    }

    /** Some commands keep a client that they have closed: in a JVM that runs many, each gets commands of its own. */
    private static void forgetCommands() throws ReflectiveOperationException {
        for (Field field : MQAdminStartup.class.getDeclaredFields()) {
            if (List.class.isAssignableFrom(field.getType())) {
                field.setAccessible(true);
                ((List<?>) field.get(null)).clear();
            }
        }
    }

    private static boolean isClosing(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().endsWith("NettyRemotingClient") && frame.getMethodName().equals("shutdown"));
    }
}
