/* SPDX-License-Identifier: MIT
 *
 * launch.c - sbx_run(): prepare, spawn, supervise, report.
 */
#include "base/fd.h"
#include "base/sys.h"
#include "launch/order.h"
#include "launch/prepare.h"
#include "launch/spawn.h"
#include "launch/supervise.h"
#include "launch/surroundings.h"
#include "launch/verdict.h"
#include "policy/load.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int sbx_policy_load(const char *name, const char *const *overrides, size_t count,
                    struct sbx_policy **policy, struct sbx_error *error)
{
    return policy_load(name, overrides, count, policy, error);
}

int sbx_policy_set(const struct sbx_policy *base, const char *const *overrides, size_t count,
                   struct sbx_policy **policy, struct sbx_error *error)
{
    return policy_derive(base, overrides, count, policy, error);
}

void sbx_policy_free(struct sbx_policy *policy)
{
    policy_free(policy);
}

static int open_relays(struct plan *plan, struct relay *relays, struct sbx_error *error)
{
    for (int stream = 1; stream <= 2; stream++) {
        if (!plan->limits.relay[stream])
            continue;
        int ret = relay_open(&relays[stream], stream);
        if (ret < 0) {
            err_set(error, SBX_E_RESOURCE, -ret, "limits",
                    "no pipe can be made for the program's output");
            return err_at(error, plan->policy->limits_output.origin);
        }
        plan->stdio[stream] = relays[stream].write_end;
    }
    return 0;
}

/* The first right that PID 1 uses is refused where AppArmor takes them all away, whatever the step:
 * Ubuntu since 23.10. */
static void explain_apparmor(const struct plan *plan, const struct row *what,
                             struct sbx_error *error)
{
    if (plan->host->apparmor_userns == 1 && plan->host->uid != 0 && what->place == IN_INIT &&
        (error->sys_errno == EPERM || error->sys_errno == EACCES))
        err_hint(error, "AppArmor takes all rights from unprivileged user namespaces here: give "
                        "sandbox an AppArmor profile with `userns,` (README.md has one), or as "
                        "root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0");
}

/* Returns whether it was for want of somebody who answers for the filter. */
static bool explain_unanswered(const struct plan *plan, const struct board *board,
                               const struct supervision *run, struct sbx_error *error)
{
    const int unsent = atomic_load(&board->unsent), lost = run->notify->error;
    if (unsent) {
        err_set(error, SBX_E_RESOURCE, unsent, "seccomp",
                "the filter's listener could not be handed to the launcher, so that no denied call "
                "could be told by name");
        err_hint(error, "%s",
                 unsent == ETOOMANYREFS
                     ? "programs of the same user have too many descriptors under way in sockets: "
                       "raise the hard limit on open files (ulimit -Hn)"
                     : "syscalls.tell = none needs none");
    } else if (lost && run->cause == CAUSE_FAILURE) {
        err_set(error, SBX_E_RESOURCE, lost, "seccomp",
                "the launcher could start no process that answers for the filter, so that a denied "
                "call could not be told by name; the sandbox was ended");
        err_hint(error, "%s",
                 lost == EAGAIN ? "the user's limit of processes is reached, maybe by the program "
                                  "itself: raise it (ulimit -u), or lower limits.pids"
                                : "syscalls.tell = none needs none");
    } else if (run->notify->lost && run->cause == CAUSE_FAILURE) {
        err_set(error, SBX_E_SETUP, 0, "seccomp",
                "the process that answers for the filter was killed from outside, before the "
                "program was started");
    } else {
        return false;
    }
    err_at(error, plan->policy->syscalls_tell.origin);
    return true;
}

