/* SPDX-License-Identifier: MIT
 *
 * numbers.c - asks libseccomp, and knows the numbers of calls in groups.def that libseccomp 2.5 is
 * too old for.
 */
#include "guards/seccomp/numbers.h"
#include "guards/seccomp/groups.h"
#include "policy/number.h"
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Since Linux 5.1 new calls have one number on all architectures. */
static const struct {
    char name[24];
    int number;
} newer[] = {
    {"cachestat", 451},         {"fchmodat2", 452},
    {"map_shadow_stack", 453},  {"futex_wake", 454},
    {"futex_wait", 455},        {"futex_requeue", 456},
    {"statmount", 457},         {"listmount", 458},
    {"lsm_get_self_attr", 459}, {"mseal", 462},
    {"lsm_set_self_attr", 460}, {"lsm_list_modules", 461},
    {"setxattrat", 463},        {"getxattrat", 464},
    {"listxattrat", 465},       {"removexattrat", 466},
    {"open_tree_attr", 467},    {"file_getattr", 468},
    {"file_setattr", 469},      {"listns", 470},
#if defined(__x86_64__)
    {"uretprobe", 335},         {"uprobe", 336},
#endif
};
enum { NEWER = sizeof(newer) / sizeof(newer[0]) };

/* From here on a number stands for another ABI (x32). */
#define CALL_NUMBER_MAX 0x3fffffff

int number_of_call(const char *call, int *number, struct sbx_error *error)
{
    char hint[256];
    uint64_t decimal;
    if (number_parse(call, CALL_NUMBER_MAX, &decimal) == 0) {
        *number = (int)decimal;
        return 0;
    }
    if (*call >= '0' && *call <= '9')
        return err_set(error, SBX_E_USAGE, 0, "explain", "'%s' is no number of a system call",
                       call);
    int found = seccomp_syscall_resolve_name(call);
    for (size_t i = 0; i < NEWER && found == __NR_SCMP_ERROR; i++)
        if (strcmp(newer[i].name, call) == 0)
            found = newer[i].number;
    if (found >= 0) {
        *number = found;
        return 0;
    }
    if (found != __NR_SCMP_ERROR || group_knows_call(call))
        return err_set(error, SBX_E_USAGE, 0, "explain",
                       "this architecture has no system call '%s'", call);
    err_set(error, SBX_E_USAGE, 0, "explain", "unknown system call '%s'", call);
    if (*call == '@')
        return err_hint(error, "name one call of the group");
    if (*group_suggest(call, hint, sizeof(hint)))
        return err_hint(error, "%s", hint);
    return err_hint(error, "a call that is newer can be given by its number");
}

const char *name_of_call(int number, char name[CALL_NAME_SIZE])
{
    char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    snprintf(name, CALL_NAME_SIZE, "%d", number);
    if (found)
        snprintf(name, CALL_NAME_SIZE, "%.*s", CALL_NAME_SIZE - 1, found);
    for (size_t i = 0; i < NEWER && !found; i++)
        if (newer[i].number == number)
            snprintf(name, CALL_NAME_SIZE, "%.23s", newer[i].name);
    free(found);
    return name;
}
