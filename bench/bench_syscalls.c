/* SPDX-License-Identifier: MIT
 *
 * bench_syscalls.c - what a system call costs behind the walls, for the whole life of a program.
 *
 *     bench/syscalls [--gate FACTOR] SANDBOX [ROUNDS [PROFILE [FILE]]]
 *
 * The same worker runs three times at once: bare, in a sandbox without Landlock, and in one with
 * it. Only one of them has its turn at any time, and all have one in each round, so that the noise
 * of the machine falls on all alike. Medians of the rounds; ratios to the bare worker. With --gate
 * it fails where a ratio is more than FACTOR times its target. Says nothing of launches: see
 * launch.c.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 300, ROUNDS_MAX = 10000, BATCH = 2000, WARM_UP = 3 };
enum call { ALLOWED, CONDITION, OPEN_CLOSE, CALLS };
enum place { BARE, FILTERED, LANDLOCKED, PLACES };

static const char *const call_names[CALLS] = {"allowed (getppid)", "with a condition (personality)",
                                              "open and close"};
static const char *const place_names[PLACES] = {"bare", "filter", "filter and Landlock"};

/* Of the ratios; 0: the bare worker is what they are taken to. */
static const double targets[PLACES][CALLS] = {
    [FILTERED] = {1.3, 1.45, 1.1}, [LANDLOCKED] = {1.3, 1.45, 1.35}};

static void die(const char *what)
{
    fprintf(stderr, "syscalls: %s\n", what);
    exit(2);
}

/* ---- the worker ----------------------------------------------------------------------------- */

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void make_calls(enum call call, const char *file, int count)
{
    for (int i = 0; i < count; i++) {
        if (call == ALLOWED)
            syscall(SYS_getppid);
        else if (call == CONDITION)
            syscall(SYS_personality, 0xffffffffUL);
        else
            close(open(file, O_RDONLY | O_CLOEXEC));
    }
}

/* For each byte that it reads it makes a batch of each call, and writes what one took. */
static int work(const char *file)
{
    char turn;
    const int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("the file can't be opened");
    close(fd);
    while (read(STDIN_FILENO, &turn, 1) == 1) {
        double took[CALLS];
        for (int call = 0; call < CALLS; call++) {
            const int count = call == OPEN_CLOSE ? BATCH / 4 : BATCH;
            make_calls((enum call)call, file, count / 10);
            const double before = now_ns();
            make_calls((enum call)call, file, count);
            took[call] = (now_ns() - before) / count;
        }
        if (write(STDOUT_FILENO, took, sizeof(took)) != sizeof(took))
            return 1;
    }
    return 0;
}

/* ---- the race ------------------------------------------------------------------------------- */

struct worker {
    pid_t pid;
    int to, from;
    double *took[CALLS]; /* one for each round */
};

struct race {
    const char *sandbox, *profile, *file;
    char self[4096];
    size_t rounds;
};

static void exec_worker(const struct race *race, enum place place)
{
    if (place == BARE)
        execl(race->self, race->self, "--worker", race->file, (char *)NULL);
    else
        execl(race->sandbox, race->sandbox, "--profile", race->profile, "--set",
              place == FILTERED ? "landlock.mode=off" : "landlock.mode=auto", "--set",
              "limits.cpu_time=unlimited", "--set", "limits.wall_time=unlimited", "--set",
              "limits.output=unlimited", "--", race->self, "--worker", race->file, (char *)NULL);
    die("a worker can't be started");
}

static void start(const struct race *race, enum place place, struct worker *worker)
{
    int down[2], up[2];
    if (pipe2(down, O_CLOEXEC) != 0 || pipe2(up, O_CLOEXEC) != 0 || (worker->pid = fork()) < 0)
        die("a worker can't be started");
    if (worker->pid == 0) {
        if (dup2(down[0], STDIN_FILENO) < 0 || dup2(up[1], STDOUT_FILENO) < 0)
            _exit(1);
        exec_worker(race, place);
    }
    close(down[0]);
    close(up[1]);
    worker->to = down[1];
    worker->from = up[0];
    for (int call = 0; call < CALLS; call++)
        if ((worker->took[call] = calloc(race->rounds, sizeof(double))) == NULL)
            die("out of memory");
}

static void take_turn(struct worker *worker, double took[CALLS])
{
    const size_t size = CALLS * sizeof(double);
    if (write(worker->to, "", 1) != 1 || read(worker->from, took, size) != (ssize_t)size)
        die("a worker has ended");
}

static void run(const struct race *race, struct worker workers[PLACES])
{
    double took[CALLS];
    for (int place = 0; place < PLACES; place++)
        start(race, (enum place)place, &workers[place]);
    for (size_t round = 0; round < race->rounds + WARM_UP; round++)
        for (int place = 0; place < PLACES; place++) {
            take_turn(&workers[place], took);
            for (int call = 0; round >= WARM_UP && call < CALLS; call++)
                workers[place].took[call][round - WARM_UP] = took[call];
        }
    for (int place = 0; place < PLACES; place++) {
        int status;
        close(workers[place].to);
        close(workers[place].from);
        if (waitpid(workers[place].pid, &status, 0) != workers[place].pid || status != 0)
            die("a worker failed");
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int print_table(struct worker workers[PLACES], size_t rounds, double gate)
{
    int result = 0;
    printf(
        "%zu rounds; medians\n\n| call | where | ns | ratio | target |\n|---|---|---:|---:|---:|\n",
        rounds);
    for (int call = 0; call < CALLS; call++) {
        double bare = 0;
        for (int place = 0; place < PLACES; place++) {
            double *took = workers[place].took[call];
            qsort(took, rounds, sizeof(*took), compare);
            const double median = took[rounds / 2], target = targets[place][call];
            if (place == BARE)
                bare = median;
            printf("| %s | %s | %.0f | %.2f | %.2f |\n", call_names[call], place_names[place],
                   median, median / bare, place == BARE ? 1 : target);
            if (gate > 0 && place != BARE && median > gate * target * bare)
                result = 1;
        }
    }
    if (result)
        printf("\nmore than %.1f times a target\n", gate);
    return result;
}

int main(int argc, char **argv)
{
    struct race race = {
        .rounds = ROUNDS, .profile = SANDBOX_PROFILES "/judge.ini", .file = "/usr/bin/env"};
    struct worker workers[PLACES];
    double gate = 0;
    int next = 1;
    if (argc == 3 && strcmp(argv[1], "--worker") == 0)
        return work(argv[2]);
    if (argc > 2 && strcmp(argv[1], "--gate") == 0) {
        gate = strtod(argv[2], NULL);
        next = 3;
    }
    const ssize_t length = readlink("/proc/self/exe", race.self, sizeof(race.self) - 1);
    if (argc <= next || length <= 0)
        die("usage: syscalls [--gate FACTOR] SANDBOX [ROUNDS [PROFILE [FILE]]]");
    race.self[length] = '\0';
    race.sandbox = argv[next++];
    if (argc > next)
        race.rounds = strtoul(argv[next++], NULL, 10);
    if (argc > next)
        race.profile = argv[next++];
    if (argc > next)
        race.file = argv[next];
    if (race.rounds == 0 || race.rounds > ROUNDS_MAX)
        die("so many rounds can't be run");
    run(&race, workers);
    const int result = print_table(workers, race.rounds, gate);
    for (int place = 0; place < PLACES; place++)
        for (int call = 0; call < CALLS; call++)
            free(workers[place].took[call]);
    return result;
}