/* Turns the record on the board into an error. */
static void explain_failure(const struct plan *plan, const struct board *board,
                            const struct supervision *run, struct sbx_error *error)
{
    int row = atomic_load(&board->row), item = atomic_load(&board->item);
    const struct row *what = &launch_order[row];
    if (run->server_lost && atomic_load(&board->ready_ns)) {
        err_set(error, SBX_E_SETUP, 0, "fs",
                "%s, which served the root, has ended while the program was running: what the "
                "program did after that means nothing",
                plan->fs.server.program);
        err_at(error, plan->fs.server.origin);
        err_hint(error, "was it killed from outside? See dmesg; root.driver = kernel needs none");
    } else if (explain_unanswered(plan, board, run, error)) {
        return;
    } else if (run->cause == CAUSE_FAILURE) {
        err_set(error, SBX_E_RESOURCE, run->failure, "supervise",
                "the supervisor could not go on, and ended the sandbox");
    } else if (run->cause == CAUSE_INTERRUPTED) {
        err_set(error, SBX_E_SETUP, EINTR, what->name, "interrupted by signal %d (%s)",
                run->interrupt, strsignal(run->interrupt));
    } else if (!atomic_load(&board->failed)) {
        err_set(error, SBX_E_SETUP, 0, what->name,
                "the set-up was killed from outside at the step \"%s\"", what->name);
        err_hint(error, "is the machine out of memory? See dmesg");
    } else {
        err_set(error, SBX_E_SETUP, atomic_load(&board->error), what->name, "%s", "");
        if (what->guard && what->guard->explain)
            what->guard->explain(plan, item, error);
        else
            launch_explain(plan, row, item, error);
        explain_apparmor(plan, what, error);
    }
}

static int run_plan(struct plan *plan, int signal_fd, struct board *board,
                    struct sbx_report *report, struct sbx_error *error)
{
    struct relay relays[3] = {{.source = -1, .write_end = -1, .sink = -1},
                              {.source = -1, .write_end = -1, .sink = -1},
                              {.source = -1, .write_end = -1, .sink = -1}};
    struct spawned spawned;
    struct notify notify;
    int ret = open_relays(plan, relays, error);
    if (ret == 0)
        ret = spawn(plan, board, &spawned, error);
    close_fd(&relays[1].write_end);
    close_fd(&relays[2].write_end);
    if (ret == 0) {
        notify_open(&notify, plan, board, spawned.channel);
        struct supervision run = {
            .plan = plan,
            .board = board,
            .init = spawned.init,
            .init_pidfd = spawned.init_pidfd,
            .status_fd = spawned.status_fd,
            .signal_fd = signal_fd,
            .notify = &notify,
            .relays = relays,
        };
        supervise(&run);
        close(spawned.init_pidfd);
        close(spawned.status_fd);
        close(spawned.alive_fd);
        if (atomic_load(&board->failed) || !atomic_load(&board->ready_ns) ||
            run.cause == CAUSE_FAILURE || run.server_lost) {
            explain_failure(plan, board, &run, error);
            ret = -1;
        } else {
            verdict(plan, board, &run, report);
            plan_observe(plan, report);
            notify_report(&notify, report);
        }
        notify_free(&notify);
    }
    relay_close(&relays[1]);
    relay_close(&relays[2]);
    return ret;
}

static int prepare_and_run(const struct sbx_policy *policy, const struct sbx_command *command,
                           int signal_fd, struct sbx_report *report, struct sbx_error *error)
{
    struct host host;
    struct plan plan;
    host_probe(&host);
    if (plan_prepare(&plan, policy, command, &host, error) != 0)
        return -1;
    if (plan_arm(&plan, error) != 0) {
        plan_free(&plan);
        return -1;
    }
    struct board *board =
        mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ret;
    if (board == MAP_FAILED) {
        ret = err_memory(error, "prepare");
    } else {
        ret = run_plan(&plan, signal_fd, board, report, error);
        munmap(board, sizeof(*board));
    }
    plan_disarm(&plan);
    plan_free(&plan);
    return ret;
}

int sbx_run(const struct sbx_policy *policy, const struct sbx_command *command,
            struct sbx_report *report, struct sbx_error *error)
{
    struct surroundings before;
    memset(report, 0, sizeof(*report));
    memset(error, 0, sizeof(*error));
    report->outcome = SBX_OUTCOME_SETUP_FAILED;
    report->exit_code = -1;
    if (command->watch)
        memset(command->watch, 0, sizeof(*command->watch));
    int ret = surroundings_enter(&before, error);
    if (ret == 0) {
        ret = prepare_and_run(policy, command, before.signal_fd, report, error);
        surroundings_leave(&before);
    }
    if (command->watch && policy->namespaces_nested.v == YESNO_YES)
        snprintf(command->watch->unwatched, sizeof(command->watch->unwatched),
                 "with namespaces.nested = yes a program can mount what whoever looks would wait "
                 "for: files were not watched");
    if (ret != 0) {
        if (!error->excerpt[0])
            quote_line(&policy->texts,
                       (struct origin){.file = error->origin.file,
                                       .line = error->origin.line,
                                       .column = (uint16_t)error->origin.column},
                       error);
        report->error = *error;
    }
    return ret;
}
