import java.util.concurrent.Callable;

/** One line of JSON for each operation that was tried: its name, whether it passed, and the problem if not. */
final class Steps {
    interface Check<T> {
        boolean holds(T value) throws Exception;
    }

    interface Act {
        void run() throws Exception;
    }

    static <T> T step(String operation, Callable<T> call, Check<T> check) {
        try {
            T value = call.call();
            if (!check.holds(value)) throw new IllegalStateException("unexpected: " + value);
            say(operation, null);
            return value;
        } catch (Throwable problem) {
            say(operation, problem);
            return null;
        }
    }

    static void step(String operation, Act act) {
        step(operation, () -> {
            act.run();
            return true;
        }, done -> done);
    }

    static void until(String operation, Callable<Boolean> holds) {
        step(operation, () -> {
            long deadline = System.currentTimeMillis() + 60_000;
            while (!holds.call()) {
                if (System.currentTimeMillis() > deadline) throw new IllegalStateException("not within 60 s");
                Thread.sleep(50);
            }
        });
    }

    private static void say(String operation, Throwable problem) {
        String words = String.valueOf(problem).replaceAll("[\\\\\"\\p{Cntrl}]+", " ");
        String more = problem == null ? "" : ",\"problem\":\"" + words + "\"";
        System.out.println("{\"operation\":\"" + operation + "\",\"passed\":" + (problem == null) + more + "}");
    }
}
