/* SPDX-License-Identifier: MIT
 *
 * bpf_sim.h - runs a seccomp program on made-up data, as the kernel would.
 */
#ifndef SUPPORT_BPF_SIM_H
#define SUPPORT_BPF_SIM_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>

/* The SECCOMP_RET_* value that the program returns; -1 where the kernel would refuse the program,
 * or where it runs off its end. */
int64_t bpf_sim(const struct sock_fprog *program, const struct seccomp_data *data);

/* How many instructions the run took; 0 where bpf_sim() would return -1. */
unsigned bpf_sim_steps(const struct sock_fprog *program, const struct seccomp_data *data);

#endif
