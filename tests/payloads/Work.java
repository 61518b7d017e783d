// SPDX-License-Identifier: MIT
//
// Work.java - a Java program as a language test: threads that each fill 64 MB and pass a result on
// through a file in /tmp.

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public class Work {
    static Path part(Path folder, int number) {
        return folder.resolve("part-" + number);
    }

    static int work(Path folder, int number) throws Exception {
        long[] numbers = new long[8 * 1024 * 1024];
        Random random = new Random(number);
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = random.nextInt(1 << 20);
        }
        Arrays.sort(numbers, 0, 200000);
        Files.writeString(part(folder, number), Integer.toString(number));
        return numbers[0] <= numbers[199999] ? 0 : 1;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Files.createTempDirectory("work");
        if (!folder.startsWith("/tmp")) {
            throw new AssertionError(folder.toString());
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int number = i;
            results.add(threads.submit(() -> work(folder, number)));
        }
        int total = 0;
        for (int i = 0; i < 4; i++) {
            total += results.get(i).get();
            total += Integer.parseInt(Files.readString(part(folder, i)));
            Files.delete(part(folder, i));
        }
        threads.shutdown();
        Files.delete(folder);
        System.out.println("total " + total);
    }
}
