/* SPDX-License-Identifier: MIT
 *
 * notify.c - the launcher's side of the notifier. A run without denials costs nothing here but the
 * taking of the listener.
 */
#include "launch/notify.h"
#include "base/fd.h"
#include "base/sys.h"
#include "guards/guard.h"
#include "launch/handover.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* How long the notifier may take to see that all is over. */
enum { LAST_MS = 200 };

void notify_open(struct notify *notify, const struct plan *plan, struct board *board, int channel)
{
    *notify = (struct notify){
        .plan = plan, .board = board, .channel = channel, .listener = -1, .pidfd = -1};
}

int notify_fd(const struct notify *notify)
{
    return notify->channel >= 0 ? notify->channel
           : notify->pidfd >= 0 ? notify->pidfd
           : notify->lost       ? -1
                                : notify->listener;
}

/* Without a listener the kernel lets each call that is handed over fail with ENOSYS. */
static void lose(struct notify *notify)
{
    notify->lost = true;
    close_fd(&notify->listener);
}

/* Nobody will answer: all must end, and the calls that wait do so until then. */
static void give_up(struct notify *notify, int error)
{
    notify->lost = true;
    notify->error = error;
}

static void start(struct notify *notify)
{
    struct told *told =
        mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const struct notifier_task task = {
        .plan = notify->plan,
        .listener = notify->listener,
        .launcher = getpid(),
        .payload = atomic_load(&notify->board->payload),
        .told = told,
    };
    if (told == MAP_FAILED) {
        give_up(notify, errno);
        return;
    }
    notify->told = told;
    notify->pid = fork(); /* libc's own: the notifier uses the heap */
    if (notify->pid == 0)
        notifier_main(&task);
    if (notify->pid > 0)
        notify->pidfd = (int)sys(SYS_pidfd_open, notify->pid, 0);
    if (notify->pidfd >= 0) {
        close_fd(&notify->listener); /* with the notifier its last copy is gone */
        return;
    }
    give_up(notify, notify->pid < 0 ? errno : -notify->pidfd);
    if (notify->pid > 0) {
        kill(notify->pid, SIGKILL);
        while (waitpid(notify->pid, NULL, __WALL) < 0 && errno == EINTR)
            continue;
    }
    notify->pidfd = -1;
}

/* Returns whether it ended well. */
static bool reap(struct notify *notify)
{
    int status = -1;
    while (waitpid(notify->pid, &status, __WALL) < 0)
        if (errno != EINTR)
            break;
    close_fd(&notify->pidfd);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void notify_step(struct notify *notify)
{
    struct pollfd listener = {.fd = notify->listener, .events = POLLIN};
    if (notify->channel >= 0) {
        const int got = handover_receive(notify->channel);
        close_fd(&notify->channel);
        notify->listener = got < 0 ? -1 : got;
        notify->error = got < 0 && got != -ENODATA ? -got : 0;
        notify->lost = got < 0 && atomic_load(&notify->board->listener) != 0;
    } else if (notify->pidfd >= 0) {
        if (!reap(notify))
            lose(notify);
    } else if (notify->listener >= 0 && poll(&listener, 1, 0) > 0) {
        if (listener.revents & POLLIN)
            start(notify);
        else
            close_fd(&notify->listener); /* nobody has the filter any more */
    }
}

void notify_close(struct notify *notify)
{
    struct pollfd end = {.fd = notify->pidfd, .events = POLLIN};
    close_fd(&notify->channel);
    if (notify->pidfd >= 0) {
        if (poll(&end, 1, LAST_MS) <= 0)
            sys(SYS_pidfd_send_signal, notify->pidfd, SIGKILL, NULL, 0);
        reap(notify);
    }
    close_fd(&notify->listener);
}

#define END_TEXT(array) (array)[sizeof(array) - 1] = '\0'

/* The notifier has read strangers' memory: nothing in the record is taken on trust. */
static void take_texts(struct sbx_report *report)
{
    for (size_t i = 0; i < report->denied_kept; i++) {
        struct sbx_denial *denial = &report->denied[i];
        END_TEXT(denial->call);
        END_TEXT(denial->args);
        END_TEXT(denial->path);
        END_TEXT(denial->comm);
        END_TEXT(denial->action);
        END_TEXT(denial->rule);
        END_TEXT(denial->fix);
        for (size_t j = 0; j < SBX_SETTINGS_MAX; j++)
            END_TEXT(denial->settings[j]);
        END_TEXT(denial->origin.file);
        denial->ended = denial->ended && report->outcome == SBX_OUTCOME_DENIED;
    }
    for (size_t i = 0; i < report->calls_kept; i++) {
        END_TEXT(report->calls[i].call);
        END_TEXT(report->calls[i].action);
    }
}

static void take_watch(const struct told *told, struct sbx_watch *watch)
{
    memcpy(watch, &told->watch, sizeof(*watch));
    if (watch->count > SBX_OBSTACLES_MAX)
        watch->count = SBX_OBSTACLES_MAX;
    for (size_t i = 0; i < watch->count; i++) {
        struct sbx_obstacle *obstacle = &watch->obstacles[i];
        END_TEXT(obstacle->call);
        END_TEXT(obstacle->args);
        END_TEXT(obstacle->path);
        END_TEXT(obstacle->wall);
        END_TEXT(obstacle->why);
        END_TEXT(obstacle->origin.file);
        END_TEXT(obstacle->fix);
        END_TEXT(obstacle->comm);
        for (size_t j = 0; j < SBX_SETTINGS_MAX; j++)
            END_TEXT(obstacle->settings[j]);
    }
}

void notify_report(const struct notify *notify, struct sbx_report *report)
{
    const struct told *told = notify->told;
    if (notify->lost)
        guard_unkept(report,
                     "syscalls.tell: the process that answers for the filter was lost: calls "
                     "that it should have told of failed with ENOSYS");
    if (!told)
        return;
    memcpy(report->denied, told->denied, sizeof(report->denied));
    memcpy(report->calls, told->calls, sizeof(report->calls));
    report->denied_kept = told->denied_kept < SBX_DENIALS_MAX ? told->denied_kept : SBX_DENIALS_MAX;
    report->calls_kept = told->calls_kept < SBX_CALLS_MAX ? told->calls_kept : SBX_CALLS_MAX;
    report->denied_count = told->denied_count;
    report->logged_count = told->logged_count;
    take_texts(report);
    if (notify->plan->command->watch)
        take_watch(told, notify->plan->command->watch);
}

void notify_free(struct notify *notify)
{
    if (notify->told)
        munmap(notify->told, sizeof(*notify->told));
    notify->told = NULL;
}
