/* SPDX-License-Identifier: MIT
 *
 * numbers.c - the table of system calls, asked by people: also for numbers that it does not know.
 */
#include "guards/seccomp/numbers.h"
#include "guards/seccomp/groups.h"
#include "policy/number.h"
#include <stdio.h>

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
    const int found = table_find(call);
    if (found >= 0 && table_number(found, ABI_NATIVE) >= 0) {
        *number = table_number(found, ABI_NATIVE);
        return 0;
    }
    if (found >= 0)
        return err_set(error, SBX_E_USAGE, 0, "explain",
                       "this architecture has no system call '%s'%s", call,
                       table_number(found, ABI_I386) >= 0 && ABI_NATIVE == ABI_X86_64
                           ? "; i386 has it, and the profile does not allow i386"
                           : "");
    err_set(error, SBX_E_USAGE, 0, "explain", "unknown system call '%s'", call);
    if (*call == '@')
        return err_hint(error, "name one call of the group");
    if (*group_suggest(call, hint, sizeof(hint)))
        return err_hint(error, "%s", hint);
    return err_hint(error, "a call that is newer can be given by its number");
}

const char *name_on_abi(enum call_abi abi, int number, char name[CALL_NAME_SIZE])
{
    const int call = table_of_number(number, abi);
    if (call >= 0)
        snprintf(name, CALL_NAME_SIZE, "%s", table_name(call));
    else
        snprintf(name, CALL_NAME_SIZE, "%d", number);
    return name;
}

const char *name_of_call(int number, char name[CALL_NAME_SIZE])
{
    return name_on_abi(ABI_NATIVE, number, name);
}
