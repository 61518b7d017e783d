/* SPDX-License-Identifier: MIT
 *
 * probe_init_orders.c - gives its parent, which inside is the sandbox's PID 1, orders that only the
 * launcher may give: by signals, by signals whose sender the kernel has no room to note, and by
 * resource limits. As a control it makes a parent of its own that is easily taken in.
 */
#include "escape/probe.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int orders[] = {SIGUSR1, SIGUSR2, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, 40, 64};
enum { ORDERS = sizeof(orders) / sizeof(*orders) };

static volatile sig_atomic_t heard;

static void hear(int number)
{
    heard = number;
}

/* As many signals pending as the user may have: the next one arrives without its siginfo. */
static int exhaust(void)
{
    union sigval value = {0};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 9);
    sigprocmask(SIG_BLOCK, &set, NULL);
    while (sigqueue(getpid(), SIGRTMIN + 9, value) == 0)
        ;
    return errno == EAGAIN ? 0 : -1;
}

static void give_orders(pid_t pid)
{
    siginfo_t queued = {.si_code = SI_QUEUE}, forged = {.si_code = SI_USER};
    int i;

    for (i = 0; i < ORDERS; i++) {
        kill(pid, orders[i]);
        syscall(SYS_rt_sigqueueinfo, pid, orders[i], &queued);
        syscall(SYS_rt_sigqueueinfo, pid, orders[i], &forged);
        syscall(SYS_tgkill, pid, pid, orders[i]);
    }
}

/* An order that is obeyed reaches this process as a signal, stops it, or ends it. */
static int by_signals(pid_t pid)
{
    int i, round;

    for (i = 0; i < ORDERS; i++) {
        if (orders[i] != SIGTSTP)
            signal(orders[i], hear);
    }
    for (round = 0; round < 20 && !heard; round++) {
        give_orders(pid);
        usleep(5000);
    }
    errno = 0;
    return heard ? escaped("an order was obeyed") : blocked("no order was obeyed");
}

static int by_limits(pid_t pid)
{
    static const int kinds[] = {RLIMIT_SIGPENDING, RLIMIT_CPU,   RLIMIT_STACK,
                                RLIMIT_NOFILE,     RLIMIT_FSIZE, RLIMIT_AS};
    const struct rlimit least = {0, 0};
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (syscall(SYS_prlimit64, pid, kinds[i], &least, NULL) == 0)
            return escaped("a limit was set");
    }
    return blocked("prlimit");
}

/* ---- controls ------------------------------------------------------------------------------- */

/* Dies of an order, or takes one whose sender is not noted for the launcher's. */
static void naive_parent(int careful)
{
    siginfo_t info;
    sigset_t all;

    if (!careful) {
        for (;;)
            pause();
    }
    sigfillset(&all);
    for (;;) {
        if (sigwaitinfo(&all, &info) > 0 && info.si_signo != SIGCHLD && info.si_code == SI_USER &&
            info.si_pid == 0)
            _exit(1);
    }
}

static int orders_a_parent(int careful)
{
    const struct rlimit few = {4, 4};
    sigset_t all;
    int status;
    pid_t parent;

    if (setrlimit(RLIMIT_SIGPENDING, &few) != 0)
        return broken("RLIMIT_SIGPENDING");
    parent = fork();
    if (parent == 0) {
        sigfillset(&all);
        if (careful)
            sigprocmask(SIG_SETMASK, &all, NULL);
        naive_parent(careful);
    }
    usleep(20000);
    if (careful && exhaust() != 0)
        return broken("the signals can't be exhausted");
    give_orders(parent);
    usleep(20000);
    if (waitpid(parent, &status, WNOHANG) == parent)
        return escaped("the parent obeyed");
    kill(parent, SIGKILL);
    return blocked("the parent did not obey");
}

int main(int argc, char **argv)
{
    if (argc < PROBE_ARGUMENTS)
        return BROKEN;
    if (is_variant(argv, "control-limits"))
        return by_limits(atoi(argv[VICTIM]));
    if (is_variant(argv, "control-signals"))
        return orders_a_parent(0);
    if (is_variant(argv, "control-exhausted"))
        return orders_a_parent(1);
    if (getppid() != 1)
        return broken("the parent is not PID 1");
    if (is_variant(argv, "limits"))
        return by_limits(1);
    if (is_variant(argv, "exhausted") && exhaust() != 0)
        return broken("the signals can't be exhausted");
    return by_signals(1);
}
