/* SPDX-License-Identifier: MIT
 *
 * tree.h - what all processes of a running sandbox use together, as the parent sees it in /proc.
 */
#ifndef LAUNCH_TREE_H
#define LAUNCH_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_usage {
    uint64_t live_cpu_ns; /* of the living, and of the dead that the living have waited for */
    uint64_t rounding_ns; /* by how much that may be too low: the time of the dead is in ticks */
    uint64_t rss_bytes;   /* sum of resident sets: counts a shared page once for each process */
    uint64_t page_table_bytes; /* where they could matter: of address spaces above 16 GiB */
    unsigned tasks;            /* threads, PID 1 not counted */
};

/* Walks the processes below PID 1 of a sandbox, `init` being its pid here. A process that comes or
 * goes meanwhile may be missed, never counted twice: parents are read before their children.
 * Returns false where memory has run out; *usage then holds a part. */
bool tree_measure(pid_t init, struct tree_usage *usage);

/* The same walk for the proportional set sizes, which count a shared page once in all; slower.
 * Where the kernel does not tell of a process, its unshared pages count. */
uint64_t tree_proportional_bytes(pid_t init);

#endif
