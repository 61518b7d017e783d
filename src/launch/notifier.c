/* SPDX-License-Identifier: MIT
 *
 * notifier.c - answers calls that the filter has handed over, one after the other: decides once
 * more from number and registers, tells, and lets the call fail, go on, or end its process.
 *
 * No decision rests on anything but the notification itself, which the kernel has copied. A call
 * goes on only where the rules let it pass.
 *
 * Source: seccomp_unotify(2).
 */
#include "launch/notifier.h"
#include "base/sys.h"
#include "guards/syscalls.h"
#include "launch/caller.h"
#include "launch/watch.h"
#include "policy/policy.h"
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

/* What linux/seccomp.h of the oldest supported system lacks: Linux 6.6. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      _IOW('!', 4, uint64_t)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

enum {
    WINDOW_NS = 100 * 1000 * 1000, /* in each, so many calls are answered; the rest wait */
    WINDOW_CALLS = 5000,
    LINES_MAX = 1000,  /* on tell_fd */
    LINE_MS = 1000,    /* how long a line waits for a reader who has read the one before */
    LINE_SIZE = 2048,  /* below PIPE_BUF: lines are not torn */
    REQUEST_SIZE = 512 /* more than any kernel's struct seccomp_notif */
};

struct notifier {
    const struct notifier_task *task;
    struct told *told;
    struct decider *rules;
    struct watch watch;
    bool watches; /* calls that pass are handed over, to be looked at */
    int tell_fd;  /* 0: nowhere */
    unsigned lines;
    bool unread;   /* the last line could not be written: the next ones don't wait */
    bool restarts; /* the kernel may interrupt a call that waits, and make it once more */
    struct call_made keys[SBX_DENIALS_MAX]; /* what makes two calls the same */
    struct {                                /* of told->calls */
        uint32_t arch;
        int number;
        struct value_action action;
    } counted[SBX_CALLS_MAX];
    uint32_t masked_arch; /* the call that `masks` are of */
    int masked;
    uint64_t masks[6];
    uint64_t window_ns;
    unsigned window_calls;
    union {
        struct seccomp_notif of;
        char space[REQUEST_SIZE];
    } request;
};

/* One call that waits. */
struct waiting {
    struct notifier *notifier;
    const struct seccomp_notif *request;
    struct call_made key;
    struct value_action action;
    struct caller caller;
    bool read; /* caller is filled in */
    struct sbx_denial *kept;
    struct sbx_call_count *counted;
};

/* ---- the kernel's side ---------------------------------------------------------------------- */

