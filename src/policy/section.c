/* SPDX-License-Identifier: MIT
 *
 * section.c - the name of a section. Knows the sections that there are, and how the name of a
 * system call is written; whether there is such a call the guard knows.
 */
#include "policy/section.h"
#include "policy/keys.h"
#include <string.h>

/* The name of one call, as syscalls(2) has it. */
static int check_call(struct diag *diag, struct part text, const char *call)
{
    const size_t length = strspn(call, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (*call == '@')
        return diag_error(diag, text.origin, 0,
                          "write a section [syscall NAME] for each call of the group that has one",
                          "[%s]: a group has no arguments, so rules are for one call", text.text);
    if (!length || call[length])
        return diag_error(diag, text.origin, 0,
                          strpbrk(call, " \t")
                              ? "a section is about one call: [syscall NAME]"
                              : "write [syscall NAME], with a name as in syscalls(2)",
                          "[%s]: '%s' is no name of a system call", text.text, call);
    if (length > CALL_NAME_MAX)
        return diag_error(diag, text.origin, 0, NULL, "[%s]: no system call has so long a name",
                          text.text);
    return 0;
}

int section_parse(struct arena *keep, struct diag *diag, struct part text, struct section *section)
{
    char hint[HINT_SIZE];
    const size_t length = strcspn(text.text, " \t");
    const char *call = text.text + length + strspn(text.text + length, " \t");
    struct section found = {.name = arena_strndup(keep, text.text, length)};
    if (!found.name)
        return diag_memory(diag);
    const bool of_call = key_section_of_call(found.name);
    if (of_call ? false : text.text[length] || !key_section_exists(found.name)) {
        key_suggest_section(text.text, hint, sizeof(hint));
        return diag_error(diag, text.origin, 0, hint, "unknown section [%s]", text.text);
    }
    if (of_call && !*call)
        return diag_error(diag, text.origin, 0,
                          "write [syscall NAME], for example [syscall socket]; the lists of calls "
                          "are in [syscalls]",
                          "the section [%s] is about one system call, and names none", text.text);
    if (of_call) {
        found.optional = *call == '?';
        found.call = arena_strdup(keep, call + found.optional);
        if (!found.call)
            return diag_memory(diag);
        if (check_call(diag, text, found.call) != 0)
            return -1;
    }
    *section = found;
    return 0;
}
