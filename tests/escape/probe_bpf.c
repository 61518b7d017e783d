/* SPDX-License-Identifier: MIT
 *
 * probe_bpf.c - loads an eBPF program.
 */
#include "escape/probe.h"
#include <linux/bpf.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
    const struct bpf_insn program[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    union bpf_attr attributes = {0};

    attributes.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
    attributes.insn_cnt = 2;
    attributes.insns = (uintptr_t)program;
    attributes.license = (uintptr_t) "GPL";
    return judge_call("bpf", syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes)));
}
