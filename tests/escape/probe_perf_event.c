/* SPDX-License-Identifier: MIT
 *
 * probe_perf_event.c - opens a performance counter.
 */
#include "escape/probe.h"
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
                                         .size = sizeof(attributes),
                                         .config = PERF_COUNT_SW_TASK_CLOCK,
                                         .exclude_kernel = 1,
                                         .exclude_hv = 1};

    return judge_call("perf_event_open", syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}
