/* SPDX-License-Identifier: MIT
 *
 * verdict.c - from what was seen to what is said.
 *
 * One rule: an outcome names a limit only where the figure was seen at or above that limit. What
 * merely looks like it (a SIGKILL that might be the kernel's for memory, an allocation that failed)
 * stays what it is: a signal, an exit status.
 */
#include "launch/verdict.h"
#include "guards/guard.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static void figures(const struct board *board, const struct supervision *run,
                    struct sbx_report *report)
{
    uint64_t largest = (uint64_t)atomic_load(&board->largest_rss_kib) * 1024;
    long long end = atomic_load(&board->end_ns), ready = atomic_load(&board->ready_ns);
    if (end == 0)
        end = (long long)run->end_ns; /* PID 1 could not say */
    report->wall_ns = end > ready ? (uint64_t)(end - ready) : 0;
    report->user_us = (uint64_t)atomic_load(&board->reaped_user_us);
    report->sys_us = (uint64_t)atomic_load(&board->reaped_sys_us);
    report->cpu_us = report->user_us + report->sys_us;
    if (run->cpu_ns / 1000 > report->cpu_us)
        report->cpu_us = run->cpu_ns / 1000;
    report->voluntary_switches = (uint64_t)atomic_load(&board->voluntary_switches);
    report->involuntary_switches = (uint64_t)atomic_load(&board->involuntary_switches);
    bool sampled = run->tree_memory_peak > largest;
    report->memory_peak_bytes = sampled ? run->tree_memory_peak : largest;
    snprintf(report->memory_peak_source, sizeof(report->memory_peak_source), "%s",
             sampled ? "sampled tree" : "largest process");
    report->pids_peak = run->tasks_peak;
    if (run->tasks_peak)
        snprintf(report->pids_peak_source, sizeof(report->pids_peak_source), "sampled");
    report->output_bytes = run->output_bytes;
}

/* What the program's own end says. Who was killed for a denied call has died of SIGSYS, or of
 * SIGKILL where it would not. */
static void natural_end(int status, bool first_ended, struct sbx_report *report)
{
    if (WIFEXITED(status)) {
        report->outcome = SBX_OUTCOME_EXITED;
        report->exit_code = WEXITSTATUS(status);
    } else {
        report->signal = WTERMSIG(status);
        report->outcome = report->signal == SIGSYS || (first_ended && report->signal == SIGKILL)
                              ? SBX_OUTCOME_DENIED
                              : SBX_OUTCOME_SIGNALED;
    }
}

/* The limit that the figures show to be reached, if any. */
static enum cause reached_limit(const struct plan *plan, const struct supervision *run,
                                const struct sbx_report *report)
{
    const struct limits_plan *limits = &plan->limits;
    if (run->cause != CAUSE_NONE)
        return run->cause;
    if (limits->memory_bytes && report->memory_peak_bytes > limits->memory_bytes)
        return CAUSE_MEMORY;
    if (limits->cpu_ns && report->cpu_us > limits->cpu_ns / 1000)
        return CAUSE_CPU_TIME;
    if (limits->wall_ns && report->wall_ns > limits->wall_ns)
        return CAUSE_WALL_TIME;
    return CAUSE_NONE;
}

void verdict(const struct plan *plan, const struct board *board, const struct supervision *run,
             struct sbx_report *report)
{
    static const enum sbx_outcome outcomes[] = {
        [CAUSE_CPU_TIME] = SBX_OUTCOME_CPU_TIME,
        [CAUSE_WALL_TIME] = SBX_OUTCOME_WALL_TIME,
        [CAUSE_MEMORY] = SBX_OUTCOME_MEMORY,
        [CAUSE_OUTPUT] = SBX_OUTCOME_OUTPUT,
    };
    /* A PID 1 that had to be killed could not tell: then it was SIGKILL for all of them. */
    int status = atomic_load(&board->ended) ? atomic_load(&board->wait_status) : SIGKILL;
    figures(board, run, report);
    natural_end(status, run->notify->told && run->notify->told->first_ended, report);
    report->killed = run->cause != CAUSE_NONE;
    if (!atomic_load(&board->all_reaped))
        guard_unkept(report, "figures: PID 1 of the sandbox was killed before it could tell all");
    enum cause cause = reached_limit(plan, run, report);
    if (cause >= CAUSE_CPU_TIME && cause <= CAUSE_OUTPUT) {
        report->outcome = outcomes[cause];
        report->exit_code = -1;
    }
}
