/* SPDX-License-Identifier: MIT
 *
 * init.c - PID 1 of the sandbox once the payload is forked.
 *
 * It reaps, hands on the signals that the parent wants handed on, and ends everything when the
 * payload's first process is dead or the parent says so. It has no fd, no right and no say. Orders
 * stand on the board, which nobody inside can reach; a signal is only a wake-up, whoever sends it
 * and whatever it says of its sender.
 *
 * As in order.c: raw system calls only.
 */
#include "base/sys.h"
#include "launch/order.h"
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static void write_totals(struct board *board)
{
    struct rusage usage = {0};
    if (sys(SYS_getrusage, RUSAGE_CHILDREN, &usage) < 0)
        return;
    atomic_store(&board->reaped_user_us,
                 (long long)usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec);
    atomic_store(&board->reaped_sys_us,
                 (long long)usage.ru_stime.tv_sec * 1000000 + usage.ru_stime.tv_usec);
    atomic_store(&board->largest_rss_kib, usage.ru_maxrss);
    atomic_store(&board->voluntary_switches, usage.ru_nvcsw);
    atomic_store(&board->involuntary_switches, usage.ru_nivcsw);
}

static void write_verdict(struct board *board, int status)
{
    struct timespec now = {0, 0};
    sys(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    atomic_store(&board->wait_status, status);
    atomic_store(&board->end_ns, (long long)now.tv_sec * 1000000000 + now.tv_nsec);
    atomic_store(&board->ended, 1);
}

/* Reaps what is dead. Returns false when there is no child left at all. */
static bool reap(struct board *board, pid_t payload, int flags)
{
    for (;;) {
        int status = 0;
        long pid = sys(SYS_wait4, -1, &status, flags | __WALL, NULL);
        if (pid == 0 || pid == -EINTR)
            return true;
        if (pid < 0)
            return false;
        if (pid == payload)
            write_verdict(board, status);
        write_totals(board);
    }
}

/* The payload leads a session and a process group of its own, unless it has not come that far. */
static void forward(pid_t payload, int number)
{
    if (sys(SYS_kill, -payload, number) < 0)
        sys(SYS_kill, payload, number);
}

/* Sleeps until a signal comes, then does what the board orders. Returns false when the end is
 * ordered. All signals are blocked, so one that comes before the sleep is not lost. */
static bool obey(struct board *board, pid_t payload)
{
    uint64_t all = ~UINT64_C(0);
    sys(SYS_rt_sigtimedwait, &all, NULL, NULL, sizeof(all));
    unsigned long long orders = atomic_exchange(&board->orders, 0);
    if (orders & ORDER(SIGNAL_END))
        return false;
    for (int number = 1; orders >> number; number++) {
        if (!(orders >> number & 1))
            continue;
        if (number == SIGTSTP)
            sys(SYS_kill, -1, SIGSTOP);
        else if (number == SIGCONT)
            sys(SYS_kill, -1, SIGCONT);
        else
            forward(payload, number);
    }
    return true;
}

/* All fds but one. */
static void close_others(int kept)
{
    if (kept > 0)
        sys(SYS_close_range, 0, (unsigned)kept - 1, 0);
    sys(SYS_close_range, (unsigned)(kept + 1), ~0U, 0);
}

void init_main(struct board *board, pid_t payload, int lock)
{
    close_others(lock);
    bool going = true;
    while (going && !atomic_load(&board->ended)) {
        if (reap(board, payload, WNOHANG) && !atomic_load(&board->ended))
            going = obey(board, payload);
    }
    /* A fork that is under way sees the pending signal and fails, so one pass leaves none. */
    do
        sys(SYS_kill, -1, SIGKILL);
    while (reap(board, payload, 0));
    write_totals(board);
    atomic_store(&board->all_reaped, 1);
    for (;;)
        sys(SYS_exit_group, 0);
}
