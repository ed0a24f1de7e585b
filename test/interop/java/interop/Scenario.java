// One thing that users do with RocketMQ, done with the official client and checked.
package interop;

interface Scenario {
    String name();

    void run(Context context) throws Exception;
}
