/* SPDX-License-Identifier: MIT
 *
 * supervise.c - one loop over pidfd, signalfd, timerfds and relays.
 *
 * Nothing is polled: each limit has a timer that is armed for the moment at which it can first be
 * reached. The one exception is memory where no cgroup bounds it: that is sampled.
 */
#include "launch/supervise.h"
#include "base/fd.h"
#include "base/sys.h"
#include "guards/guard.h"
#include "launch/order.h"
#include "launch/tree.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>

enum {
    ENDING_MS = 200,              /* how long the end of PID 1 may be seen after that of its root */
    SAMPLE_NS = 10 * 1000 * 1000, /* memory, without a cgroup */
    CPU_LEAST_NS = 500 * 1000,    /* the CPU timer is never armed for less */
    WAIT_PIDFD = 3,               /* P_PIDFD, which older libcs lack */
};

/* PID 1 gets this long to end everything in order. */
static const uint64_t GRACE_NS = UINT64_C(2000000000);

enum slot {
    AT_STATUS,
    AT_INIT,
    AT_SIGNAL,
    AT_WALL,
    AT_CPU,
    AT_MEMORY,
    AT_GRACE,
    AT_SERVER,
    AT_NOTIFY,
    AT_RELAY,
    SLOTS = 13
};

struct loop {
    struct supervision *run;
    struct pollfd fds[SLOTS];
    int timer[SLOTS]; /* [AT_WALL] to [AT_GRACE] */
    bool init_dead;
    bool drained;   /* no more output is waited for */
    unsigned terms; /* SIGTERMs so far */
    uint64_t output_left;
    uint64_t cpu_lost_ns; /* of processes that died without being waited for */
};

void supervise_signals(sigset_t *set)
{
    static const int numbers[] = {SIGINT,   SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1, SIGUSR2,
                                  SIGWINCH, SIGTSTP, SIGCONT, SIGTTIN, SIGTTOU, SIGPIPE};
    sigemptyset(set);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaddset(set, numbers[i]);
}

/* Wakes PID 1 to look at its orders; SIGKILL needs no order. */
static void signal_init(const struct loop *loop, int number)
{
    sys(SYS_pidfd_send_signal, loop->run->init_pidfd, number, NULL, 0);
}

/* Orders PID 1 to hand on a signal, or to end all. Stop and continue cancel each other. */
static void order(const struct loop *loop, int number)
{
    struct board *board = loop->run->board;
    if (number == SIGCONT)
        atomic_fetch_and(&board->orders, ~ORDER(SIGTSTP));
    if (number == SIGTSTP)
        atomic_fetch_and(&board->orders, ~ORDER(SIGCONT));
    atomic_fetch_or(&board->orders, ORDER(number));
    signal_init(loop, SIGUSR1);
}

/* Whether the program runs, or has run: what comes before is the launcher's own doing. */
static bool has_started(const struct loop *loop)
{
    return atomic_load(&loop->run->board->ready_ns) != 0;
}

/* What serves the root: without it, nothing that waits for an answer waits any longer. */
static int server_pidfd(const struct loop *loop)
{
    const struct fs_server *server = &loop->run->plan->fs.server;
    return server->program ? server->pidfd : -1;
}

static void end_server(const struct loop *loop)
{
    if (server_pidfd(loop) >= 0)
        sys(SYS_pidfd_send_signal, server_pidfd(loop), SIGKILL, NULL, 0);
}

/* It ends by itself, in order, once nothing has its root any more, which may be seen before the end
 * of PID 1. Any other end breaks a promise, whatever the program makes of it. */
