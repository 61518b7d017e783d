/* SPDX-License-Identifier: MIT
 *
 * body.c - one action a call, as libseccomp compiles it. Knows no names, no lists and no house
 * rule.
 */
#include "base/fd.h"
#include "guards/seccomp/filter.h"
#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U
#endif

static void context_cleanup(scmp_filter_ctx *context)
{
    if (*context)
        seccomp_release(*context);
}

#define autocontext __attribute__((cleanup(context_cleanup))) scmp_filter_ctx

static uint32_t scmp_action(struct value_action action)
{
    switch (action.kind) {
    case ACTION_ALLOW:
        return SCMP_ACT_ALLOW;
    case ACTION_LOG:
        return SCMP_ACT_LOG;
    case ACTION_ERRNO:
        return SCMP_ACT_ERRNO((uint32_t)action.error);
    case ACTION_KILL:
        break;
    }
    return SCMP_ACT_KILL_PROCESS;
}

static int body_error(struct sbx_error *error, int sys_errno, const char *what)
{
    if (sys_errno == ENOMEM)
        return err_memory(error, "seccomp");
    return err_set(error, SBX_E_SETUP, sys_errno, "seccomp", "the filter could not be %s", what);
}

static int body_rules(const struct sbx_policy *policy, const struct call_table *table,
                      scmp_filter_ctx context, struct sbx_error *error)
{
    const uint32_t standard = scmp_action(policy->syscalls_default);
    for (int number = 0; number < CALLS_MAX; number++) {
        const struct call_verdict *verdict = &table->of[number];
        uint32_t action = scmp_action(calls_action(policy, table, number));
        if (verdict->rank == RANK_NONE || verdict->in_prelude || action == standard)
            continue;
        int ret = seccomp_rule_add_exact_array(context, action, number, 0, NULL);
        if (ret < 0)
            return body_error(error, -ret, "put together");
    }
    return 0;
}

/* libseccomp 2.5 exports to a file alone, so the file is one in memory. */
static int body_memfd(void)
{
    /* vm.memfd_noexec (Linux 6.3) may insist on the flag, and an older kernel refuses it. */
    int fd = memfd_create("seccomp", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    return fd < 0 && errno == EINVAL ? memfd_create("seccomp", MFD_CLOEXEC) : fd;
}

static int body_read(int fd, struct filter *filter, struct sbx_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return body_error(error, errno, "read");
    size_t count = (size_t)status.st_size / sizeof(filter->code[0]);
    if (count > BPF_MAXINSNS - filter->count) {
        filter->overflow = true;
        return 0;
    }
    size_t size = count * sizeof(filter->code[0]);
    if (!count || pread(fd, &filter->code[filter->count], size, 0) != (ssize_t)size)
        return body_error(error, EIO, "read");
    filter->count += count;
    return 0;
}

int body_append(const struct sbx_policy *policy, const struct call_table *table,
                struct filter *filter, struct sbx_error *error)
{
    autocontext context = seccomp_init(scmp_action(policy->syscalls_default));
    if (!context)
        return err_memory(error, "seccomp");
    /* A binary tree: longer than a chain, but a third of the chain's time to install. */
    int ret = seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    if (ret < 0)
        return body_error(error, -ret, "put together");
    if (body_rules(policy, table, context, error) != 0)
        return -1;
    autofd fd = body_memfd();
    if (fd < 0)
        return body_error(error, errno, "stored");
    ret = seccomp_export_bpf(context, fd);
    if (ret < 0)
        return body_error(error, -ret, "stored");
    return body_read(fd, filter, error);
}
