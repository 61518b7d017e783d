/* SPDX-License-Identifier: MIT
 *
 * filter.c - what a seccomp filter costs, from the policy to the kernel, and from then on.
 *
 *     bench/filter [--gate FACTOR] [PROFILE [ROUNDS]]
 *
 * The steps of one process after the other, each time in a fresh one: to settle the lists, to write
 * the program, to prove it, to take its fingerprint, to install it; and what a call of getppid(2)
 * costs behind it. Medians and 95th percentiles. With --gate it fails where the median of the proof
 * is more than FACTOR times its target. Launches nothing: see launch.c.
 */
#include "guards/seccomp/filter.h"
#include "base/sha256.h"
#include "guards/seccomp/proof.h"
#include "policy/load.h"
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 300, CALLS = 200000, PROOF_TARGET_US = 200 };

enum step { SETTLE, WRITE, PROVE, FINGERPRINT, INSTALL, CALL_BEFORE, CALL_BEHIND, STEPS };

static const char *const names[STEPS] = {
    "settle the lists, us", "write, us",   "prove, us",
    "fingerprint, us",      "install, us", "getppid without a filter, ns",
    "getppid behind it, ns"};

struct figures {
    double of[STEPS];
    size_t instructions;
};

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void die(const char *what)
{
    fprintf(stderr, "filter: %s\n", what);
    exit(2);
}

static double call_ns(void)
{
    const double before = now_us();
    for (int i = 0; i < CALLS; i++)
        syscall(SYS_getppid);
    return (now_us() - before) * 1e3 / CALLS;
}

/* In a process of its own, for a filter stays. */
static void run(const struct sbx_policy *policy, struct figures *figures)
{
    static struct call_table table;
    static struct filter filter;
    struct sbx_error error;
    struct diag diag = {.error = &error};
    struct arena arena = {NULL};
    uint8_t digest[SHA256_SIZE];
    double times[STEPS];
    figures->of[CALL_BEFORE] = call_ns();
    times[SETTLE] = now_us();
    if (filter_settle(policy, &arena, &table, &diag) != 0)
        die(error.text);
    times[WRITE] = now_us();
    if (filter_write(policy, &table, &filter, &diag) != 0)
        die(error.text);
    times[PROVE] = now_us();
    if (proof_check(policy, &table, filter.code, filter.count, &error) != 0)
        die(error.text);
    times[FINGERPRINT] = now_us();
    sha256(filter.code, filter.count * sizeof(filter.code[0]), digest);
    times[INSTALL] = now_us();
    const struct sock_fprog program = {.len = (unsigned short)filter.count, .filter = filter.code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
        die("the kernel refused the filter");
    times[INSTALL + 1] = now_us();
    for (unsigned i = SETTLE; i <= INSTALL; i++)
        figures->of[i] = times[i + 1] - times[i];
    figures->of[CALL_BEHIND] = call_ns();
    figures->instructions = filter.count;
}

static void run_fresh(const struct sbx_policy *policy, struct figures *figures)
{
    int ends[2], status;
    if (pipe(ends) != 0)
        die("can't make a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        run(policy, figures);
        _exit(write(ends[1], figures, sizeof(*figures)) == sizeof(*figures) ? 0 : 1);
    }
    close(ends[1]);
    if (pid < 0 || read(ends[0], figures, sizeof(*figures)) != sizeof(*figures) ||
        waitpid(pid, &status, 0) != pid)
        die("a process failed");
    close(ends[0]);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int print_table(const struct figures *figures, size_t rounds, double gate)
{
    double *sorted = calloc(rounds, sizeof(*sorted)), proof = 0;
    if (!sorted)
        die("out of memory");
    printf("%zu rounds; a filter of %zu instructions\n\n", rounds, figures[0].instructions);
    printf("| step | median | p95 |\n|---|---:|---:|\n");
    for (unsigned step = 0; step < STEPS; step++) {
        for (size_t i = 0; i < rounds; i++)
            sorted[i] = figures[i].of[step];
        qsort(sorted, rounds, sizeof(*sorted), compare);
        printf("| %s | %.1f | %.1f |\n", names[step], sorted[rounds / 2],
               sorted[rounds * 95 / 100]);
        if (step == PROVE)
            proof = sorted[rounds / 2];
    }
    free(sorted);
    if (gate <= 0 || proof <= gate * PROOF_TARGET_US)
        return 0;
    printf("\nthe proof: more than %.1f times the target of %d us\n", gate, PROOF_TARGET_US);
    return 1;
}

int main(int argc, char **argv)
{
    const char *path = SANDBOX_PROFILES "/judge.ini";
    struct sbx_policy *policy;
    struct sbx_error error;
    size_t rounds = ROUNDS;
    double gate = 0;
    int next = 1;
    if (argc > next + 1 && strcmp(argv[next], "--gate") == 0) {
        gate = strtod(argv[next + 1], NULL);
        next += 2;
    }
    if (argc > next)
        path = argv[next++];
    if (argc > next)
        rounds = strtoul(argv[next], NULL, 10);
    setenv("HOME", "/home/somebody", 0);
    setenv("USER", "somebody", 0);
    if (rounds == 0)
        die("usage: filter [--gate FACTOR] [PROFILE [ROUNDS]]");
    if (policy_load(path, NULL, 0, &policy, &error) != 0)
        die(error.text);
    struct figures *figures = calloc(rounds, sizeof(*figures));
    if (!figures)
        die("out of memory");
    for (size_t i = 0; i < rounds; i++)
        run_fresh(policy, &figures[i]);
    int result = print_table(figures, rounds, gate);
    free(figures);
    policy_free(policy);
    return result;
}