static bool still_waits(const struct waiting *call)
{
    uint64_t id = call->request->id;
    return ioctl(call->notifier->task->listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

/* Returns false where nobody waits for the answer any more. */
static bool answer(const struct waiting *call, int error, unsigned flags)
{
    union {
        struct seccomp_notif_resp of;
        char space[REQUEST_SIZE];
    } response;
    memset(&response, 0, sizeof(response));
    response.of.id = call->request->id;
    response.of.error = -error;
    response.of.flags = flags;
    while (ioctl(call->notifier->task->listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0)
        if (errno != EINTR)
            return false;
    return true;
}

/* ---- who and what --------------------------------------------------------------------------- */

static int read_memory(void *context, uint64_t address, char *text, size_t size, bool *more)
{
    const struct waiting *call = context;
    return caller_text((pid_t)call->request->pid, address, text, size, more) == 0 &&
                   still_waits(call)
               ? 0
               : -1;
}

/* Whose number the notification bears; a number may be another's once the call waits no more. */
static void read_caller(struct waiting *call)
{
    if (call->read)
        return;
    caller_read((pid_t)call->request->pid, &call->caller);
    if (!still_waits(call))
        call->caller = (struct caller){.tid = call->caller.tid};
    call->read = true;
}

static void describe(struct waiting *call, struct sbx_denial *denial)
{
    const struct call_memory memory = {read_memory, call};
    read_caller(call);
    memset(denial, 0, sizeof(*denial));
    decider_tell(call->notifier->rules, &call->key, &memory, denial);
    denial->pid = call->caller.pid;
    denial->inner_pid = call->caller.inner_pid;
    snprintf(denial->comm, sizeof(denial->comm), "%s", call->caller.comm);
}

/* ---- calls that pass ------------------------------------------------------------------------ */

static bool waits(const void *context)
{
    return still_waits(context);
}

static void describe_watched(void *context, struct sbx_denial *denial)
{
    describe(context, denial);
}

static void look(struct waiting *call)
{
    const struct call_memory memory = {read_memory, call};
    const struct watched_call watched = {
        .tid = (pid_t)call->request->pid,
        .number = call->key.number,
        .args = call->key.args,
        .memory = &memory,
        .waits = waits,
        .describe = describe_watched,
        .context = call,
    };
    watch_look(&call->notifier->watch, &watched);
}

/* ---- the record ----------------------------------------------------------------------------- */

static bool same_key(const struct call_made *a, const struct call_made *b)
{
    return a->arch == b->arch && a->number == b->number &&
           memcmp(a->args, b->args, sizeof(a->args)) == 0;
}

static struct sbx_denial *find_kept(const struct waiting *call)
{
    struct told *told = call->notifier->told;
    for (size_t i = 0; i < told->denied_kept; i++)
        if (same_key(&call->notifier->keys[i], &call->key))
            return &told->denied[i];
    return NULL;
}

/* What passes leaves room for what is denied. */
static struct sbx_denial *keep(struct waiting *call)
{
    struct told *told = call->notifier->told;
    struct sbx_denial *denial = find_kept(call);
    const size_t room = call->action.kind == ACTION_LOG ? SBX_DENIALS_MAX / 2 : SBX_DENIALS_MAX;
    if (denial || told->denied_kept >= room)
        return denial;
    denial = &told->denied[told->denied_kept];
    describe(call, denial);
    call->notifier->keys[told->denied_kept++] = call->key;
    return denial;
}

static struct sbx_call_count *count_call(const struct waiting *call)
{
    struct notifier *notifier = call->notifier;
    struct told *told = notifier->told;
    const size_t next = told->calls_kept;
    for (size_t i = 0; i < next; i++)
        if (notifier->counted[i].arch == call->key.arch &&
            notifier->counted[i].number == call->key.number &&
            notifier->counted[i].action.kind == call->action.kind &&
            notifier->counted[i].action.error == call->action.error)
            return &told->calls[i];
    if (next == SBX_CALLS_MAX)
        return NULL;
    notifier->counted[next].arch = call->key.arch;
    notifier->counted[next].number = call->key.number;
    notifier->counted[next].action = call->action;
    call_name(call->key.arch, call->key.number, told->calls[next].call,
              sizeof(told->calls[next].call));
    call_action_text(call->action, told->calls[next].action, sizeof(told->calls[next].action));
    told->calls_kept++;
    return &told->calls[next];
}

static void add_to_counts(struct waiting *call, uint64_t count)
{
    struct told *told = call->notifier->told;
    if (call->kept)
        call->kept->count += count;
    if (call->counted)
        call->counted->count += count;
    if (call->action.kind == ACTION_LOG)
        told->logged_count += count;
    else
        told->denied_count += count;
}

/* A call that was interrupted is made once more, and is then counted. */
static void take_back(struct waiting *call)
{
    struct told *told = call->notifier->told;
    add_to_counts(call, (uint64_t)-1);
    if (call->kept && call->kept->count == 0 && call->kept == &told->denied[told->denied_kept - 1])
        told->denied_kept--;
    if (call->counted && call->counted->count == 0 &&
        call->counted == &told->calls[told->calls_kept - 1])
        told->calls_kept--;
}

/* ---- lines ---------------------------------------------------------------------------------- */

static void what_became(const struct waiting *call, const struct sbx_denial *denial, char *text,
                        size_t size)
{
    const char *colon = strchr(denial->action, ':');
    if (call->action.kind == ACTION_KILL)
        snprintf(text, size, "killed");
    else if (call->action.kind == ACTION_LOG)
        snprintf(text, size, "passes");
    else
        snprintf(text, size, "fails with %s", colon ? colon + 1 : "an error");
}

static void write_line(struct notifier *notifier, const char *line, size_t length)
{
    struct pollfd reader = {.fd = notifier->tell_fd, .events = POLLOUT};
    notifier->unread =
        poll(&reader, 1, notifier->unread ? 0 : LINE_MS) <= 0 || !(reader.revents & POLLOUT);
    if (notifier->unread)
        return;
    /* A part of a line is better than one that waits for its end. */
    if (write(notifier->tell_fd, line, length) < 0)
        return;
}

static void tell(struct waiting *call)
{
    struct notifier *notifier = call->notifier;
    struct sbx_denial fresh;
    const struct sbx_denial *denial = call->kept;
    char line[LINE_SIZE], comm[4 * 16 + 1], rule[512], file[640], became[48], place[704] = "",
                                                                              fix[480] = "";
    static const char last[] = "sandbox: denied: more lines than these are not written\n";
    if (notifier->tell_fd <= 0 || notifier->lines > LINES_MAX)
        return;
    if (notifier->lines++ == LINES_MAX) {
        write_line(notifier, last, sizeof(last) - 1);
        return;
    }
    if (!denial) {
        describe(call, &fresh);
        denial = &fresh;
    }
    read_caller(call);
    sbx_escape(call->caller.comm, comm, sizeof(comm));
    sbx_escape(denial->rule, rule, sizeof(rule));
    sbx_escape(denial->origin.file, file, sizeof(file));
    if (*file)
        snprintf(place, sizeof(place), " (%s:%u)", file, denial->origin.line);
    if (*denial->fix) { /* it holds words of the profile */
        memcpy(fix, "; fix: ", sizeof("; fix: "));
        sbx_escape(denial->fix, fix + strlen(fix), sizeof(fix) - strlen(fix));
    }
    what_became(call, denial, became, sizeof(became));
    int length = snprintf(line, sizeof(line), "sandbox: %s: %s(%s) by %d (%s): %s, %s%s%s\n",
                          call->action.kind == ACTION_LOG ? "logged" : "denied", denial->call,
                          denial->args, (int)call->caller.pid, comm, became, rule, place, fix);
    if (length > 0)
        write_line(notifier, line, (size_t)length < sizeof(line) ? (size_t)length : LINE_SIZE - 1);
}

/* ---- answers -------------------------------------------------------------------------------- */

static void answer_denied(void *context)
{
    answer(context, ENOSYS, 0);
}

/* Whether it is the program's first process, or may be: where /proc does not tell, how that process
 * has died will. */
static bool is_first(const struct waiting *call)
{
    return call->caller.inner_pid == 0 || call->caller.inner_pid == call->notifier->task->payload;
}

/* What is told stands in the record before the process dies: with it all may be over. */
static void end_caller(struct waiting *call)
{
    read_caller(call);
    int pidfd = caller_open(&call->caller);
    if (!still_waits(call)) { /* it is dead, and the number may be another's */
        if (pidfd >= 0)
            close(pidfd);
        return;
    }
    if (is_first(call)) {
        if (!call->kept) { /* the verdict is worth more than the last of many */
            call->kept = &call->notifier->told->denied[SBX_DENIALS_MAX - 1];
            describe(call, call->kept);
            call->kept->count = 1;
        }
        call->notifier->told->first_ended = call->kept->ended = true;
    }
    caller_end(&call->caller, pidfd, answer_denied, call);
    if (pidfd >= 0)
        close(pidfd);
}

static void respond(struct waiting *call)
{
    bool taken = true;
    switch (call->action.kind) {
    case ACTION_ALLOW:
        answer(call, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
        return; /* it is in no count */
    case ACTION_LOG:
        taken = answer(call, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
        break;
    case ACTION_ERRNO:
    case ACTION_REPORT:
        /* 0 would be success. */
        taken = answer(call, call->action.error ? call->action.error : EPERM, 0);
        break;
    case ACTION_KILL:
        end_caller(call);
        break;
    }
    if (!taken && call->notifier->restarts)
        take_back(call);
}

static void handle(struct notifier *notifier)
{
    const struct seccomp_notif *request = &notifier->request.of;
    struct waiting call = {.notifier = notifier, .request = request};
    struct call_made made = {.arch = request->data.arch, .number = request->data.nr};
    memcpy(made.args, request->data.args, sizeof(made.args));
    call.key = made;
    if (made.number != notifier->masked || made.arch != notifier->masked_arch)
        call_masks(made.arch, made.number, notifier->masks);
    notifier->masked = made.number;
    notifier->masked_arch = made.arch;
    for (size_t i = 0; i < 6; i++)
        call.key.args[i] &= notifier->masks[i];
    call.action = decider_decide(notifier->rules, &made);
    if (notifier->watches && made.arch == decider_arch() &&
        (call.action.kind == ACTION_ALLOW || call.action.kind == ACTION_LOG))
        look(&call);
    if (call.action.kind == ACTION_ALLOW) { /* handed over to be looked at, and for nothing else */
        respond(&call);
        return;
    }
    call.kept = keep(&call);
    call.counted = count_call(&call);
    add_to_counts(&call, 1);
    tell(&call);
    respond(&call);
}

/* ---- the loop ------------------------------------------------------------------------------- */

static uint64_t now_ns(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Whoever floods waits in its calls; this process takes a bounded part of a processor. */
static void pace(struct notifier *notifier)
{
    const uint64_t now = now_ns(), end = notifier->window_ns + WINDOW_NS;
    if (now >= end) {
        notifier->window_ns = now;
        notifier->window_calls = 0;
    } else if (++notifier->window_calls >= WINDOW_CALLS) {
        const struct timespec rest = {0, (long)(end - now)};
        nanosleep(&rest, NULL);
    }
}

static void serve(struct notifier *notifier)
{
    struct pollfd listener = {.fd = notifier->task->listener, .events = POLLIN};
    for (;;) {
        listener.revents = 0;
        if (poll(&listener, 1, -1) < 0 && errno != EINTR)
            _exit(1);
        if (listener.revents & POLLIN) {
            memset(&notifier->request, 0, sizeof(notifier->request));
            if (ioctl(listener.fd, SECCOMP_IOCTL_NOTIF_RECV, &notifier->request) == 0)
                handle(notifier);
            else if (errno != EINTR &&
                     errno != ENOENT) /* ENOENT: it died before it was looked at */
                _exit(1);
            pace(notifier);
        } else if (listener.revents & (POLLHUP | POLLERR)) {
            _exit(0);
        }
    }
}

/* Whether the structures of this kernel fit into what is kept for them. */
static bool sizes_fit(void)
{
    struct seccomp_notif_sizes sizes = {0, 0, 0};
    return sys(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 &&
           sizes.seccomp_notif <= REQUEST_SIZE && sizes.seccomp_notif_resp <= REQUEST_SIZE;
}

/* Closes every descriptor but two. */
static void close_others(int one, int other)
{
    const int low = one < other ? one : other, high = one < other ? other : one;
    if (low > 0)
        sys(SYS_close_range, 0, low - 1, 0);
    if (high > low + 1)
        sys(SYS_close_range, low + 1, high - 1, 0);
    sys(SYS_close_range, high + 1, ~0U, 0);
}

void notifier_main(const struct notifier_task *task)
{
    static const struct rlimit64 nothing = {0, 0};
    const struct host *host = task->plan->host;
    const int tell_fd = task->plan->command->tell_fd;
    struct sbx_error error;
    struct notifier notifier = {
        .task = task,
        .told = task->told,
        .tell_fd = tell_fd,
        .masked = -1,
        .restarts = host->kernel_major < 5 || (host->kernel_major == 5 && host->kernel_minor < 19),
    };
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != task->launcher)
        _exit(1);
    close_others(task->listener, tell_fd > 0 ? tell_fd : task->listener);
    /* Caller and notifier take turns: on one processor that takes a fifth of the time. An older
     * kernel refuses it. */
    ioctl(task->listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    sys(SYS_prlimit64, 0, RLIMIT_CORE, &nothing, NULL);
    if (!sizes_fit() || decider_new(task->plan->policy, &notifier.rules, &error) != 0)
        _exit(1);
    /* A program with namespaces of its own could mount what never answers whoever looks. */
    notifier.watches =
        task->plan->command->watch != NULL && task->plan->policy->namespaces_nested.v == YESNO_NO;
    if (notifier.watches)
        watch_start(&notifier.watch, task->plan, &task->told->watch);
    serve(&notifier);
    _exit(1);
}