static void look_at_server(struct loop *loop)
{
    struct supervision *run = loop->run;
    struct pollfd init = {.fd = run->init_pidfd, .events = POLLIN};
    siginfo_t info = {.si_pid = 0};
    loop->fds[AT_SERVER].fd = -1;
    if (server_pidfd(loop) < 0 || run->cause != CAUSE_NONE ||
        waitid((idtype_t)WAIT_PIDFD, (id_t)server_pidfd(loop), &info,
               WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid == 0)
        return;
    run->server_lost = info.si_code != CLD_EXITED || info.si_status != 0 ||
                       (!atomic_load(&run->board->ended) && poll(&init, 1, ENDING_MS) == 0);
}

static int arm(int timer, uint64_t first_ns, uint64_t every_ns, int flags)
{
    struct itimerspec when = {
        .it_value = {(time_t)(first_ns / 1000000000), (long)(first_ns % 1000000000)},
        .it_interval = {(time_t)(every_ns / 1000000000), (long)(every_ns % 1000000000)},
    };
    return timerfd_settime(timer, flags, &when, NULL);
}

/* Ends the sandbox. The first cause stands. PID 1 does it in order, so that all figures are whole;
 * if it can't, it is killed and the kernel ends the rest. */
static void end(struct loop *loop, enum cause cause)
{
    if (loop->run->cause == CAUSE_NONE && !atomic_load(&loop->run->board->ended))
        loop->run->cause = cause;
    if (has_started(loop))
        order(loop, SIGNAL_END);
    else
        signal_init(loop, SIGKILL);
    if (arm(loop->timer[AT_GRACE], GRACE_NS, 0, 0) != 0)
        signal_init(loop, SIGKILL);
}

static void fail(struct loop *loop, int error)
{
    loop->run->failure = error;
    end(loop, CAUSE_FAILURE);
    signal_init(loop, SIGKILL);
    end_server(loop);
}

/* ---- CPU time and memory -------------------------------------------------------------------- */

/* One look at all processes. Board first, then the living: a process that is reaped in between is
 * missed, not counted twice. Returns the CPU time of the whole tree. */
static uint64_t look(struct loop *loop, struct tree_usage *usage)
{
    struct supervision *run = loop->run;
    uint64_t reaped = (uint64_t)(atomic_load(&run->board->reaped_user_us) +
                                 atomic_load(&run->board->reaped_sys_us));
    if (!tree_measure(run->init, usage))
        fail(loop, ENOMEM); /* what can't be watched must not go on */
    if (usage->tasks > run->tasks_peak)
        run->tasks_peak = usage->tasks;
    return reaped * 1000 + usage->live_cpu_ns;
}

/* The time of a child whose parent ignores SIGCHLD is in no one's account once it is dead. What the
 * clock had shown of it already still counts: the clock never goes back. But a drop that rounding
 * can explain is no loss: the child was waited for, and its time is there in full once its parent
 * is dead too. `cpu` and `usage` are what look() gave. */
static void update_cpu(struct loop *loop, uint64_t cpu, struct tree_usage *usage)
{
    const uint64_t before = loop->run->cpu_ns;
    uint64_t now = cpu + loop->cpu_lost_ns, most = now + usage->rounding_ns;
    for (int again = 0; again < 2 && most < before; again++) {
        /* a process may just be changing hands */
        cpu = look(loop, usage) + loop->cpu_lost_ns;
        now = cpu > now ? cpu : now;
        most = cpu + usage->rounding_ns > most ? cpu + usage->rounding_ns : most;
    }
    if (most < before)
        loop->cpu_lost_ns += before - most;
    if (now > before)
        loop->run->cpu_ns = now;
}

/* Armed for the earliest moment at which all processors together can have used up what is left. */
static void arm_cpu(struct loop *loop, uint64_t left)
{
    uint64_t wait = left / loop->run->plan->host->cpus;
    if (arm(loop->timer[AT_CPU], wait > CPU_LEAST_NS ? wait : CPU_LEAST_NS, 0, 0) != 0)
        fail(loop, errno);
}

static void check_cpu(struct loop *loop)
{
    struct tree_usage usage;
    uint64_t limit = loop->run->plan->limits.cpu_ns;
    uint64_t cpu = look(loop, &usage);
    update_cpu(loop, cpu, &usage);
    if (loop->run->cpu_ns >= limit)
        end(loop, CAUSE_CPU_TIME);
    else
        arm_cpu(loop, limit - loop->run->cpu_ns);
}

static void check_memory(struct loop *loop)
{
    struct supervision *run = loop->run;
    struct tree_usage usage;
    uint64_t limit = run->plan->limits.memory_bytes, cpu = look(loop, &usage);
    uint64_t bytes = usage.rss_bytes + usage.page_table_bytes;
    if (run->plan->limits.cpu_ns)
        update_cpu(loop, cpu, &usage);
    if (bytes > limit && usage.tasks > 1)
        bytes = tree_proportional_bytes(run->init) + usage.page_table_bytes;
    if (bytes > run->tree_memory_peak)
        run->tree_memory_peak = bytes;
    if (bytes > limit)
        end(loop, CAUSE_MEMORY);
}

/* ---- events --------------------------------------------------------------------------------- */

/* The status pipe is closed: the program runs, or something died on the way. */
static void on_status(struct loop *loop)
{
    const struct supervision *run = loop->run;
    const struct limits_plan *limits = &run->plan->limits;
    uint64_t ready = (uint64_t)atomic_load(&run->board->ready_ns);
    loop->fds[AT_STATUS].fd = -1;
    if (atomic_load(&run->board->failed) || ready == 0)
        return;
    if (limits->wall_ns &&
        arm(loop->timer[AT_WALL], ready + limits->wall_ns, 0, TFD_TIMER_ABSTIME) != 0)
        fail(loop, errno);
    if (limits->memory_by_sampling && arm(loop->timer[AT_MEMORY], SAMPLE_NS, SAMPLE_NS, 0) != 0)
        fail(loop, errno);
    if (limits->cpu_ns)
        arm_cpu(loop, limits->cpu_ns);
}

/* Before the exec a call that nobody answers is the launch's own, which would wait for ever. And
 * where nobody can be made to answer, a program must not gain by that: it may have used up itself
 * what that takes. */
static void on_notify(struct loop *loop)
{
    struct notify *notify = loop->run->notify;
    const bool was_lost = notify->lost;
    notify_step(notify);
    loop->fds[AT_NOTIFY].fd = notify_fd(notify);
    if (notify->lost && !was_lost && (notify->error || loop->fds[AT_STATUS].fd >= 0))
        fail(loop, notify->error ? notify->error : ECHILD);
}

/* Ctrl-Z: the whole sandbox stops, then this process; SIGCONT brings both back. */
static void stop_together(struct loop *loop)
{
    order(loop, SIGTSTP);
    raise(SIGSTOP);
    order(loop, SIGCONT);
}

static bool ends_a_launch(int number)
{
    return number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT;
}

static void on_signal(struct loop *loop)
{
    struct signalfd_siginfo info;
    if (read(loop->run->signal_fd, &info, sizeof(info)) != sizeof(info))
        return;
    int number = (int)info.ssi_signo;
    if (number == SIGPIPE || number == SIGTTIN || number == SIGTTOU)
        return; /* taken so that they neither kill nor stop this process */
    if (number == SIGTSTP) {
        stop_together(loop);
    } else if (loop->init_dead) {
        loop->drained = loop->drained || ends_a_launch(number);
    } else if ((!has_started(loop) && ends_a_launch(number)) ||
               (number == SIGTERM && loop->terms++ > 0)) {
        loop->run->interrupt = number;
        end(loop, CAUSE_INTERRUPTED);
    } else {
        order(loop, number);
    }
}

static void on_relays(struct loop *loop)
{
    struct supervision *run = loop->run;
    for (int stream = 1; stream <= 2; stream++) {
        struct relay *relay = &run->relays[stream];
        if (relay->source < 0 || loop->drained)
            continue;
        struct pollfd *ends = &loop->fds[AT_RELAY + 2 * (stream - 1)];
        bool has_data = relay_has_data(relay);
        bool sink_ready = ends[1].revents != 0;
        if (has_data && sink_ready && !relay_move(relay, &loop->output_left))
            relay_close(relay);
        else if (!has_data && (ends[0].revents & POLLHUP))
            relay_close(relay); /* nobody inside can write any more */
        else if (!has_data && (ends[1].revents & (POLLERR | POLLHUP | POLLNVAL)))
            relay_close(relay); /* nobody reads the sink any more */
    }
    run->output_bytes = run->plan->limits.output_bytes - loop->output_left;
    if (loop->output_left == 0 &&
        (relay_has_data(&run->relays[1]) || relay_has_data(&run->relays[2]))) {
        end(loop, CAUSE_OUTPUT);
        if (run->cause == CAUSE_NONE) /* written before its end, and above the limit all the same */
            run->cause = CAUSE_OUTPUT;
        loop->drained = true;
    }
    /* Not while the program lives: a SIGPIPE would tell it, and the report, another story. */
    if (loop->drained && loop->init_dead) {
        relay_close(&run->relays[1]);
        relay_close(&run->relays[2]);
    }
}

static void dispatch(struct loop *loop)
{
    uint64_t expirations;
    for (enum slot slot = AT_WALL; slot <= AT_GRACE; slot++)
        if (loop->fds[slot].revents && read(loop->timer[slot], &expirations, 8) != 8)
            loop->fds[slot].revents = 0;
    if (loop->fds[AT_SIGNAL].revents)
        on_signal(loop);
    if (loop->fds[AT_STATUS].revents)
        on_status(loop);
    if (loop->fds[AT_WALL].revents) {
        loop->drained = loop->drained || loop->init_dead;
        end(loop, CAUSE_WALL_TIME);
    }
    if (loop->fds[AT_CPU].revents && !loop->init_dead)
        check_cpu(loop);
    if (loop->fds[AT_MEMORY].revents && !loop->init_dead)
        check_memory(loop);
    if (loop->fds[AT_SERVER].revents)
        look_at_server(loop);
    if (loop->fds[AT_NOTIFY].revents)
        on_notify(loop);
    if (loop->fds[AT_GRACE].revents) {
        signal_init(loop, SIGKILL);
        end_server(loop);
        loop->drained = true; /* nobody takes what the program has left behind */
    }
    if (loop->fds[AT_INIT].revents) {
        struct timespec now = {0};
        clock_gettime(CLOCK_MONOTONIC, &now);
        loop->run->end_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
        loop->init_dead = true;
        loop->fds[AT_INIT].fd = -1;
    }
    on_relays(loop);
}

/* A relay is waited for at the end that keeps it: for the program's data first, then for the sink.
 */
static void watch_relays(struct loop *loop)
{
    for (int stream = 1; stream <= 2; stream++) {
        const struct relay *relay = &loop->run->relays[stream];
        struct pollfd *ends = &loop->fds[AT_RELAY + 2 * (stream - 1)];
        bool open = relay->source >= 0 && !loop->drained;
        bool has_data = open && relay_has_data(relay);
        ends[0].fd = open && !has_data ? relay->source : -1;
        ends[0].events = POLLIN;
        ends[1].fd = open ? relay->sink : -1;
        ends[1].events = has_data ? POLLOUT : 0;
    }
}

static bool loop_open(struct loop *loop)
{
    const struct supervision *run = loop->run;
    for (int slot = 0; slot < SLOTS; slot++) {
        loop->fds[slot] = (struct pollfd){.fd = -1, .events = POLLIN};
        loop->timer[slot] = -1;
    }
    loop->fds[AT_STATUS].fd = run->status_fd;
    loop->fds[AT_INIT].fd = run->init_pidfd;
    loop->fds[AT_SIGNAL].fd = run->signal_fd;
    loop->fds[AT_SERVER].fd = server_pidfd(loop);
    loop->fds[AT_NOTIFY].fd = notify_fd(run->notify);
    loop->output_left = run->plan->limits.output_bytes;
    const bool needed[SLOTS] = {
        [AT_WALL] = run->plan->limits.wall_ns != 0,
        [AT_CPU] = run->plan->limits.cpu_ns != 0,
        [AT_MEMORY] = run->plan->limits.memory_by_sampling,
        [AT_GRACE] = true,
    };
    for (int slot = AT_WALL; slot <= AT_GRACE; slot++) {
        if (!needed[slot])
            continue;
        loop->timer[slot] = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        loop->fds[slot].fd = loop->timer[slot];
        if (loop->timer[slot] < 0)
            return false;
    }
    return true;
}

static bool relays_open(const struct supervision *run)
{
    return run->relays[1].source >= 0 || run->relays[2].source >= 0;
}

void supervise(struct supervision *run)
{
    struct loop loop = {.run = run};
    siginfo_t info;
    if (!loop_open(&loop))
        fail(&loop, errno);
    while (!loop.init_dead || relays_open(run)) {
        watch_relays(&loop);
        int ready = poll(loop.fds, SLOTS, -1);
        if (ready < 0 && errno != EINTR)
            fail(&loop, errno);
        if (ready > 0)
            dispatch(&loop);
    }
    if (!run->server_lost)
        look_at_server(&loop);
    notify_close(run->notify);
    for (int slot = AT_WALL; slot <= AT_GRACE; slot++)
        close_fd(&loop.timer[slot]);
    while (waitid((idtype_t)WAIT_PIDFD, (id_t)run->init_pidfd, &info, WEXITED) != 0 &&
           errno == EINTR)
        continue;
}
